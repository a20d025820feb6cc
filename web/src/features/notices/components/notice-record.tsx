import { Link } from '@tanstack/react-router';

import type { Notice, NoticeState } from '@/api/model';
import { RelativeTime } from '@/components/relative-time';
import { formatPlural } from '@/lib/format';
import { isolated } from '@/lib/isolated';

import { gapTexts, stateTexts, toneOf } from '../text';
import classes from './notices.module.css';

/** How far a notice has come. */
export function StateBadge({ state }: { state: NoticeState }) {
  return (
    <span className={classes.state} data-tone={toneOf(state)}>
      {stateTexts[state]}
    </span>
  );
}

/** Who claims what, in a few words. */
export function claimantOf({ organisation, name, forgottenAt }: Pick<Notice, 'organisation' | 'name' | 'forgottenAt'>): string {
  if (forgottenAt !== null) return 'Complainant removed';
  return isolated(organisation || name) || 'Unnamed complainant';
}

/** Until when an admin has to act, or when the clock of the counter-notice runs out. */
export function Due({ notice: { actAt, overdue, state } }: { notice: Notice }) {
  if (actAt === null) return null;
  return (
    <span className={overdue ? classes.late : undefined}>
      {overdue ? 'overdue since ' : state === 'countered' ? 'restored ' : 'due '}
      <RelativeTime at={actAt} />
    </span>
  );
}

/** One notice of the list. */
export function NoticeRecord({ notice }: { notice: Notice }) {
  return (
    <Link to="/admin/notices/$noticeId" params={{ noticeId: notice.id }} className={classes.record}>
      <p className={classes.what}>
        <StateBadge state={notice.state} />
        <b>{claimantOf(notice)}</b>
        {notice.reference !== '' && <span className={classes.soft}>{isolated(notice.reference)}</span>}
      </p>
      {notice.works !== '' && <p className={classes.soft}>{isolated(shortened(notice.works))}</p>}
      <p className={classes.facts}>
        <span>{formatPlural(notice.items, 'item', 'items')}</span>
        <span>
          received <RelativeTime at={notice.receivedAt} />
        </span>
        <Due notice={notice} />
        {notice.state === 'incomplete' && <span>lacks {notice.missing.map((gap) => gapTexts[gap]).join(', ')}</span>}
        {!notice.carried && <span>being carried out</span>}
      </p>
    </Link>
  );
}

const shownLength = 160;

function shortened(text: string): string {
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}
