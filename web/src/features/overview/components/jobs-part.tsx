import { Link } from '@tanstack/react-router';
import { Trans, useTranslation } from 'react-i18next';

import type { JobState, Overview } from '@/api/model';
import { RelativeTime } from '@/components/relative-time';
import { formatCount } from '@/lib/format';
import { whyOf } from '@/lib/reasons/reasons';
import { useNow } from '@/lib/use-now';

import '../messages/catalogue';
import { words } from '../text';
import classes from './overview.module.css';

const total = (counts: readonly { count: number }[]) => counts.reduce((sum, { count }) => sum + count, 0);

/** What runs, waits and ended, as figures that lead to the downloads behind them. */
export function JobFigures({ overview }: { overview: Overview }) {
  const { t } = useTranslation('overview');
  const { running, slots, waiting, failedToday, readyToday, outbox, mail, mailFailed } = overview;
  return (
    <ul className={classes.figures} aria-label={t('jobsPart.figures')}>
      <Figure label={t('jobsPart.running')} value={total(running)} note={t('jobsPart.ofSlotsOn', { slots: formatCount(slots) })} state="resolving,downloading,storing" />
      <Figure label={t('jobsPart.waiting')} value={total(waiting)} note={t('jobsPart.openWithoutA')} state="queued,awaiting_selection,paused,needs_attention" />
      <Figure label={t('jobsPart.readyToday')} value={readyToday} note={t('jobsPart.sinceMidnightUtc')} state="ready" />
      <Figure label={t('jobsPart.failedToday')} value={failedToday} note={t('jobsPart.sinceMidnightUtc')} state="failed" />
      <Figure label={t('jobsPart.outbox')} value={outbox.count} note={outbox.oldestAt === null ? t('jobsPart.dueForTemporal') : <Oldest at={outbox.oldestAt} />} />
      <Figure
        label={t('jobsPart.mailsQueued')} value={mail.count}
        note={mail.oldestAt === null ? t('jobsPart.failedIn24', { mailFailed: formatCount(mailFailed) }) : <Oldest at={mail.oldestAt} />}
      />
    </ul>
  );
}

function Oldest({ at }: { at: string }) {
  const { t } = useTranslation('overview');
  return (
    <>
      <Trans t={t} i18nKey="jobsPart.theOldest" components={{ relativetime: <RelativeTime at={at} /> }} />
    </>
  );
}

function Figure({ label, value, note, state }: { label: string; value: number; note: React.ReactNode; state?: string }) {
  return (
    <li className={classes.figurecard}>
      <span className={classes.label}>{label}</span>
      <span className={classes.figure}>
        {state === undefined ? (
          formatCount(value)
        ) : (
          <Link to="/admin/jobs" search={{ state }} aria-label={`${label}: ${formatCount(value)}`}>
            {formatCount(value)}
          </Link>
        )}
      </span>
      <span className={classes.since}>{note}</span>
    </li>
  );
}

/** Why downloads wait, and what stopped some within a day. */
export function ReasonsPart({ overview: { running, waiting, faults }, stateName }: { overview: Overview; stateName: (state: JobState) => string }) {
  const { t } = useTranslation('overview');
  const now = useNow();
  return (
    <div className={classes.columns}>
      <section className={classes.card} aria-labelledby="open">
        <h2 id="open">{t('jobsPart.openDownloads')}</h2>
        {running.length + waiting.length === 0 && <p className={classes.note}>{t('jobsPart.noneIsOpen')}</p>}
        <ul className={classes.rows}>
          {running.map(({ state, count }) => (
            <li key={state}>
              <Link to="/admin/jobs" search={{ state }}>
                {stateName(state)}
              </Link>
              <b>{formatCount(count)}</b>
            </li>
          ))}
          {waiting.map(({ state, reason, count }) => (
            <li key={`${state} ${reason}`}>
              <span>
                <Link to="/admin/jobs" search={{ state, reason }}>
                  {stateName(state)}
                </Link>
                {words(reason) !== stateName(state) && <span className={classes.why}>{words(reason)}</span>}
              </span>
              <b>{formatCount(count)}</b>
            </li>
          ))}
        </ul>
      </section>
      <section className={classes.card} aria-labelledby="faults">
        <h2 id="faults">{t('jobsPart.topFaultsIn')}</h2>
        {faults.length === 0 && <p className={classes.note}>{t('jobsPart.noDownloadWas')}</p>}
        <ul className={classes.rows}>
          {faults.map(({ problem, count, lastAt }) => (
            <li key={problem}>
              <span>
                <Link to="/admin/jobs" search={{ problem, state: 'needs_attention,failed' }}>
                  {words(problem)}
                </Link>
                <span className={classes.why}>
                  <Trans t={t} i18nKey="jobsPart.last" values={{ whyOf: whyOf({ code: problem }, now) }} components={{ relativetime: <RelativeTime at={lastAt} /> }} />
                </span>
              </span>
              <b>{formatCount(count)}</b>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
