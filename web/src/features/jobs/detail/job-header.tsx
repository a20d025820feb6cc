import { ActionIcon, Button, CopyButton, Title, Tooltip } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';

import type { Job } from '@/api/model';
import { IconArrowLeft, IconCheck, IconCopy } from '@/components/icons';
import { RelativeTime } from '@/components/relative-time';
import { formatBytes, formatPlural } from '@/lib/format';

import type { PlainAction } from '../api';
import { ActConfirm, asksFirst } from '../components/act-confirm';
import { actionIcons } from '../components/job-menu';
import { StateLabel } from '../components/state-label';
import { actionLabels, nameOf } from '../state';
import { useAct, type Act } from '../use-act';
import classes from './detail.module.css';

const sourceNames: Record<Job['sourceKind'], string> = { magnet: 'Magnet link', torrent: '.torrent file', url: 'URL' };

interface JobHeaderProps {
  job: Job;
  /** More buttons, such as the one that downloads all files. */
  extra?: ReactNode;
  onDeleted: () => void;
}

/** Name, state, facts and actions of a job. */
export function JobHeader({ job, extra, onDeleted }: JobHeaderProps) {
  const [asked, setAsked] = useState<Act>();
  const doing = useAct(() => {
    if (asked?.action === 'delete') onDeleted();
    setAsked(undefined);
  });
  const start = (action: PlainAction) => {
    const next: Act = { jobs: [job], action };
    if (asksFirst(action)) setAsked(next);
    else doing.mutate(next);
  };
  const name = nameOf(job);
  useEffect(() => {
    document.title = `${name} · Longhaul`;
  }, [name]);

  return (
    <header className={classes.header}>
      <Link to="/" className={classes.back}>
        <IconArrowLeft size={16} aria-hidden="true" /> Downloads
      </Link>
      <div className={classes.headline}>
        <Title order={1} className={classes.title}>
          {name}
        </Title>
        <div className={classes.headactions}>
          {extra}
          {job.actions.map((action) =>
            action === 'select' ? null : (
              <ActionButton key={action} action={action} busy={doing.isPending} onClick={() => start(action)} />
            ),
          )}
        </div>
      </div>
      <div className={classes.facts}>
        <span role="status">
          <StateLabel state={job.state} filled />
        </span>
        {job.size !== null && <span className="tabular">{formatBytes(job.size)}</span>}
        {job.fileCount > 0 && <span>{formatPlural(job.fileCount, 'file', 'files')}</span>}
        <span>{sourceNames[job.sourceKind]}</span>
        <span>
          added <RelativeTime at={job.createdAt} />
        </span>
        {job.finishedAt && (
          <span>
            ended <RelativeTime at={job.finishedAt} />
          </span>
        )}
        {job.infoHash !== '' && <InfoHash hash={job.infoHash} />}
      </div>
      <ActConfirm asked={asked} busy={doing.isPending} onConfirm={(act) => doing.mutate(act)} onClose={() => setAsked(undefined)} />
    </header>
  );
}

function ActionButton({ action, busy, onClick }: { action: PlainAction; busy: boolean; onClick: () => void }) {
  const Symbol = actionIcons[action];
  if (action === 'delete') {
    return (
      <Tooltip label={actionLabels[action]}>
        <ActionIcon variant="default" size={36} aria-label={actionLabels[action]} disabled={busy} onClick={onClick}>
          <Symbol size={17} />
        </ActionIcon>
      </Tooltip>
    );
  }
  return (
    <Button
      variant={action === 'retry' || action === 'resume' ? 'filled' : 'default'}
      leftSection={<Symbol size={16} />}
      disabled={busy}
      onClick={onClick}
    >
      {actionLabels[action]}
    </Button>
  );
}

function InfoHash({ hash }: { hash: string }) {
  return (
    <span className={classes.hash}>
      <span className="mono" title={hash}>
        {hash.slice(0, 12)}…
      </span>
      <CopyButton value={hash}>
        {({ copied, copy }) => (
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label="Copy info hash" onClick={copy}>
            {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          </ActionIcon>
        )}
      </CopyButton>
    </span>
  );
}
