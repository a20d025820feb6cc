import type { LibraryFile, LibraryFolder, LibrarySort, LibraryType } from '@/api/model';

/** The orders that the list offers; a dash turns one around. */
export const orders = ['name', '-name', '-date', 'date', '-size', 'size', 'type'] as const;
export type Order = (typeof orders)[number];

/** The types that the list can be narrowed to. */
export const types = ['video', 'audio', 'image', 'document', 'archive', 'other'] as const satisfies readonly LibraryType[];

/** What the list shows: a folder, or what matches over all folders. */
export interface LibraryView {
  /** Empty for the top. */
  folder: string;
  q: string;
  type: (typeof types)[number] | '';
  sort: Order;
  /** Rows, or tiles with pictures. */
  as: 'list' | 'grid';
}

/** The top folder, as the page shows it at first. */
export const everything: LibraryView = { folder: '', q: '', type: '', sort: 'name', as: 'list' };

/** Returns what the list holds, however it is shown. */
export function askedOf({ folder, q, type, sort }: LibraryView) {
  return { folder, q, type, sort };
}

/** Reports whether the view is over all folders. */
export function isFlat(view: LibraryView): boolean {
  return view.q.trim() !== '' || view.type !== '';
}

/** Splits an order as the API takes it. */
export function orderOf(sort: Order): { sort: LibrarySort; order: 'asc' | 'desc' } {
  const desc = sort.startsWith('-');
  return { sort: (desc ? sort.slice(1) : sort) as LibrarySort, order: desc ? 'desc' : 'asc' };
}

/** A row of the list. */
export type Entry = { id: string; name: string } & ({ folder: LibraryFolder; file?: undefined } | { file: LibraryFile; folder?: undefined });

/** Returns the rows of a page. */
export function entriesOf(page: { folders: readonly LibraryFolder[]; files: readonly LibraryFile[] }): Entry[] {
  return [
    ...page.folders.map((folder) => ({ id: folder.id, name: folder.name, folder })),
    ...page.files.map((file) => ({ id: file.id, name: file.name, file })),
  ];
}

/** Files and folders by their ids, as acts name them. */
export interface Picked {
  files: string[];
  folders: string[];
}

/** Returns the ids of rows. */
export function pickedOf(entries: readonly Entry[]): Picked {
  return {
    files: entries.filter((entry) => entry.file).map((entry) => entry.id),
    folders: entries.filter((entry) => entry.folder).map((entry) => entry.id),
  };
}

/** Reports whether the file can be delivered now. */
export function isThere(file: LibraryFile): boolean {
  return !file.lost && !file.blocked;
}

const mostBytes = 255;

/** Returns what is wrong with a name, as a key of the catalogue; empty if nothing is. */
export function nameFault(name: string): '' | 'nameMissing' | 'nameTooLong' | 'nameBad' {
  const text = name.trim();
  if (text === '') return 'nameMissing';
  if (new TextEncoder().encode(text.normalize('NFC')).length > mostBytes) return 'nameTooLong';
  return /[<>:"|?*/\\]/.test(text) ? 'nameBad' : '';
}
