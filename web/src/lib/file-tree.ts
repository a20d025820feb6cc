import { natural } from './natural';

/** A file as the tree needs it. */
export interface TreeFile {
  index: number;
  path: string;
  size: number;
}

export interface FolderNode {
  kind: 'folder';
  path: string;
  name: string;
  depth: number;
  /** Bytes of all files below; -1 when one is unknown. */
  size: number;
  /** Indexes of all files below. */
  indexes: number[];
  children: TreeNode[];
}

export interface FileNode<F extends TreeFile = TreeFile> {
  kind: 'file';
  path: string;
  name: string;
  depth: number;
  file: F;
}

export type TreeNode<F extends TreeFile = TreeFile> = FolderNode | FileNode<F>;

function byKindThenName(a: TreeNode, b: TreeNode): number {
  if (a.kind !== b.kind) return a.kind === 'folder' ? -1 : 1;
  return natural.compare(a.name, b.name);
}

function newFolder(path: string, name: string, depth: number): FolderNode {
  return { kind: 'folder', path, name, depth, size: 0, indexes: [], children: [] };
}

function sortAll(folder: FolderNode): void {
  folder.children.sort(byKindThenName);
  for (const child of folder.children) if (child.kind === 'folder') sortAll(child);
}

/** Builds the folders above the files. The root has an empty path and depth -1. */
export function buildTree(files: readonly TreeFile[]): FolderNode {
  const root = newFolder('', '', -1);
  const folders = new Map<string, FolderNode>([['', root]]);
  for (const file of files) {
    const names = file.path.split('/');
    let above = root;
    let path = '';
    account(above, file);
    for (const [depth, name] of names.slice(0, -1).entries()) {
      path = path === '' ? name : `${path}/${name}`;
      let folder = folders.get(path);
      if (!folder) {
        folder = newFolder(path, name, depth);
        folders.set(path, folder);
        above.children.push(folder);
      }
      account(folder, file);
      above = folder;
    }
    above.children.push({ kind: 'file', path: file.path, name: names.at(-1) ?? '', depth: names.length - 1, file });
  }
  sortAll(root);
  return root;
}

function account(folder: FolderNode, file: TreeFile): void {
  folder.indexes.push(file.index);
  folder.size = folder.size < 0 || file.size < 0 ? -1 : folder.size + file.size;
}

/** Lists the rows that show when the folders in `closed` are closed. */
export function visibleRows(root: FolderNode, closed: ReadonlySet<string>): TreeNode[] {
  const rows: TreeNode[] = [];
  const walk = (folder: FolderNode) => {
    for (const child of folder.children) {
      rows.push(child);
      if (child.kind === 'folder' && !closed.has(child.path)) walk(child);
    }
  };
  walk(root);
  return rows;
}

/** Returns the folders that start closed: all but the outermost level, when there are many rows. */
export function startClosed(root: FolderNode, limit = 40): Set<string> {
  const closed = new Set<string>();
  if (root.indexes.length <= limit) return closed;
  const walk = (folder: FolderNode) => {
    for (const child of folder.children) {
      if (child.kind !== 'folder') continue;
      if (child.depth > 0 || root.children.length > 1) closed.add(child.path);
      walk(child);
    }
  };
  walk(root);
  return closed;
}

/**
 * Makes a test for paths from typed text: plain text matches anywhere in a path; with `*` or `?` each
 * pattern must match the whole name; several patterns are separated by commas.
 */
export function pathMatcher(query: string): (path: string) => boolean {
  const patterns = query
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== '')
    .map(onePattern);
  if (patterns.length === 0) return () => true;
  return (path) => {
    const lower = path.toLowerCase();
    return patterns.some((matches) => matches(lower));
  };
}

function onePattern(pattern: string): (path: string) => boolean {
  if (!/[*?]/.test(pattern)) return (path) => path.includes(pattern);
  return (path) => globMatches(pattern, path) || globMatches(pattern, path.slice(path.lastIndexOf('/') + 1));
}

// A regular expression with several stars can take exponential time. This takes at most pattern times text, as only the last
// star is ever tried again.
function globMatches(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let taken = 0;
  for (let i = 0; i < text.length; ) {
    if (pattern[at] === '*') {
      star = at++;
      taken = i;
    } else if (pattern[at] === '?' || pattern[at] === text[i]) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++taken;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}

/** Adds up the sizes of the chosen files; -1 when one is unknown. */
export function sizeOf(files: readonly TreeFile[], chosen: ReadonlySet<number>): number {
  let total = 0;
  for (const file of files) {
    if (!chosen.has(file.index)) continue;
    if (file.size < 0) return -1;
    total += file.size;
  }
  return total;
}
