import type { Plugin } from 'vite';

import { chunksOf, needsOf } from './chunks.ts';
import { framed, starts } from './starts.ts';

const font = /ibm-plex-sans-latin-wght-normal-[^/]+\.woff2$/;

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
      const chunks = chunksOf(Object.values(bundle));
      const all = [...chunks.values()];
      const entry = all.find((chunk) => chunk.isEntry);
      if (!entry) throw new Error('the build has no entry');
      const parts: Record<string, { scripts: string[]; styles: string[]; answers: readonly string[] }> = {};
      for (const [path, { route, answers }] of Object.entries(starts)) {
        const start = all.find((chunk) => chunk.facadeModuleId?.endsWith(route));
        if (!start) throw new Error(`the build has no part for ${path}`);
        const seen = new Set<string>();
        needsOf(chunks, entry.fileName, seen);
        const frame = framed.includes(path) ? parts['/']?.scripts ?? [] : [];
        const scripts = [...new Set([...frame, ...needsOf(chunks, start.fileName, seen)])];
        const styles = [...new Set(scripts.flatMap((name) => [...(chunks.get(name)?.viteMetadata?.importedCss ?? [])]))];
        parts[path] = { scripts, styles, answers };
      }
      this.emitFile({ type: 'asset', fileName: 'preload.json', source: JSON.stringify(parts) });
    },
  };
}
