import { ActionIcon, Skeleton, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';

import type { JobFile } from '@/api/model';
import { FileTree } from '@/components/file-tree';
import { IconAlertTriangle, IconBan, IconClock, IconPhoto, IconPlayerPlay, IconFileText } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { fileKind } from '@/lib/file-kind';
import { baseName } from '@/lib/file-kind';
import { formatPlural } from '@/lib/format';

import { filesQuery } from '../api';
import classes from './files.module.css';
import { CopyLinkButton, DownloadButton } from './link-buttons';

/** Reports whether the app can show or play the file. */
export function opensHere(file: JobFile): boolean {
  if (!file.available) return false;
  const kind = fileKind(file);
  if (kind === 'video' || kind === 'audio' || kind === 'image') return file.previewable;
  return kind === 'text';
}

/** The files of a job. Each has its actions as soon as it is available. */
export function FileBrowser({ jobId }: { jobId: string }) {
  const { data: files, error, isPending, refetch } = useQuery(filesQuery(jobId));
  const chosen = useMemo(() => files?.filter((file) => file.state !== 'skipped') ?? [], [files]);
  const skipped = (files?.length ?? 0) - chosen.length;
  const available = chosen.filter((file) => file.available).length;
  const lost = chosen.filter((file) => file.state === 'lost').length;
  return (
    <section aria-labelledby="files-title" className={classes.section}>
      <div className={classes.head}>
        <h2 className={classes.title} id="files-title">
          Files
        </h2>
        {chosen.length > 0 && (
          <span className={`${classes.count} tabular`}>
            {available === chosen.length ? formatPlural(available, 'file', 'files') : `${available} of ${chosen.length} available`}
            {lost > 0 && `, ${lost} lost`}
            {skipped > 0 && `, ${formatPlural(skipped, 'file', 'files')} skipped`}
          </span>
        )}
      </div>
      {isPending && <Skeleton height={160} radius="md" />}
      {error && !files && <ErrorNotice error={error} title="Couldn't load the files" retry={() => void refetch()} />}
      {files?.length === 0 && <p className={classes.none}>Files show up here once they are known.</p>}
      {chosen.length > 0 && (
        <FileTree
          label="List of files"
          files={chosen}
          maxHeight={520}
          isDim={(file) => !file.available}
          fileEnd={(file) => <FileActions file={file} jobId={jobId} />}
        />
      )}
    </section>
  );
}

function FileActions({ file, jobId }: { file: JobFile; jobId: string }) {
  if (file.state === 'lost') {
    return (
      <Tooltip label="No longer in storage. Delete this download and add it again to fetch it.">
        <span className={classes.lost}>
          <IconAlertTriangle size={16} aria-hidden="true" /> Lost
        </span>
      </Tooltip>
    );
  }
  if (file.blocked) {
    return (
      <Tooltip label="This file is blocked here. Ask your admin if you think that is wrong.">
        <span className={classes.lost}>
          <IconBan size={16} aria-hidden="true" /> Blocked
        </span>
      </Tooltip>
    );
  }
  if (!file.available) {
    return (
      <Tooltip label="Not available yet">
        <span className={classes.pending}>
          <IconClock size={16} aria-label="Not available yet" />
        </span>
      </Tooltip>
    );
  }
  return (
    <>
      {opensHere(file) && <OpenButton file={file} jobId={jobId} />}
      <CopyLinkButton file={file} />
      <DownloadButton file={file} />
    </>
  );
}

function OpenButton({ file, jobId }: { file: JobFile; jobId: string }) {
  const kind = fileKind(file);
  const plays = kind === 'video' || kind === 'audio';
  const Symbol = plays ? IconPlayerPlay : kind === 'image' ? IconPhoto : IconFileText;
  const label = `${plays ? 'Play' : 'View'} ${baseName(file.path)}`;
  return (
    <Tooltip label={plays ? 'Play' : 'View'}>
      <ActionIcon
        variant={plays ? 'light' : 'subtle'}
        color={plays ? undefined : 'gray'}
        aria-label={label}
        renderRoot={(props) => <Link to="/jobs/$jobId/play/$fileId" params={{ jobId, fileId: file.id }} {...props} />}
      >
        <Symbol size={17} />
      </ActionIcon>
    </Tooltip>
  );
}
