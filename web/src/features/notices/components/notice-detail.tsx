import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import type { NoticeDecision, NoticeDetail, NoticeItem } from '@/api/model';
import { IconArrowLeft } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';
import { RelativeTime } from '@/components/relative-time';
import { formatCount } from '@/lib/format';
import { isolated } from '@/lib/isolated';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import { noticeQuery } from '../api';
import { StrikeList } from '../strikes';
import { decisionTexts, gapTexts } from '../text';
import { CompleteDialog } from './complete-dialog';
import { CounterPart } from './counter-part';
import { DecideDialog } from './decide-dialog';
import { claimantOf, Due, StateBadge } from './notice-record';
import classes from './notices.module.css';

/** A takedown notice: what it says, what it names, and what was done with it. */
export function NoticeDetailPage({ id, history }: { id: string; history: ReactNode }) {
  const { t } = useTranslation('notices');
  const { data, error, refetch } = useQuery(noticeQuery(id));
  if (data) return <Detail notice={data} history={history} />;
  return (
    <Page title={t('noticeDetail.takedownNotice')}>
      {error ? (
        <ErrorNotice error={error} title={t('noticeDetail.couldntLoadThe')} retry={() => void refetch()} />
      ) : (
        <Skeleton height={320} radius="lg" role="status" aria-label={t('noticeDetail.loadingTheNotice')} />
      )}
    </Page>
  );
}

function Detail({ notice, history }: { notice: NoticeDetail; history: ReactNode }) {
  const { t } = useTranslation('notices');
  return (
    <Page
      title={claimantOf(notice)}
      intro={
        <span className={classes.facts}>
          <Link to="/admin/notices" className={classes.link}>
            <IconArrowLeft size={15} aria-hidden="true" /> {t('noticeDetail.takedownNotices')}
          </Link>
          <StateBadge state={notice.state} />
          <span>
            <Trans t={t} i18nKey="noticeDetail.received" components={{ relativetime: <RelativeTime at={notice.receivedAt} /> }} />
          </span>
          <Due notice={notice} />
        </span>
      }
      actions={<Acts notice={notice} />}
    >
      <div className={classes.columns}>
        <div className={classes.main}>
          {notice.missing.length > 0 && <p className={classes.card}>{t('noticeDetail.itLacksIt', { map: notice.missing.map((gap) => gapTexts[gap]).join(', ') })}</p>}
          {!notice.carried && <p className={classes.card}>{t('noticeDetail.theDecisionIs')}</p>}
          <Said notice={notice} />
          <CounterPart notice={notice} />
          <Things things={notice.things} />
          {notice.strikes.length > 0 && (
            <section className={classes.part} aria-labelledby="strikes-title">
              <h2 id="strikes-title">{t('noticeDetail.strikes')}</h2>
              <StrikeList strikes={notice.strikes} named="account" />
            </section>
          )}
        </div>
        {history}
      </div>
    </Page>
  );
}

const decisions: readonly NoticeDecision[] = ['accept', 'uphold', 'restore', 'reject', 'withdraw'];

function Acts({ notice }: { notice: NoticeDetail }) {
  const { t } = useTranslation('notices');
  const [asked, setAsked] = useState<NoticeDecision>();
  const [editing, setEditing] = useState(false);
  const complete = notice.missing.length === 0;
  const offered = decisions.filter((act) => notice.acts.includes(act));
  return (
    <div className={classes.acts}>
      {notice.acts.includes('complete') && (
        <Button variant={complete ? 'default' : 'filled'} onClick={() => setEditing(true)}>
          {t('noticeDetail.edit')}
        </Button>
      )}
      {offered.map((act) => (
        <Button key={act} variant={act === 'accept' ? 'filled' : 'default'} onClick={() => setAsked(act)}>
          {decisionTexts[act].label}
        </Button>
      ))}
      <DecideDialog notice={notice} act={asked} onClose={() => setAsked(undefined)} />
      <CompleteDialog notice={notice} opened={editing} onClose={() => setEditing(false)} />
    </div>
  );
}

