import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';

import type { Job, Provider } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { configQuery } from '@/features/auth/api';
import { filesQuery } from '@/features/files/api';
import { FileBrowser } from '@/features/files/components/file-browser';
import type { Shared } from '@/features/files/components/share-buttons';
import { DownloadAllButton } from '@/features/files/components/link-buttons';
import { jobQuery } from '@/features/jobs/api';
import { BackLink } from '@/features/jobs/detail/back-link';
import { JobHeader } from '@/features/jobs/detail/job-header';
import { nameOf } from '@/features/jobs/state';
import { labelsQuery } from '@/features/jobs/labels/api';
import { JobLabels } from '@/features/jobs/labels/components/job-labels';
import { JobProgress } from '@/features/jobs/detail/job-progress';
import { JobStatus } from '@/features/jobs/detail/job-status';
import { MoveJob } from '@/features/jobs/detail/move-job';
import { OwnerActs } from '@/features/jobs/detail/owner-acts';
import { SelectionPanel } from '@/features/jobs/detail/selection-panel';
import { Timeline } from '@/features/jobs/detail/timeline';
import { WorkflowPanel } from '@/features/jobs/detail/workflow-panel';
import { providersQuery } from '@/features/providers/api';
import { hasCode, problemCode } from '@/lib/problem';

import '../messages/catalogue';
import { NotFound } from './not-found';
import { ShareButton, useSharing } from './sharing';
import classes from './job-page.module.css';

// Lists show without waiting for the marks.
const WatchedMark = lazy(() => import('@/features/media/components/watched-mark').then((module) => ({ default: module.WatchedMark })));

function Mark(props: { jobId: string; index: number }) {
  return (
    <Suspense>
      <WatchedMark {...props} />
    </Suspense>
  );
}

/** One job: state, progress, files, timeline. */
export function JobPage({ jobId, isAdmin }: { jobId: string; isAdmin: boolean }) {
  const { t } = useTranslation('app');
  const { data: job, error, isPending, refetch } = useQuery(jobQuery(jobId));
  // The header shows labels and the way to share; coming later, they would push down all that is below.
  const labels = useQuery(labelsQuery());
  const config = useQuery(configQuery());
  if (hasCode(error, problemCode.notFound)) {
    return <NotFound title={t('jobPage.downloadNotFound')} text={t('jobPage.itMayHave')} />;
  }
  if (isPending || labels.isLoading || config.isLoading) {
    return (
      <div className={classes.page} role="status" aria-label={t('jobPage.loadingTheDownload')}>
        <Skeleton height={34} width="55%" mb={18} />
        <Skeleton height={180} radius="lg" mb={18} />
        <Skeleton height={260} radius="lg" />
      </div>
    );
  }
  if (!job) {
    return <ErrorNotice error={error} title={t('jobPage.couldntLoadThe')} retry={() => void refetch()} />;
  }
  return <JobView job={job} isAdmin={isAdmin} />;
}

function JobView({ job, isAdmin }: { job: Job; isAdmin: boolean }) {
  const { t } = useTranslation('app');
  const navigate = useNavigate();
  const sharing = useSharing();
  const onShare = sharing.share && ((what: Shared, name: string) => sharing.share?.([{ jobId: job.id, ...what }], name));
  const leave = () => void navigate({ to: '/' });
  return (
    <div className={classes.page}>
      <JobHeader job={job} back={<BackLink to="/">{t('jobPage.downloads')}</BackLink>}>
        <JobLabels job={job} name={nameOf(job)} />
        {job.state === 'ready' && !job.blocked && <DownloadAllButton jobId={job.id} count={job.fileCount} />}
        {job.state === 'ready' && !job.blocked && sharing.share && <ShareButton onClick={() => sharing.share?.([{ jobId: job.id }], job.name)} />}
        {isAdmin && job.movableTo.length > 0 && <Move job={job} />}
        <OwnerActs job={job} onDeleted={leave} />
      </JobHeader>
      <JobStatus job={job} />
      {job.blocked && (
        <p className={classes.notices}>
          {t('jobPage.aTakedownNotice')} <Link to="/notices">{t('jobPage.seeYourNotices')}</Link>, {t('jobPage.andObject')}
        </p>
      )}
      <JobProgress job={job} />
      <div className={classes.columns}>
        <div className={classes.files}>
          {job.state === 'awaiting_selection' && job.reason.code !== 'files_chosen' ? <Selection job={job} /> : <FileBrowser jobId={job.id} onShare={onShare} onDeleted={job.state === 'ready' ? leave : undefined} mark={(file) => <Mark jobId={job.id} index={file.index} />} />}
        </div>
        <aside className={classes.side}>
          <Timeline jobId={job.id} />
          {isAdmin && <WorkflowPanel jobId={job.id} />}
        </aside>
      </div>
      {sharing.dialog}
    </div>
  );
}

/** The move buttons, with the health of the provider that each leads to. */
function Move({ job }: { job: Job }) {
  const { data: list } = useQuery({ ...providersQuery(), refetchInterval: false });
  const troubleOf = (to: Provider) => {
    const info = list?.providers.find((each) => each.provider === to);
    return info && !info.healthy ? info.summary : '';
  };
  return <MoveJob job={job} troubleOf={troubleOf} />;
}

function Selection({ job }: { job: Job }) {
  const { t } = useTranslation('app');
  const { data: files, error, refetch } = useQuery(filesQuery(job.id));
  if (error && !files) return <ErrorNotice error={error} title={t('jobPage.couldntLoadTheFiles')} retry={() => void refetch()} />;
  if (!files || files.length === 0) return <Skeleton height={260} radius="lg" />;
  return <SelectionPanel job={job} files={files} />;
}
