import { Anchor, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import type { JobDetail, OwnedJob } from '@/api/model';
import { IconExternalLink } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';

import { BackLink } from '../detail/back-link';
import { ActButton } from '../detail/act-button';
import { JobHeader } from '../detail/job-header';
import { JobProgress } from '../detail/job-progress';
import { JobStatus } from '../detail/job-status';
import { Events } from '../detail/timeline';
import timeline from '../detail/timeline.module.css';
import './messages/catalogue';
import { ActDialog, type Asked } from './act-dialog';
import { offerIcon, offerLabel, offersOf } from './acts';
import { anyJobQuery } from './api';
import { Attempts } from './attempts';
import classes from './any-detail.module.css';
import { Files } from './files';

interface AnyDetailProps {
  jobId: string;
  /** Called once it is deleted. */
  onDeleted: () => void;
}

/** A download of any account: why it is where it is, what was tried, and the workflow behind it. */
export function AnyDetail({ jobId, onDeleted }: AnyDetailProps) {
  const { t } = useTranslation('everybody');
  const { data, error, isPending, refetch } = useQuery(anyJobQuery(jobId));
  if (isPending) {
    return (
      <div role="status" aria-label={t('anyDetail.loadingTheDownload')}>
        <Skeleton height={34} width="55%" mb={18} />
        <Skeleton height={180} radius="lg" mb={18} />
        <Skeleton height={260} radius="lg" />
      </div>
    );
  }
  if (!data) return <ErrorNotice error={error} title={t('anyDetail.couldntLoadThe')} retry={() => void refetch()} />;
  return <Detail data={data} onDeleted={onDeleted} />;
}

function Detail({ data, onDeleted }: { data: JobDetail; onDeleted: () => void }) {
  const { t } = useTranslation('everybody');
  const { job, files, events, attempts, workflow } = data;
  return (
    <>
      <JobHeader job={job} back={<BackLink to="/admin/jobs">{t('anyDetail.allDownloads')}</BackLink>} facts={<Owner job={job} />}>
        <Acts job={job} onDeleted={onDeleted} />
      </JobHeader>
      <JobStatus job={job} />
      <JobProgress job={job} />
      <div className={classes.columns}>
        <div className={classes.main}>
          <Attempts attempts={attempts} />
          <Files files={files} />
          <section className={classes.part} aria-labelledby="workflow-title">
            <h2 id="workflow-title">{t('anyDetail.workflow')}</h2>
            <p className={classes.workflow}>
              <span className="mono">{workflow.id}</span>
              {workflow.uiUrl !== '' && (
                <Anchor href={workflow.uiUrl} target="_blank" rel="noreferrer" size="sm">
                  {t('anyDetail.openInTemporal')} <IconExternalLink size={13} aria-hidden="true" />
                </Anchor>
              )}
            </p>
          </section>
        </div>
        <section className={timeline.section} aria-labelledby="timeline-title">
          <h2 className={timeline.title} id="timeline-title">
            {t('anyDetail.timeline')}
          </h2>
          <Events events={events} />
        </section>
      </div>
    </>
  );
}

function Owner({ job }: { job: OwnedJob }) {
  const { t } = useTranslation('everybody');
  return (
    <>
      <span>
        <Trans t={t} i18nKey="anyDetail.of" values={{ email: job.owner.email }} components={{ a: <Link to="/admin/users/$userId" params={{ userId: job.owner.id }} className={classes.owner} /> }} />
      </span>
      {job.agent && <span>{t('anyDetail.on', { name: job.agent.name })}</span>}
      <Link to="/admin/audit" search={{ target: job.id }} className={classes.owner}>
        {t('anyDetail.auditLogEntries')}
      </Link>
      {job.infoHash !== '' && !job.blocked && (
        <Link to="/admin/blocks" search={{ add: job.infoHash }} className={classes.owner}>
          {t('anyDetail.blockThisContent')}
        </Link>
      )}
    </>
  );
}

function Acts({ job, onDeleted }: { job: OwnedJob; onDeleted: () => void }) {
  const [asked, setAsked] = useState<Asked>();
  return (
    <>
      {offersOf([job]).map((offer) => (
        <ActButton key={offerLabel(offer, [job])} act={offer.act} label={offerLabel(offer, [job])} icon={offerIcon(offer)} busy={false} onClick={() => setAsked({ jobs: [job], offer })} />
      ))}
      <ActDialog
        asked={asked}
        onClose={() => setAsked(undefined)}
        onDone={({ offer }) => {
          if (offer.act === 'delete') onDeleted();
        }}
      />
    </>
  );
}
