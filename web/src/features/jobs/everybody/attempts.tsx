import type { JobAttempt } from '@/api/model';
import { RelativeTime } from '@/components/relative-time';
import { formatDuration, formatPlural } from '@/lib/format';
import { providerTitles } from '@/lib/provider';
import { whyOf } from '@/lib/reasons/reasons';
import { useNow } from '@/lib/use-now';

import classes from './any-detail.module.css';

const states: Record<JobAttempt['state'], { label: string; tone: string }> = {
  wanted: { label: 'Waits for a place', tone: 'idle' },
  open: { label: 'Running', tone: 'active' },
  done: { label: 'Done', tone: 'ok' },
  failed: { label: 'Failed', tone: 'bad' },
  superseded: { label: 'Replaced', tone: 'idle' },
};

const kinds: Record<JobAttempt['kind'], string> = { resolve: 'Look-up', download: 'Download' };

/** What was tried so far, the newest first. */
export function Attempts({ attempts }: { attempts: readonly JobAttempt[] }) {
  return (
    <section className={classes.part} aria-labelledby="attempts-title">
      <h2 id="attempts-title">Attempts</h2>
      {attempts.length === 0 && <p className={classes.none}>None yet.</p>}
      {attempts.length > 0 && (
        <ol className={classes.attempts} reversed>
          {[...attempts].reverse().map((attempt) => (
            <Attempt key={attempt.number} attempt={attempt} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Attempt({ attempt }: { attempt: JobAttempt }) {
  const { number, kind, provider, agent, state, problem, tries, wantedAt, startedAt, endedAt } = attempt;
  const now = useNow();
  const why = problem === '' ? '' : whyOf({ code: problem }, now);
  const seconds = startedAt && endedAt ? Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000) : undefined;
  return (
    <li data-tone={states[state].tone}>
      <p className={classes.attempthead}>
        <b>
          {kinds[kind]} {number}
        </b>
        <span className={classes.attemptstate}>{states[state].label}</span>
      </p>
      <p className={classes.attemptfacts}>
        <span>{agent?.name ?? providerTitles[provider]}</span>
        <span>
          {startedAt ? 'started' : 'wanted'} <RelativeTime at={startedAt ?? wantedAt} />
        </span>
        {seconds !== undefined && <span>took {formatDuration(seconds)}</span>}
        {tries > 0 && <span>{formatPlural(tries, 'earlier place', 'earlier places')} lost</span>}
      </p>
      {why !== '' && <p className={classes.attemptwhy}>{why}</p>}
    </li>
  );
}
