import type { JobEvent } from '@/api/model';
import { formatCount } from '@/lib/format';
import { text } from '@/lib/messages';
import { whyOf } from '@/lib/reasons/reasons';

import { stateLooks } from '../state';

import './messages/catalogue';

export interface EventText {
  title: string;
  /** More about it; empty if the title says it all. */
  detail: string;
}

function placedText({ code, params }: JobEvent['reason']): string {
  if (code === 'seedr_looks_up_files' || code === 'seedr_downloading') return text('detail:eventText.givenToSeedr');
  return typeof params.agent === 'string' && params.agent !== '' ? text('detail:eventText.givenToAgent', { agent: params.agent }) : text('detail:eventText.givenToAn');
}

/** Puts an entry of the timeline in words. */
export function eventText(event: JobEvent, now: number): EventText {
  const { kind, reason } = event;
  const why = whyOf(reason, now);
  switch (kind) {
    case 'submitted':
      return { title: text('detail:eventText.added'), detail: reason.code === 'accepted' || reason.code === 'waits_for_slot' ? '' : why };
    case 'state':
      // A reason with the name of the state adds nothing to it.
      return { title: stateLooks[event.state].label, detail: reason.code === event.state ? '' : why };
    case 'placed':
      return { title: placedText(reason), detail: '' };
    case 'attempt':
      return { title: text('detail:eventText.ended'), detail: why };
    case 'manifest': {
      const { files } = reason.params;
      return { title: typeof files === 'number' && files > 0 ? text('detail:eventText.foundFiles', { count: files, number: formatCount(files) }) : text('detail:eventText.foundTheFiles'), detail: '' };
    }
    case 'selection':
      return { title: text('detail:eventText.filesChosen'), detail: why };
    case 'moved':
      return { title: text('detail:eventText.moved'), detail: why };
    case 'refused':
      return { title: text('detail:eventText.cameTooLate'), detail: why };
    case 'noted':
      return { title: text('detail:eventText.note'), detail: why };
    case 'deleted':
      return { title: text('detail:eventText.deleted'), detail: '' };
  }
}
