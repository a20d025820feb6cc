import type { Rolldown } from 'vite';

export type Chunks = Map<string, Rolldown.OutputChunk>;

/** Returns the scripts of a build by the names of their files. */
export function chunksOf(outputs: readonly (Rolldown.OutputChunk | Rolldown.OutputAsset)[]): Chunks {
  return new Map(outputs.flatMap((output) => (output.type === 'chunk' ? [[output.fileName, output]] : [])));
}

/** Returns a script's file and those that it imports, without those that were seen before. */
export function needsOf(chunks: Chunks, file: string, seen = new Set<string>()): string[] {
  const chunk = chunks.get(file);
  if (!chunk || seen.has(file)) return [];
  seen.add(file);
  return [file, ...chunk.imports.flatMap((each) => needsOf(chunks, each, seen))];
}
