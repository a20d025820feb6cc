import { Button, Checkbox } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';

import type { Job } from '@/api/model';
import { ProblemHelp } from '@/components/problem-help';
import { ProgressBar } from '@/components/progress-bar';
import { RelativeTime } from '@/components/relative-time';
import { LabelChips } from '@/features/jobs/labels/components/label-chips';
import { formatBytes, formatCount, formatDuration, formatPercent, formatRate } from '@/lib/format';
import { text } from '@/lib/messages';
import { useNow } from '@/lib/use-now';

import type { PlainAction } from '../api';
import { JobMenu } from '../components/job-menu';
import { StateLabel } from '../components/state-label';
import { briefOf } from '../situation';
import { actionLabels, isRunning, nameOf, sharesOf, stateLooks } from '../state';
import { useProgress } from '../use-progress';
import './messages/catalogue';
import classes from './job-row.module.css';

interface JobRowProps {
  job: Job;
  position: number;
  count: number;
  selected: boolean;
  onSelect: (job: Job, on: boolean, range: boolean) => void;
  onAct: (job: Job, action: PlainAction) => void;
}

/** The states in which a problem is the user's. */
const troubled: readonly Job['state'][] = ['failed', 'needs_attention'];

/** One job of the list. */
export const JobRow = memo(function JobRow({ job, position, count, selected, onSelect, onAct }: JobRowProps) {
  const progress = useProgress(job);
  const name = nameOf(job);
  const { done, stored } = sharesOf(job, progress);
  const running = isRunning(job.state);
  const why = briefOf(job, progress, useNow());
  const showBar = running || ((job.state === 'paused' || job.state === 'needs_attention') && (done ?? 0) > 0);
  return (
    <div
      className={classes.row}
      role="listitem"
      aria-posinset={position}
      aria-setsize={count}
      data-selected={selected || undefined}
      data-job={job.id}
    >
      <Checkbox
        className={classes.check}
        aria-label={text('list:jobRow.select', { name })}
        checked={selected}
        onChange={(event) => onSelect(job, event.currentTarget.checked, (event.nativeEvent as MouseEvent).shiftKey)}
      />
      <div className={classes.main}>
        <div className={classes.title}>
          <Link to="/jobs/$jobId" params={{ jobId: job.id }} className={classes.name} title={name} data-row-link>
            {name}
          </Link>
        </div>
        <div className={classes.facts}>
          <StateLabel job={job} />
          {running && progress ? <Flow job={job} /> : <Rest job={job} />}
          {job.labels.length > 0 && <LabelChips ids={job.labels} />}
        </div>
        {why !== '' && (
          <p className={classes.why} title={why}>
            {why}
          </p>
        )}
        {troubled.includes(job.state) && <ProblemHelp reason={job.reason} />}
        {showBar && (
          <div className={classes.bar}>
            <ProgressBar
              label={text('list:jobRow.progressOf', { name })}
              done={done}
              stored={stored}
              tone={job.state === 'paused' ? 'idle' : stateLooks[job.state].tone}
            />
          </div>
        )}
      </div>
      <div className={`${classes.share} tabular`}>
        {running && done !== null ? formatPercent(done) : <QuickAction job={job} onAct={onAct} />}
      </div>
      <div className={classes.menu}>
        <JobMenu job={job} onAct={onAct} />
      </div>
    </div>
  );
});

const quickActions: readonly PlainAction[] = ['retry', 'resume'];

/** The main action of a job at rest, within reach without the menu. */
function QuickAction({ job, onAct }: { job: Job; onAct: (job: Job, action: PlainAction) => void }) {
  if (job.actions.includes('select')) {
    return (
      <Button
        size="compact-sm"
        renderRoot={(props) => <Link to="/jobs/$jobId" params={{ jobId: job.id }} {...props} />}
      >
        {actionLabels.select}
      </Button>
    );
  }
  const action = quickActions.find((each) => job.actions.includes(each));
  if (!action || job.state === 'cancelled') return null;
  return (
    <Button size="compact-sm" variant="default" aria-label={`${actionLabels[action]}: ${nameOf(job)}`} onClick={() => onAct(job, action)}>
      {actionLabels[action]}
    </Button>
  );
}

/** The figures of a running job. */
function Flow({ job }: { job: Job }) {
  const { t } = useTranslation('list');
  const progress = useProgress(job);
  if (!progress) return null;
  const total = progress.bytesTotal > 0 ? progress.bytesTotal : job.size;
  return (
    <>
      {total !== null && total > 0 && (
        <span className="tabular">
          {t('jobRow.of', { done: formatBytes(progress.bytesDone), total: formatBytes(total) })}
        </span>
      )}
      {progress.downRate > 0 && <span className={`${classes.rate} tabular`}>{formatRate(progress.downRate)}</span>}
      {progress.etaSeconds !== null && progress.etaSeconds > 0 && (
        <span className="tabular">{t('jobRow.left', { time: formatDuration(progress.etaSeconds) })}</span>
      )}
      {job.sourceKind !== 'url' && <span className="tabular">{t('jobRow.peers', { count: progress.peers, number: formatCount(progress.peers) })}</span>}
    </>
  );
}

/** The figures of a job that waits or has ended. */
function Rest({ job }: { job: Job }) {
  const { t } = useTranslation('list');
  return (
    <>
      {job.size !== null && <span className="tabular">{formatBytes(job.size)}</span>}
      {job.fileCount > 1 && <span className="tabular">{t('jobRow.files', { count: job.fileCount, number: formatCount(job.fileCount) })}</span>}
      <span>
        <RelativeTime at={job.finishedAt ?? job.createdAt} />
      </span>
    </>
  );
}
