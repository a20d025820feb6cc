import type { NoticeDecision, NoticeGap, NoticeState } from '@/api/model';
import { text } from '@/lib/messages';

import './messages/catalogue';

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** Formats a day with its year: strikes last for long. */
export function dayText(at: string): string {
  return day.format(new Date(at));
}

/** The states as admins read them. */
export const stateTexts: Readonly<Record<NoticeState, string>> = {
  received: text('notices:text.toDecide'),
  incomplete: text('notices:text.incomplete'),
  accepted: text('notices:text.accepted'),
  rejected: text('notices:text.rejected'),
  countered: text('notices:text.counterNotice'),
  restored: text('notices:text.restored'),
  upheld: text('notices:text.upheld'),
  withdrawn: text('notices:text.withdrawn'),
};

/** How a state looks. */
export function toneOf(state: NoticeState): 'active' | 'bad' | 'idle' {
  if (state === 'received' || state === 'incomplete' || state === 'countered') return 'active';
  return state === 'accepted' || state === 'upheld' ? 'bad' : 'idle';
}

/** What a notice may lack. */
export const gapTexts: Readonly<Record<NoticeGap, string>> = {
  signature: text('notices:text.aSignature'),
  works: text('notices:text.theWorks'),
  items: text('notices:text.whatItIs'),
  contact: text('notices:text.aNameWith'),
  good_faith: text('notices:text.theStatementOf'),
  accuracy: text('notices:text.theStatementOfAccuracy'),
};

interface DecisionText {
  label: string;
  title: string;
  consequences: string;
  note: string;
  danger: boolean;
}

/** What each decision is called and does. */
export const decisionTexts: Readonly<Record<NoticeDecision, DecisionText>> = {
  accept: {
    label: text('notices:text.accept'), title: text('notices:text.acceptTheNotice'), danger: true, note: text('notices:text.noteForThe'),
    consequences: text('notices:text.everythingItNames'),
  },
  reject: { label: text('notices:text.reject'), title: text('notices:text.rejectTheNotice'), danger: true, note: text('notices:text.reason'), consequences: text('notices:text.noContentIs') },
  restore: {
    label: text('notices:text.restore'), title: text('notices:text.restoreTheContent'), danger: false, note: text('notices:text.reason'),
    consequences: text('notices:text.theBlocksOf'),
  },
  uphold: {
    label: text('notices:text.uphold'), title: text('notices:text.upholdTheNotice'), danger: true, note: text('notices:text.whichCourtAction'),
    consequences: text('notices:text.theClockOf'),
  },
  withdraw: {
    label: text('notices:text.withdraw'), title: text('notices:text.withdrawTheNotice'), danger: false, note: text('notices:text.reason'),
    consequences: text('notices:text.forAComplainant'),
  },
};

/** What an owner reads about the state of a notice. */
export function ownStateText(state: NoticeState): string {
  switch (state) {
    case 'countered':
      return text('notices:text.youObjectedThe');
    case 'upheld':
      return text('notices:text.theComplainantWent');
    case 'restored':
    case 'withdrawn':
      return text('notices:text.theNoticeWas');
    default:
      return text('notices:text.theContentIs');
  }
}
