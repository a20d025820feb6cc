import { isolated } from '@/lib/isolated';

import { isTorrentFile, readSources, sourceKey } from './source';

export const draftKinds = ['magnet', 'url', 'torrent'] as const;

/** A source before it is submitted. */
export interface Draft {
  id: string;
  kind: (typeof draftKinds)[number];
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
    refused: unknown.map((piece) => `“${isolated(withoutLogin(piece).slice(0, 60))}” isn't a magnet link, URL or info hash.`),
  };
}

/** A text that may be a URL, with its user name and password left out. */
function withoutLogin(text: string): string {
  return text.replace(/(?<=\/\/)[^/]*@/, '…@');
}

/** Makes drafts from chosen or dropped files. */
export function draftsOfFiles(files: readonly File[]): NewDrafts {
  const result: NewDrafts = { drafts: [], refused: [] };
  for (const file of files) {
    if (!isTorrentFile(file)) result.refused.push(`“${isolated(file.name)}” isn't a .torrent file.`);
    else if (file.size > maxTorrentBytes) result.refused.push(`“${isolated(file.name)}” is too large. A .torrent file can have up to 10 MiB.`);
    else {
      const name = file.name.replace(/\.torrent$/i, '');
      result.drafts.push({ id: crypto.randomUUID(), kind: 'torrent', name, source: '', torrent: file });
    }
  }
  return result;
}

const kindsOff: Record<Draft['kind'], string> = {
  magnet: 'Magnet links are switched off for your account.',
  url: 'Web addresses are switched off for your account.',
  torrent: 'Torrent files are switched off for your account.',
};

/** Refuses drafts of the kinds that are switched off, with one sentence a kind. */
export function withoutKinds({ drafts, refused }: NewDrafts, off: readonly Draft['kind'][]): NewDrafts {
  const met = off.filter((kind) => drafts.some((draft) => draft.kind === kind));
  return { drafts: drafts.filter((draft) => !off.includes(draft.kind)), refused: [...refused, ...met.map((kind) => kindsOff[kind])] };
}

/** Adds new drafts to the existing ones, without duplicates. */
export function mergeDrafts(before: readonly Draft[], added: readonly Draft[]): Draft[] {
  const key = (draft: Draft) => (draft.torrent ? `${draft.torrent.name} ${draft.torrent.size}` : sourceKey({ kind: draft.kind === 'url' ? 'url' : 'magnet', source: draft.source }));
  const known = new Set(before.map(key));
  return [...before, ...added.filter((draft) => !known.has(key(draft)))];
}
