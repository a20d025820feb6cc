import type { JobEvent } from '@/api/model';
import { formatPlural } from '@/lib/format';
import { whyOf } from '@/lib/reasons/reasons';

import { stateLooks } from '../state';

export interface EventText {
  title: string;
  /** More about it; empty if the title says it all. */
  detail: string;
}

function placedText({ code, params }: JobEvent['reason']): string {
  if (code === 'seedr_looks_up_files' || code === 'seedr_downloading') return 'Given to Seedr';
  return typeof params.agent === 'string' && params.agent !== '' ? `Given to agent ${params.agent}` : 'Given to an agent';
}

/** Puts an entry of the timeline in words. */
export function eventText(event: JobEvent, now: number): EventText {
  const { kind, reason } = event;
  const why = whyOf(reason, now);
  switch (kind) {
    case 'submitted':
      return { title: 'Added', detail: reason.code === 'accepted' || reason.code === 'waits_for_slot' ? '' : why };
    case 'state':
      // A reason with the name of the state adds nothing to it.
      return { title: stateLooks[event.state].label, detail: reason.code === event.state ? '' : why };
    case 'placed':
      return { title: placedText(reason), detail: '' };
    case 'attempt':
      return { title: 'An attempt ended', detail: why };
    case 'manifest': {
      const { files } = reason.params;
      return { title: typeof files === 'number' && files > 0 ? `Found ${formatPlural(files, 'file', 'files')}` : 'Found the files', detail: '' };
    }
    case 'selection':
      return { title: 'Files chosen', detail: why };
    case 'moved':
      return { title: 'Moved to another provider', detail: why };
    case 'refused':
      return { title: 'Came too late', detail: why };
    case 'noted':
      return { title: 'Note', detail: why };
    case 'deleted':
      return { title: 'Deleted', detail: '' };
  }
}
