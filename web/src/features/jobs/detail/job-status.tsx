import { useTranslation } from 'react-i18next';

import type { Job } from '@/api/model';
import { IconAlertTriangle, IconInfoCircle } from '@/components/icons';
import { ProblemHelp } from '@/components/problem-help';
import { formatMoment, formatTime } from '@/lib/format';
import { useNow } from '@/lib/use-now';

import { situationOf } from '../situation';
import { lookOf } from '../state';
import { useProgress } from '../use-progress';
import './messages/catalogue';
import classes from './detail.module.css';

/** Why the job is where it is, since when, and what happens next. */
export function JobStatus({ job }: { job: Job }) {
  const { t } = useTranslation('detail');
  const now = useNow();
  const { why, next, stuck } = situationOf(job, useProgress(job), now);
  // Of a finished download only the end matters.
  if (job.state === 'ready' && job.reason.code === 'ready' && job.deadline === null) return null;
  const tone = stuck || job.reason.code === 'file_lost' ? 'warn' : lookOf(job).tone;
  const Symbol = tone === 'bad' || tone === 'warn' ? IconAlertTriangle : IconInfoCircle;
  return (
    <div className={classes.status} data-tone={tone}>
      <Symbol size={20} stroke={1.7} className={classes.statusicon} aria-hidden="true" />
      <div>
        <p className={classes.reason} aria-live="polite">
          {why}
        </p>
        <p className={classes.next}>
          {next !== '' && <span>{next}</span>}
          <ProblemHelp reason={job.reason} />
          <span className={classes.since}>
            {t('jobStatus.inThisState')}{' '}
            <time dateTime={job.stateSince} title={formatMoment(job.stateSince)}>
              {formatTime(job.stateSince, now)}
            </time>
          </span>
        </p>
      </div>
    </div>
  );
}
