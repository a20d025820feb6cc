import type { Job } from '@/api/model';
import { IconAlertTriangle, IconInfoCircle } from '@/components/icons';
import { RelativeTime } from '@/components/relative-time';

import { stateLooks, whyOf } from '../state';
import { useProgress } from '../use-progress';
import classes from './detail.module.css';

/** Why the job is where it is, since when, and what happens next. */
export function JobStatus({ job }: { job: Job }) {
  const progress = useProgress(job);
  const why = whyOf(job, progress);
  const waiting = job.state === 'downloading' && why !== '';
  const tone = waiting ? 'warn' : stateLooks[job.state].tone;
  const givesUpAt = waiting ? progress?.givesUpAt : undefined;
  const deadline = givesUpAt ?? job.deadline;
  if (job.state === 'ready' || (why === '' && job.nextAction === '')) return null;
  const Symbol = tone === 'bad' || tone === 'warn' ? IconAlertTriangle : IconInfoCircle;
  return (
    <div className={classes.status} data-tone={tone}>
      <Symbol size={20} stroke={1.7} className={classes.statusicon} aria-hidden="true" />
      <div>
        <p className={classes.reason} aria-live="polite">
          {why}
        </p>
        <p className={classes.next}>
          {job.nextAction !== '' && (
            <span>
              <span className={classes.nextlabel}>Next:</span> {job.nextAction}
            </span>
          )}
          {deadline && (
            <span>
              {givesUpAt ? 'Gives up ' : 'At the latest '}
              <RelativeTime at={deadline} />
            </span>
          )}
          <span>
            This began <RelativeTime at={job.stateSince} />
          </span>
        </p>
      </div>
    </div>
  );
}