function Said({ notice }: { notice: NoticeDetail }) {
  const { t } = useTranslation('notices');
  if (notice.forgottenAt !== null) {
    return <p className={classes.card}>{t('noticeDetail.thePersonalData')}</p>;
  }
  const lines: [string, string][] = [
    [t('noticeDetail.works'), notice.works], [t('noticeDetail.name'), notice.name], [t('noticeDetail.organisation'), notice.organisation], ['E-mail', notice.email], [t('noticeDetail.address'), notice.address],
    [t('noticeDetail.signature'), notice.signature], [t('noticeDetail.reference'), notice.reference], [t('noticeDetail.text'), notice.text], [t('noticeDetail.note'), notice.note],
  ];
  const stated = [notice.goodFaith && t('noticeDetail.goodFaith'), notice.accuracy && t('noticeDetail.accuracyUnderPenalty')].filter((text) => text !== false);
  return (
    <section className={classes.part} aria-labelledby="said-title">
      <h2 id="said-title">{t('noticeDetail.whatItSays')}</h2>
      <dl className={`${classes.card} ${classes.said}`}>
        {lines
          .filter(([, text]) => text !== '')
          .map(([label, text]) => (
            <Line key={label} label={label} text={text} />
          ))}
        <Line label={t('noticeDetail.states')} text={stated.length > 0 ? stated.join('; ') : t('noticeDetail.neitherGoodFaith')} />
      </dl>
    </section>
  );
}

function Line({ label, text }: { label: string; text: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{text}</dd>
    </>
  );
}

function Things({ things }: { things: readonly NoticeItem[] }) {
  const { t } = useTranslation('notices');
  if (things.length === 0) return null;
  return (
    <section className={classes.part} aria-labelledby="things-title">
      <h2 id="things-title">{t('noticeDetail.whatItNames')}</h2>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls needs the keyboard */}
      <ul className={classes.list} aria-labelledby="things-title" tabIndex={0}>
        {things.map((item) => (
          <li key={item.n} className={item.partOf === null ? undefined : classes.within}>
            <Named item={item} />
            <p className={classes.facts}>{hasParts(item) ? partsText(item, things) : thingText(item)}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What stands before the name of an item. */
const kindTexts: Record<NoticeItem['kind'], string> = { value: '', file: '', share: text('notices:noticeDetail.share'), job: text('notices:noticeDetail.zipOfAll'), zip: text('notices:noticeDetail.zip') };

/** Reports whether the files of what is named are items of their own. */
function hasParts({ kind }: NoticeItem): boolean {
  return kind === 'share' || kind === 'job' || kind === 'zip';
}

/** What an item names, with the way to it where it is known here. */
function Named({ item }: { item: NoticeItem }) {
  const { t } = useTranslation('notices');
  const what = item.name === '' ? <span className="mono">{item.value}</span> : isolated(item.name);
  return (
    <span>
      {kindTexts[item.kind]}
      {item.jobId === null ? (
        what
      ) : (
        <Link to="/admin/jobs/$jobId" params={{ jobId: item.jobId }} className={classes.link}>
          {what}
        </Link>
      )}
      {item.partOf === null && item.ownerId !== null && (
        <>
          {t('noticeDetail.of')}
          <Link to="/admin/users/$userId" params={{ userId: item.ownerId }} className={classes.link}>
            {item.owner}
          </Link>
        </>
      )}
    </span>
  );
}

function partsText(whole: NoticeItem, things: readonly NoticeItem[]): string {
  if (whole.refusal !== '') return text('notices:noticeDetail.refused', { refusal: whole.refusal });
  const files = things.filter((item) => item.partOf === whole.n);
  const blocked = files.filter((item) => item.blockId !== null && !item.lifted).length;
  return text('notices:noticeDetail.filesWhenThe', { count: files.length, number: formatCount(files.length), blocked });
}

function thingText(item: NoticeItem): string {
  if (item.refusal !== '') return text('notices:noticeDetail.refused', { refusal: item.refusal });
  if (item.blockId === null) return text('notices:noticeDetail.notBlocked');
  return item.lifted ? text('notices:noticeDetail.blockLifted') : text('notices:noticeDetail.blockedCoversDownloads', { count: item.jobs, number: formatCount(item.jobs) });
}
