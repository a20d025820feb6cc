import { Skeleton, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';

import type { JobFile } from '@/api/model';
import { IconAlertTriangle, IconBan, IconArrowLeft, IconChevronRight, IconClock } from '@/components/icons';
import { ErrorNotice, Notice } from '@/components/notice';
import { baseName, fileKind } from '@/lib/file-kind';

import { filesQuery, inlineLinkQuery } from '../api';
import { opensHere } from './file-browser';
import classes from './files.module.css';
import { CopyLinkButton, DownloadButton } from './link-buttons';
import { Stage } from './stage';

const natural = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Plays or shows one file of a job, with links to its neighbours. */
export function PlayerPage({ jobId, fileId }: { jobId: string; fileId: string }) {
  const { data: files, error, isPending, refetch } = useQuery(filesQuery(jobId));
  const file = files?.find((each) => each.id === fileId);
  const name = file ? baseName(file.path) : 'File';
  useEffect(() => {
    document.title = `${name} · Longhaul`;
  }, [name]);
  return (
    <div className={classes.player}>
      <div className={classes.playerhead}>
        <div className={classes.playertitle}>
          <Link to="/jobs/$jobId" params={{ jobId }} className={classes.back}>
            <IconArrowLeft size={16} aria-hidden="true" /> All files
          </Link>
          <Title order={1}>{name}</Title>
        </div>
        {file?.available && (
          <div className={classes.playeractions}>
            <CopyLinkButton file={file} wide />
            <DownloadButton file={file} wide />
          </div>
        )}
      </div>
      {isPending && <Skeleton height={420} radius="lg" />}
      {error && !files && <ErrorNotice error={error} title="Couldn't load the file" retry={() => void refetch()} />}
      {files && !file && (
        <Notice icon={IconClock} title="File not found">
          It may have been deleted with its download.
        </Notice>
      )}
      {file && <OpenFile file={file} />}
      {file && files && <Steps jobId={jobId} file={file} files={files} />}
    </div>
  );
}

function OpenFile({ file }: { file: JobFile }) {
  const { available } = file;
  const link = useQuery({ ...inlineLinkQuery(file.id), enabled: available });
  if (file.state === 'lost') {
    return (
      <Notice icon={IconAlertTriangle} title="No longer in storage">
        This file is lost. Delete its download and add it again to fetch it.
      </Notice>
    );
  }
  if (file.blocked) {
    return (
      <Notice icon={IconBan} title="Blocked here">
        This file can’t be opened here. Ask your admin if you think that is wrong.
      </Notice>
    );
  }
  if (!available) {
    return (
      <Notice icon={IconClock} title="Not stored yet">
        You can open this file once it is fully stored.
      </Notice>
    );
  }
  if (link.error) {
    return <ErrorNotice error={link.error} title="Couldn't open the file" retry={() => void link.refetch()} />;
  }
  if (!link.data) return <Skeleton height={420} radius="lg" />;
  return <Stage key={file.id} file={file} url={link.data.url} onBroken={() => void link.refetch()} />;
}

function Steps({ jobId, file, files }: { jobId: string; file: JobFile; files: readonly JobFile[] }) {
  const kind = fileKind(file);
  const alike = files
    .filter((each) => fileKind(each) === kind && opensHere(each))
    .sort((a, b) => natural.compare(a.path, b.path));
  const at = alike.findIndex((each) => each.id === file.id);
  const before = alike[at - 1];
  const after = alike[at + 1];
  if (at < 0 || (!before && !after)) return null;
  return (
    <nav className={classes.steps} aria-label="Other files">
      {before && (
        <Link to="/jobs/$jobId/play/$fileId" params={{ jobId, fileId: before.id }} className={classes.step}>
          <IconArrowLeft size={15} aria-hidden="true" />
          <span>{baseName(before.path)}</span>
        </Link>
      )}
      {after && (
        <Link to="/jobs/$jobId/play/$fileId" params={{ jobId, fileId: after.id }} className={classes.step}>
          <span>{baseName(after.path)}</span>
          <IconChevronRight size={15} aria-hidden="true" />
        </Link>
      )}
    </nav>
  );
}
