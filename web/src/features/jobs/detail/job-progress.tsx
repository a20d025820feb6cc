import type { ReactNode } from 'react';

import type { Job, Progress } from '@/api/model';
import { ProgressBar } from '@/components/progress-bar';
import { formatBytes, formatCount, formatDuration, formatPercent, formatPlural, formatRate } from '@/lib/format';

import { isRunning, nameOf, sharesOf, stateLooks } from '../state';
import { useProgress } from '../use-progress';
import classes from './detail.module.css';
import { Sparkline } from './sparkline';

function Figure({ label, children, hint }: { label: string; children: ReactNode; hint?: string | undefined }) {
  return (
    <div className={classes.figure}>
      <dt>{label}</dt>
      <dd className="tabular">
        {children}
        {hint !== undefined && <span className={classes.figurehint}>{hint}</span>}
      </dd>
    </div>
  );
}

/** A job's progress: verified and stored bytes, speed, peers, time left. */
export function JobProgress({ job }: { job: Job }) {
  const progress = useProgress(job);
  const running = isRunning(job.state);
  const { done, stored } = sharesOf(job, progress);
  const holdsSomething = progress !== null && progress.bytesDone > 0;
  if (job.state === 'ready' || job.state === 'expired' || (!running && !holdsSomething)) return null;
  const total = progress && progress.bytesTotal > 0 ? progress.bytesTotal : job.size;
  return (
    <section className={classes.card} aria-label="Progress">
      <div className={classes.barhead}>
        <span className={`${classes.percent} tabular`}>{done === null ? 'Starting' : formatPercent(done)}</span>
        {progress && total !== null && total > 0 && (
          <span className={`${classes.bytes} tabular`}>
            {formatBytes(progress.bytesDone)} of {formatBytes(total)}
          </span>
        )}
      </div>
      <ProgressBar
        label={`Progress of ${nameOf(job)}`}
        size="thick"
        done={done}
        stored={stored}
        tone={running ? stateLooks[job.state].tone : 'idle'}
      />
      <p className={classes.legend}>
        <span data-key="stored">Stored {progress ? formatBytes(progress.bytesStored) : ''}</span>
        <span data-key="done">Verified {progress ? formatBytes(progress.bytesDone) : ''}</span>
      </p>
      {running && progress && <Figures job={job} progress={progress} />}
      {running && <Sparkline jobId={job.id} />}
    </section>
  );
}

function Figures({ job, progress }: { job: Job; progress: Progress }) {
  const torrent = job.sourceKind !== 'url';
  return (
    <dl className={classes.figures}>
      <Figure label="Download">{formatRate(progress.downRate)}</Figure>
      {torrent && <Figure label="Upload">{formatRate(progress.upRate)}</Figure>}
      <Figure label="Time left">{progress.etaSeconds === null ? 'unknown' : formatDuration(progress.etaSeconds)}</Figure>
      {torrent && (
        <Figure label="Peers" hint={progress.seeders > 0 ? formatPlural(progress.seeders, 'seed', 'seeds') : undefined}>
          {formatCount(progress.peers)}
        </Figure>
      )}
    </dl>
  );
}
