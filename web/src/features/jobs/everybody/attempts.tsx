import { useTranslation } from 'react-i18next';

import type { JobAttempt } from '@/api/model';
import { RelativeTime } from '@/components/relative-time';
import { formatCount, formatDuration } from '@/lib/format';
import { text } from '@/lib/messages';
import { providerTitles } from '@/lib/provider';
import { whyOf } from '@/lib/reasons/reasons';
import { useNow } from '@/lib/use-now';

import './messages/catalogue';
import classes from './any-detail.module.css';

const states: Record<JobAttempt['state'], { label: string; tone: string }> = {
  wanted: { label: text('everybody:attempts.waitsForA'), tone: 'idle' },
  open: { label: text('everybody:attempts.running'), tone: 'active' },
  done: { label: text('everybody:attempts.done'), tone: 'ok' },
  failed: { label: text('everybody:attempts.failed'), tone: 'bad' },
  superseded: { label: text('everybody:attempts.replaced'), tone: 'idle' },
};

const kinds: Record<JobAttempt['kind'], string> = { resolve: text('everybody:attempts.lookUp'), download: text('everybody:attempts.download') };

/** What was tried so far, the newest first. */
export function Attempts({ attempts }: { attempts: readonly JobAttempt[] }) {
  const { t } = useTranslation('everybody');
  return (
    <section className={classes.part} aria-labelledby="attempts-title">
      <h2 id="attempts-title">{t('attempts.attempts')}</h2>
      {attempts.length === 0 && <p className={classes.none}>{t('attempts.noneYet')}</p>}
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
  const { t } = useTranslation('everybody');
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
          {startedAt ? t('attempts.started') : t('attempts.wanted')} <RelativeTime at={startedAt ?? wantedAt} />
        </span>
        {seconds !== undefined && <span>{t('attempts.took', { seconds: formatDuration(seconds) })}</span>}
        {tries > 0 && <span>{t('attempts.earlierPlacesLost', { count: tries, number: formatCount(tries) })}</span>}
      </p>
      {why !== '' && <p className={classes.attemptwhy}>{why}</p>}
    </li>
  );
}
