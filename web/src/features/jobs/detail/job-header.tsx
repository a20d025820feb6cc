import { ActionIcon, CopyButton, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Job } from '@/api/model';
import { IconCheck, IconCopy } from '@/components/icons';
import { RelativeTime } from '@/components/relative-time';
import { formatBytes, formatCount } from '@/lib/format';
import { text } from '@/lib/messages';

import { StateLabel } from '../components/state-label';
import { nameOf } from '../state';
import './messages/catalogue';
import classes from './detail.module.css';

const sourceNames: Record<Job['sourceKind'], string> = { magnet: text('detail:jobHeader.magnetLink'), torrent: text('detail:jobHeader.torrentFile'), url: 'URL' };

interface JobHeaderProps {
  job: Job;
  /** The link to where the reader came from. */
  back: ReactNode;
  /** More facts, such as whose it is. */
  facts?: ReactNode;
  /** The buttons, with their dialogs. */
  children: ReactNode;
}

/** Name, state and facts of a job. */
export function JobHeader({ job, back, facts, children }: JobHeaderProps) {
  const { t } = useTranslation('detail');
  const name = nameOf(job);
  useEffect(() => {
    document.title = `${name} · Longhaul`;
  }, [name]);

  return (
    <header className={classes.header}>
      {back}
      <div className={classes.headline}>
        <Title order={1} className={classes.title}>
          {name}
        </Title>
        <div className={classes.headactions}>{children}</div>
      </div>
      <div className={classes.facts}>
        <span role="status">
          <StateLabel job={job} filled />
        </span>
        {job.size !== null && <span className="tabular">{formatBytes(job.size)}</span>}
        {job.fileCount > 0 && <span>{t('jobHeader.files', { count: job.fileCount, number: formatCount(job.fileCount) })}</span>}
        <span className={classes.origin}>
          {sourceNames[job.sourceKind]}
          {job.origin !== '' && t('jobHeader.from', { origin: job.origin })}
        </span>
        <span>
          {t('jobHeader.added')} <RelativeTime at={job.createdAt} />
        </span>
        {job.finishedAt && (
          <span>
            {t('jobHeader.ended')} <RelativeTime at={job.finishedAt} />
          </span>
        )}
        {facts}
        {job.infoHash !== '' && <InfoHash hash={job.infoHash} />}
      </div>
    </header>
  );
}

function InfoHash({ hash }: { hash: string }) {
  const { t } = useTranslation('detail');
  return (
    <span className={classes.hash}>
      <span className="mono" title={hash}>
        {hash.slice(0, 12)}…
      </span>
      <CopyButton value={hash}>
        {({ copied, copy }) => (
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('jobHeader.copyInfoHash')} onClick={copy}>
            {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          </ActionIcon>
        )}
      </CopyButton>
    </span>
  );
}
