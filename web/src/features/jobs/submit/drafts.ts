import { isTorrentFile, readSources } from './source';

/** A source before it is submitted. */
export interface Draft {
  /** Also the idempotency key of the submit. */
  id: string;
  kind: 'magnet' | 'url' | 'torrent';
  name: string;
  /** The magnet link or URL; empty for a torrent. */
  source: string;
  torrent?: File;
}

export interface NewDrafts {
  drafts: Draft[];
  /** Why other input was refused, one sentence each. */
  refused: string[];
}

const maxTorrentBytes = 10 * 1024 * 1024;

/** Makes drafts from pasted or typed text. */
export function draftsOfText(text: string): NewDrafts {
  const { found, unknown } = readSources(text);
  return {
    drafts: found.map((source) => ({ id: crypto.randomUUID(), ...source })),
    refused: unknown.map((piece) => `“${piece.slice(0, 60)}” isn't a magnet link, URL or info hash.`),
  };
}

/** Makes drafts from chosen or dropped files. */
export function draftsOfFiles(files: readonly File[]): NewDrafts {
  const result: NewDrafts = { drafts: [], refused: [] };
  for (const file of files) {
    if (!isTorrentFile(file)) result.refused.push(`“${file.name}” isn't a .torrent file.`);
    else if (file.size > maxTorrentBytes) result.refused.push(`“${file.name}” is too large. A .torrent file can have up to 10 MiB.`);
    else {
      const name = file.name.replace(/\.torrent$/i, '');
      result.drafts.push({ id: crypto.randomUUID(), kind: 'torrent', name, source: '', torrent: file });
    }
  }
  return result;
}

/** Adds new drafts to the existing ones, without duplicates. */
export function mergeDrafts(before: readonly Draft[], added: readonly Draft[]): Draft[] {
  const key = (draft: Draft) => (draft.torrent ? `${draft.torrent.name} ${draft.torrent.size}` : draft.source);
  const known = new Set(before.map(key));
  return [...before, ...added.filter((draft) => !known.has(key(draft)))];
}
