import type { Outline } from '@/api/model';

import type { TreeFile } from './file-tree';

/** What can be done with a file, as an outline says it. */
export type FileMark = 'pending' | 'stored' | 'opens' | 'blocked' | 'skipped' | 'lost' | 'unknown';

/** A file of a list of any length. Its row asks for the rest when it shows. */
export interface OutlineFile extends TreeFile {
  mark: FileMark;
  /** The media type, as far as its kind goes. */
  contentType: string;
}

const marks: Record<string, FileMark> = { p: 'pending', s: 'stored', o: 'opens', b: 'blocked', x: 'skipped', l: 'lost' };
const types: Record<string, string> = { v: 'video/*', a: 'audio/*', i: 'image/*', t: 'text/*', d: 'application/pdf' };

/** Reads a page of an outline. */
export function filesOf(page: Outline): OutlineFile[] {
  return page.index.map((index, at) => {
    const folder = page.folders[page.folder[at] ?? 0] ?? '';
    const name = page.name[at] ?? '';
    return {
      index,
      path: folder === '' ? name : `${folder}/${name}`,
      size: page.size[at] ?? -1,
      mark: marks[page.state[at] ?? ''] ?? 'unknown',
      contentType: types[page.kind[at] ?? ''] ?? '',
    };
  });
}

/** Reads all pages of an outline. */
export async function readOutline(load: (cursor: string) => Promise<Outline>): Promise<OutlineFile[]> {
  const files: OutlineFile[] = [];
  for (let cursor = ''; ; ) {
    const page = await load(cursor);
    for (const file of filesOf(page)) files.push(file);
    cursor = page.nextCursor;
    if (cursor === '') return files;
  }
}

/** Reports whether a file can be streamed and downloaded. */
export function isAvailable(file: OutlineFile): boolean {
  return file.mark === 'stored' || file.mark === 'opens';
}
