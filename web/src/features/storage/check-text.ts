import type { ContentCheck } from '@/api/model';
import { formatBytes, formatCount, formatPlural } from '@/lib/format';

/** Says what a check of contents does or did. */
export function titleOfCheck({ state, percent, damaged }: ContentCheck): string {
  const what = percent === 100 ? 'all files' : `${percent}% of all files`;
  switch (state) {
    case 'reading':
      return `Reading ${what}`;
    case 'stopped':
      return `Stopped reading ${what}`;
    case 'done':
      return damaged === 0 ? `No damage in ${what}` : `${formatPlural(damaged, 'file is', 'files are')} damaged`;
  }
}

/** Says what a check of contents read and found. */
export function foundBy({ read, bytes, damaged, unread, noted }: ContentCheck): string {
  const found = [
    `${formatPlural(read, 'file', 'files')} read, ${formatBytes(bytes)}`,
    damaged > 0 && `${formatCount(damaged)} damaged`,
    unread > 0 && `${formatCount(unread)} could not be read`,
    noted > 0 && `${formatCount(noted)} without a checksum until now`,
  ];
  return `${found.filter((text) => text !== false).join('; ')}.`;
}
