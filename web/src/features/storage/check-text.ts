import type { ContentCheck } from '@/api/model';
import { formatBytes, formatCount } from '@/lib/format';
import { text } from '@/lib/messages';

import './messages/catalogue';

/** Says what a check of contents does or did. */
export function titleOfCheck({ state, percent, damaged }: ContentCheck): string {
  const what = percent === 100 ? text('storage:checkText.allFiles') : text('storage:checkText.ofAllFiles', { percent });
  switch (state) {
    case 'reading':
      return text('storage:checkText.reading', { what });
    case 'stopped':
      return text('storage:checkText.stoppedReading', { what });
    case 'done':
      return damaged === 0 ? text('storage:checkText.noDamageIn', { what }) : text('storage:checkText.filesAreDamaged', { count: damaged, number: formatCount(damaged) });
  }
}

/** Says what a check of contents read and found. */
export function foundBy({ read, bytes, damaged, unread, noted }: ContentCheck): string {
  const found = [
    text('storage:checkText.filesRead', { count: read, number: formatCount(read), bytes: formatBytes(bytes) }),
    damaged > 0 && text('storage:checkText.damaged', { damaged: formatCount(damaged) }),
    unread > 0 && text('storage:checkText.couldNotBe', { unread: formatCount(unread) }),
    noted > 0 && text('storage:checkText.withoutAChecksum', { noted: formatCount(noted) }),
  ];
  return `${found.filter((text) => text !== false).join('; ')}.`;
}
