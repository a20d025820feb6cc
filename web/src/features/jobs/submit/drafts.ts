import { isolated } from '@/lib/isolated';
import { text } from '@/lib/messages';

import './messages/catalogue';
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
export function draftsOfText(typed: string): NewDrafts {
  const { found, unknown } = readSources(typed);
  return {
    drafts: found.map((source) => ({ id: crypto.randomUUID(), ...source })),
    refused: unknown.map((piece) => text('submit:drafts.isntAMagnet', { withoutLogin: isolated(withoutLogin(piece).slice(0, 60)) })),
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
    if (!isTorrentFile(file)) result.refused.push(text('submit:drafts.isntATorrent', { name: isolated(file.name) }));
    else if (file.size > maxTorrentBytes) result.refused.push(text('submit:drafts.isTooLarge', { name: isolated(file.name) }));
    else {
      const name = file.name.replace(/\.torrent$/i, '');
      result.drafts.push({ id: crypto.randomUUID(), kind: 'torrent', name, source: '', torrent: file });
    }
  }
  return result;
}

const kindsOff: Record<Draft['kind'], string> = {
  magnet: text('submit:drafts.magnetLinksAre'),
  url: text('submit:drafts.webAddressesAre'),
  torrent: text('submit:drafts.torrentFilesAre'),
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
