import { Link } from '@tanstack/react-router';
import { Trans, useTranslation } from 'react-i18next';

import type { Notice, NoticeState } from '@/api/model';
import { RelativeTime } from '@/components/relative-time';
import { formatCount } from '@/lib/format';
import { isolated } from '@/lib/isolated';
import { text } from '@/lib/messages';

import '../messages/catalogue';
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
  if (forgottenAt !== null) return text('notices:noticeRecord.complainantRemoved');
  return isolated(organisation || name) || text('notices:noticeRecord.unnamedComplainant');
}

/** Until when an admin has to act, or when the clock of the counter-notice runs out. */
export function Due({ notice: { actAt, overdue, state } }: { notice: Notice }) {
  const { t } = useTranslation('notices');
  if (actAt === null) return null;
  return (
    <span className={overdue ? classes.late : undefined}>
      {overdue ? t('noticeRecord.overdueSince') : state === 'countered' ? t('noticeRecord.restored') : t('noticeRecord.due')}
      <RelativeTime at={actAt} />
    </span>
  );
}

/** One notice of the list. */
export function NoticeRecord({ notice }: { notice: Notice }) {
  const { t } = useTranslation('notices');
  return (
    <Link to="/admin/notices/$noticeId" params={{ noticeId: notice.id }} className={classes.record}>
      <p className={classes.what}>
        <StateBadge state={notice.state} />
        <b>{claimantOf(notice)}</b>
        {notice.reference !== '' && <span className={classes.soft}>{isolated(notice.reference)}</span>}
      </p>
      {notice.works !== '' && <p className={classes.soft}>{isolated(shortened(notice.works))}</p>}
      <p className={classes.facts}>
        <span>{t('noticeRecord.items', { count: notice.items, number: formatCount(notice.items) })}</span>
        <span>
          <Trans t={t} i18nKey="noticeRecord.received" components={{ relativetime: <RelativeTime at={notice.receivedAt} /> }} />
        </span>
        <Due notice={notice} />
        {notice.state === 'incomplete' && <span>{t('noticeRecord.lacks', { map: notice.missing.map((gap) => gapTexts[gap]).join(', ') })}</span>}
        {!notice.carried && <span>{t('noticeRecord.beingCarriedOut')}</span>}
      </p>
    </Link>
  );
}

const shownLength = 160;

function shortened(text: string): string {
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}
