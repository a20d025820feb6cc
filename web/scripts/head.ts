import type { Plugin, Rolldown } from 'vite';

/** Where the app starts, by path: the server names these files along with the page, so that they load at once. */
const starts = {
  '/login': 'src/app/routes/login-route.tsx',
  '/': 'src/app/routes/signed-in-routes.tsx',
  '/jobs/': 'src/app/routes/job-routes.tsx',
} as const;

const font = /ibm-plex-sans-latin-wght-normal-[^/]+\.woff2$/;

type Chunks = Map<string, Rolldown.OutputChunk>;

/** Returns a chunk's file and those that it imports, without those that the page's own script imports. */
function closureOf(chunks: Chunks, file: string, seen: Set<string>): string[] {
  const chunk = chunks.get(file);
  if (!chunk || seen.has(file)) return [];
  seen.add(file);
  return [file, ...chunk.imports.flatMap((each) => closureOf(chunks, each, seen))];
}

/**
 * Has browsers load what every page needs early: the font of the first texts as a link in the page, the parts of the
 * start pages in preload.json, which the server turns into headers.
 */
export function earlyParts(): Plugin {
  return {
    name: 'longhaul-early-parts',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle }) => {
        const file = Object.keys(bundle ?? {}).find((name) => font.test(name));
        if (file === undefined) throw new Error('the build has no font for Latin texts');
        return [{ tag: 'link', attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: true, href: `/${file}` }, injectTo: 'head' }];
      },
    },
    generateBundle(_options, bundle) {
      const chunks: Chunks = new Map();
      for (const output of Object.values(bundle)) if (output.type === 'chunk') chunks.set(output.fileName, output);
      const all = [...chunks.values()];
      const entry = all.find((chunk) => chunk.isEntry);
      if (!entry) throw new Error('the build has no entry');
      const parts: Record<string, string[]> = {};
      for (const [path, module] of Object.entries(starts)) {
        const start = all.find((chunk) => chunk.facadeModuleId?.endsWith(module));
        if (!start) throw new Error(`the build has no part for ${path}`);
        const seen = new Set<string>();
        closureOf(chunks, entry.fileName, seen);
        const first = path === '/jobs/' ? parts['/'] ?? [] : [];
        parts[path] = [...new Set([...first, ...closureOf(chunks, start.fileName, seen)])];
      }
      this.emitFile({ type: 'asset', fileName: 'preload.json', source: JSON.stringify(parts) });
    },
  };
}
