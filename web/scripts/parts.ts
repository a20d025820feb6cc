import react from '@vitejs/plugin-react';
import { build, type Plugin, type Rolldown } from 'vite';

import { chunksOf, needsOf } from './chunks.ts';

/** The page's own script is a file of its own, whose name tells one build from another. */
const page = '/src/main.tsx';
/** The frame of the pages behind sign-in along with the downloads, one download, and what opens without an account. */
const frames = {
  in: '/src/app/routes/signed-in-routes.tsx',
  job: '/src/app/routes/job-routes.tsx',
  login: '/src/app/routes/login-route.tsx',
  visitor: '/src/app/routes/visitor-route.tsx',
} as const;
/** The frames that are worth a file of their own; the others share what is left as the build sees fit. */
const own: readonly string[] = ['in', 'job', 'login'];

/** Builds the app once without writing it, and returns the file that each shared module should go to. */
async function sharedModules(): Promise<Map<string, string>> {
  const built = (await build({ configFile: false, plugins: [react()], resolve: { tsconfigPaths: true }, build: { write: false }, logLevel: 'error' })) as Rolldown.RolldownOutput;
  const chunks = chunksOf(Object.values(built.output));
  const modulesOf = (start: Rolldown.OutputChunk | undefined) =>
    new Set(start && needsOf(chunks, start.fileName).flatMap((name) => chunks.get(name)?.moduleIds ?? []));
  const parts = [...chunks.values()];
  const base = modulesOf(parts.find((chunk) => chunk.isEntry));
  const needed = Object.entries(frames).map(([name, module]) => ({ name, modules: modulesOf(parts.find((chunk) => chunk.facadeModuleId?.endsWith(module))) }));
  const starts = new Set(parts.flatMap((chunk) => (chunk.isDynamicEntry ? chunk.facadeModuleId ?? [] : [])));
  const shared = new Map<string, string>();
  for (const id of parts.flatMap((chunk) => chunk.moduleIds)) {
    if (starts.has(id) || id.endsWith(page)) continue;
    const all = needed.filter(({ modules }) => modules.has(id)).map(({ name }) => name);
    // A download opens within the frame.
    const names = all.includes('in') ? all.filter((name) => name !== 'job') : all;
    if (base.has(id)) shared.set(id, 'base');
    else if (names.length > 1 || own.includes(names[0] ?? '')) shared.set(id, `frame-${names.join('-')}`);
  }
  return shared;
}

/**
 * Puts the modules that the same frames need into one file, so that a page starts with a few files instead of one for
 * each icon, and with no more than it needs. A file imports only those that at least the same frames need, so none
 * waits for itself. The rest is split as the build sees fit; what a frame needs is known only after that, hence the
 * build before the build.
 */
export function fewParts(): Plugin {
  return {
    name: 'longhaul-few-parts',
    apply: 'build',
    async config() {
      const shared = await sharedModules();
      const name = (id: string) => shared.get(id) ?? null;
      return { build: { rolldownOptions: { output: { codeSplitting: { groups: [{ name, includeDependenciesRecursively: false }] } } } } };
    },
  };
}
