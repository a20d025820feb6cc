import { Link } from '@tanstack/react-router';

import type { JobState, Overview } from '@/api/model';
import { RelativeTime } from '@/components/relative-time';
import { formatCount } from '@/lib/format';
import { whyOf } from '@/lib/reasons/reasons';
import { useNow } from '@/lib/use-now';

import { words } from '../text';
import classes from './overview.module.css';

const total = (counts: readonly { count: number }[]) => counts.reduce((sum, { count }) => sum + count, 0);

/** What runs, waits and ended, as figures that lead to the downloads behind them. */
export function JobFigures({ overview }: { overview: Overview }) {
  const { running, slots, waiting, failedToday, readyToday, outbox, mail, mailFailed } = overview;
  return (
    <ul className={classes.figures} aria-label="Figures">
      <Figure label="Running" value={total(running)} note={`of ${formatCount(slots)} slots on agents`} state="resolving,downloading,storing" />
      <Figure label="Waiting" value={total(waiting)} note="open without a slot" state="queued,awaiting_selection,paused,needs_attention" />
      <Figure label="Ready today" value={readyToday} note="since midnight UTC" state="ready" />
      <Figure label="Failed today" value={failedToday} note="since midnight UTC" state="failed" />
      <Figure label="Outbox" value={outbox.count} note={outbox.oldestAt === null ? 'due for Temporal' : <Oldest at={outbox.oldestAt} />} />
      <Figure
        label="Mails queued" value={mail.count}
        note={mail.oldestAt === null ? `${formatCount(mailFailed)} failed in 24 hours` : <Oldest at={mail.oldestAt} />}
      />
    </ul>
  );
}

function Oldest({ at }: { at: string }) {
  return (
    <>
      the oldest <RelativeTime at={at} />
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
  const now = useNow();
  return (
    <div className={classes.columns}>
      <section className={classes.card} aria-labelledby="open">
        <h2 id="open">Open downloads</h2>
        {running.length + waiting.length === 0 && <p className={classes.note}>None is open.</p>}
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
        <h2 id="faults">Top faults in 24 hours</h2>
        {faults.length === 0 && <p className={classes.note}>No download was stopped.</p>}
        <ul className={classes.rows}>
          {faults.map(({ problem, count, lastAt }) => (
            <li key={problem}>
              <span>
                <Link to="/admin/jobs" search={{ problem, state: 'needs_attention,failed' }}>
                  {words(problem)}
                </Link>
                <span className={classes.why}>
                  {whyOf({ code: problem }, now)} Last <RelativeTime at={lastAt} />.
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
