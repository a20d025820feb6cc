import type { NoticeDecision, NoticeGap, NoticeState } from '@/api/model';

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** Formats a day with its year: strikes last for long. */
export function dayText(at: string): string {
  return day.format(new Date(at));
}

/** The states as admins read them. */
export const stateTexts: Readonly<Record<NoticeState, string>> = {
  received: 'To decide',
  incomplete: 'Incomplete',
  accepted: 'Accepted',
  rejected: 'Rejected',
  countered: 'Counter-notice',
  restored: 'Restored',
  upheld: 'Upheld',
  withdrawn: 'Withdrawn',
};

export const noticeStates = Object.keys(stateTexts) as NoticeState[];

/** How a state looks. */
export function toneOf(state: NoticeState): 'active' | 'bad' | 'idle' {
  if (state === 'received' || state === 'incomplete' || state === 'countered') return 'active';
  return state === 'accepted' || state === 'upheld' ? 'bad' : 'idle';
}

/** What a notice may lack. */
export const gapTexts: Readonly<Record<NoticeGap, string>> = {
  signature: 'a signature',
  works: 'the works',
  items: 'what it is about here',
  contact: 'a name with an e-mail or postal address',
  good_faith: 'the statement of good faith',
  accuracy: 'the statement of accuracy under penalty of perjury',
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
    label: 'Accept', title: 'Accept the notice?', danger: true, note: 'Note for the owners',
    consequences: 'Everything it names is blocked from now on. Owners of downloads with it get a mail with the works and your note, and a strike.',
  },
  reject: { label: 'Reject', title: 'Reject the notice?', danger: true, note: 'Reason', consequences: 'No content is blocked for it.' },
  restore: {
    label: 'Restore', title: 'Restore the content?', danger: false, note: 'Reason',
    consequences: 'The blocks of this notice are lifted, unless another notice needs them. Its strikes no longer count, and the owners get a mail.',
  },
  uphold: {
    label: 'Uphold', title: 'Uphold the notice?', danger: true, note: 'Which court action',
    consequences: 'The clock of the counter-notice stops, and the content stays blocked.',
  },
  withdraw: {
    label: 'Withdraw', title: 'Withdraw the notice?', danger: false, note: 'Reason',
    consequences: 'For a complainant who takes the notice back. What it blocks is free again, and its strikes no longer count.',
  },
};

/** What an owner reads about the state of a notice. */
export function ownStateText(state: NoticeState): string {
  switch (state) {
    case 'countered':
      return 'You objected. The content comes back when the clock runs out, unless the complainant goes to court.';
    case 'upheld':
      return 'The complainant went to court, so the content stays blocked.';
    case 'restored':
    case 'withdrawn':
      return 'The notice was reversed. Its strike no longer counts.';
    default:
      return 'The content is blocked. If this is a mistake, you can object.';
  }
}
