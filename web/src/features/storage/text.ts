import type { Cleanup, CleanupItem, CleanupKind } from '@/api/model';
import { formatBytes, formatCount, formatPlural } from '@/lib/format';

const typeNames: Record<string, string> = { video: 'Video', audio: 'Audio', image: 'Images', text: 'Text and PDF', archive: 'Archives', other: 'Other' };
const ageNames: Record<string, string> = {
  day: 'Last 24 hours', week: 'Last 7 days', month: 'Last 30 days', quarter: 'Last 90 days', year: 'Last year', older: 'Older',
};
const ages = Object.keys(ageNames);

/** Names a type of file. */
export function typeName(name: string): string {
  return typeNames[name] ?? name;
}

/** Names an age of files. */
export function ageName(name: string): string {
  return ageNames[name] ?? name;
}

/** The place of an age in its order, youngest first. */
export function ageOrder(name: string): number {
  return ages.indexOf(name);
}

/** What a clean-up can look for. */
export const kinds: readonly { value: CleanupKind; label: string; description: string }[] = [
  { value: 'object', label: 'Objects without a row', description: 'Objects in storage that belong to no download.' },
  { value: 'upload', label: 'Open uploads', description: 'Unfinished multipart uploads that belong to no download. They take up space that no list shows.' },
  { value: 'row', label: 'Rows without an object', description: 'Files that should be in storage and aren’t.' },
];

/** Says what one thing is that a clean-up found. */
export function kindName(kind: CleanupKind): string {
  return { object: 'Object', upload: 'Open upload', row: 'Row without an object' }[kind];
}

/** Says what a clean-up does or did. */
export function titleOf({ state, total, removed }: Cleanup): string {
  switch (state) {
    case 'looking':
      return 'Comparing storage with the database';
    case 'found':
      return `${formatPlural(total, 'thing', 'things')} to remove`;
    case 'removing':
      return 'Removing';
    case 'stopped':
      return 'Stopped';
    case 'done':
      return total === 0 ? 'Nothing to clean up' : `Removed ${formatPlural(removed, 'thing', 'things')}`;
  }
}

/** Says how far a clean-up is. */
export function progressOf(cleanup: Cleanup): string {
  const { state, total, bytes, removed, removedBytes, spared, failed, scanned, halted } = cleanup;
  const rest = [spared > 0 && `${formatCount(spared)} spared`, failed > 0 && `${formatCount(failed)} failed`].filter((text) => text !== false);
  const did = [`${formatCount(removed)} of ${formatCount(total)} removed, ${formatBytes(removedBytes)}`, ...rest].join(', ');
  switch (state) {
    case 'looking':
      return `${formatCount(total)} found so far.`;
    case 'found':
      return `${formatBytes(bytes)} in ${formatCount(total)} of ${formatCount(scanned)} objects, uploads and rows. Nothing was removed yet.`;
    case 'removing':
      return `${did}.`;
    case 'stopped':
      return `${did}.${halted === '' ? '' : ' Deletion was paused: storage and the database didn’t belong together.'}`;
    case 'done':
      return total === 0 ? `${formatPlural(scanned, 'object, upload or row', 'objects, uploads and rows')} compared.` : `${did}.`;
  }
}

/** Says what became of something that a clean-up found. */
export function outcomeOf({ kind, state, why }: CleanupItem): string {
  switch (state) {
    case 'found':
      return kind === 'row' ? 'To be marked as lost' : 'To be removed';
    case 'removed':
      return kind === 'row' ? 'Marked as lost' : 'Removed';
    case 'spared':
    case 'failed':
      return {
        '': 'Spared', has_row: 'Spared: it belongs to a download now', changed: 'Spared: it was written again', gone: 'Spared: it no longer exists',
        back: 'Spared: its object is back', refused: 'Storage refused to remove it, three times',
      }[why];
  }
}
