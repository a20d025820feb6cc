import type { Cleanup, CleanupItem, CleanupKind } from '@/api/model';
import { formatBytes, formatCount } from '@/lib/format';
import { text } from '@/lib/messages';

import './messages/catalogue';

const typeNames: Record<string, string> = { video: text('storage:text.video'), audio: text('storage:text.audio'), image: text('storage:text.images'), text: text('storage:text.textAndPdf'), archive: text('storage:text.archives'), other: text('storage:text.other') };
const ageNames: Record<string, string> = {
  day: text('storage:text.last24Hours'), week: text('storage:text.last7Days'), month: text('storage:text.last30Days'), quarter: text('storage:text.last90Days'), year: text('storage:text.lastYear'), older: text('storage:text.older'),
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
  { value: 'object', label: text('storage:text.objectsWithoutA'), description: text('storage:text.objectsInStorage') },
  { value: 'upload', label: text('storage:text.openUploads'), description: text('storage:text.unfinishedMultipartUploads') },
  { value: 'row', label: text('storage:text.rowsWithoutAn'), description: text('storage:text.filesThatShould') },
];

/** Says what one thing is that a clean-up found. */
export function kindName(kind: CleanupKind): string {
  return { object: text('storage:text.object'), upload: text('storage:text.openUpload'), row: text('storage:text.rowWithoutAn') }[kind];
}

/** Says what a clean-up does or did. */
export function titleOf({ state, total, removed }: Cleanup): string {
  switch (state) {
    case 'looking':
      return text('storage:text.comparingStorageWith');
    case 'found':
      return text('storage:text.thingsToRemove', { count: total, number: formatCount(total) });
    case 'removing':
      return text('storage:text.removing');
    case 'stopped':
      return text('storage:text.stopped');
    case 'done':
      return total === 0 ? text('storage:text.nothingToClean') : text('storage:text.removedThings', { count: removed, number: formatCount(removed) });
  }
}

/** Says how far a clean-up is. */
export function progressOf(cleanup: Cleanup): string {
  const { state, total, bytes, removed, removedBytes, spared, failed, scanned, halted } = cleanup;
  const rest = [spared > 0 && text('storage:text.spared', { spared: formatCount(spared) }), failed > 0 && text('storage:text.failed', { failed: formatCount(failed) })].filter((text) => text !== false);
  const did = [text('storage:text.ofRemoved', { removed: formatCount(removed), total: formatCount(total), removedBytes: formatBytes(removedBytes) }), ...rest].join(', ');
  switch (state) {
    case 'looking':
      return text('storage:text.foundSoFar', { total: formatCount(total) });
    case 'found':
      return text('storage:text.inOfObjects', { bytes: formatBytes(bytes), total: formatCount(total), scanned: formatCount(scanned) });
    case 'removing':
      return `${did}.`;
    case 'stopped':
      return `${did}.${halted === '' ? '' : text('storage:text.deletionWasPaused')}`;
    case 'done':
      return total === 0 ? text('storage:text.objectsUploadsAnd', { count: scanned, number: formatCount(scanned) }) : `${did}.`;
  }
}

/** Says what became of something that a clean-up found. */
export function outcomeOf({ kind, state, why }: CleanupItem): string {
  switch (state) {
    case 'found':
      return kind === 'row' ? text('storage:text.toBeMarked') : text('storage:text.toBeRemoved');
    case 'removed':
      return kind === 'row' ? text('storage:text.markedAsLost') : text('storage:text.removed');
    case 'spared':
    case 'failed':
      return {
        '': text('storage:text.spared2'), has_row: text('storage:text.sparedItBelongs'), changed: text('storage:text.sparedItWas'), gone: text('storage:text.sparedItNo'),
        back: text('storage:text.sparedItsObject'), refused: text('storage:text.storageRefusedTo'),
      }[why];
  }
}
