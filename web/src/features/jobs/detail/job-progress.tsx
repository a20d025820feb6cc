import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Job, Progress } from '@/api/model';
import { ProgressBar } from '@/components/progress-bar';
import { formatBytes, formatCount, formatDuration, formatPercent, formatRate } from '@/lib/format';

import { isRunning, nameOf, sharesOf, stateLooks } from '../state';
import { useProgress } from '../use-progress';
import './messages/catalogue';
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
  const { t } = useTranslation('detail');
  const progress = useProgress(job);
  const running = isRunning(job.state);
  const { done, stored } = sharesOf(job, progress);
  const holdsSomething = progress !== null && progress.bytesDone > 0;
  if (job.state === 'ready' || job.state === 'expired' || (!running && !holdsSomething)) return null;
  const total = progress && progress.bytesTotal > 0 ? progress.bytesTotal : job.size;
  return (
    <section className={classes.card} aria-label={t('jobProgress.progress')}>
      <div className={classes.barhead}>
        <span className={`${classes.percent} tabular`}>{done === null ? t('jobProgress.starting') : formatPercent(done)}</span>
        {progress && total !== null && total > 0 && (
          <span className={`${classes.bytes} tabular`}>
            {t('jobProgress.of', { done: formatBytes(progress.bytesDone), total: formatBytes(total) })}
          </span>
        )}
      </div>
      <ProgressBar
        label={t('jobProgress.progressOf', { job: nameOf(job) })}
        size="thick"
        done={done}
        stored={stored}
        tone={running ? stateLooks[job.state].tone : 'idle'}
      />
      <p className={classes.legend}>
        <span data-key="stored">{t('jobProgress.stored', { what: progress ? formatBytes(progress.bytesStored) : '' })}</span>
        <span data-key="done">{t('jobProgress.verified', { what: progress ? formatBytes(progress.bytesDone) : '' })}</span>
      </p>
      {running && progress && <Figures job={job} progress={progress} />}
      {running && <Sparkline jobId={job.id} />}
    </section>
  );
}

function Figures({ job, progress }: { job: Job; progress: Progress }) {
  const { t } = useTranslation('detail');
  const torrent = job.sourceKind !== 'url';
  return (
    <dl className={classes.figures}>
      <Figure label={t('jobProgress.download')}>{formatRate(progress.downRate)}</Figure>
      {torrent && <Figure label={t('jobProgress.upload')}>{formatRate(progress.upRate)}</Figure>}
      <Figure label={t('jobProgress.timeLeft')}>{progress.etaSeconds === null ? t('jobProgress.unknown') : formatDuration(progress.etaSeconds)}</Figure>
      {torrent && (
        <Figure label={t('jobProgress.peers')} hint={progress.seeders > 0 ? t('jobProgress.seeds', { count: progress.seeders, number: formatCount(progress.seeders) }) : undefined}>
          {formatCount(progress.peers)}
        </Figure>
      )}
    </dl>
  );
}
