import { Skeleton, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { JobFile } from '@/api/model';
import { IconAlertTriangle, IconBan, IconArrowLeft, IconChevronRight, IconClock } from '@/components/icons';
import { ErrorNotice, Notice } from '@/components/notice';
import { Room } from '@/components/viewer/room';
import { shownAs, type Row, type StageWith } from '@/components/viewer/shown';
import { baseName, fileKind, folderOf } from '@/lib/file-kind';
import { natural } from '@/lib/natural';
import type { OutlineFile } from '@/lib/outline';
import { hasCode, problemCode } from '@/lib/problem';

import '../messages/catalogue';
import { fileQuery, filesQuery, inlineLinkQuery, rowQuery } from '../api';
import { opensHere } from './file-browser';
import classes from './files.module.css';
import { CopyLinkButton, DownloadButton } from './link-buttons';

interface PlayerPageProps {
  jobId: string;
  fileId: string;
  /** Shows the file itself. */
  stage: StageWith;
  /** More to do with an available file. */
  acts?: (file: JobFile) => ReactNode;
}

/** Plays or shows one file of a job, with links to its neighbours. */
export function PlayerPage({ jobId, fileId, stage, acts }: PlayerPageProps) {
  const { t } = useTranslation('files');
  const { data: file, error, isPending, refetch } = useQuery(fileQuery(jobId, fileId));
  const missing = hasCode(error, problemCode.notFound);
  const name = file ? baseName(file.path) : t('playerPage.file');
  useEffect(() => {
    document.title = `${name} · Longhaul`;
  }, [name]);
  return (
    <div className={classes.player}>
      <div className={classes.playerhead}>
        <div className={classes.playertitle}>
          <Link to="/jobs/$jobId" params={{ jobId }} className={classes.back}>
            <IconArrowLeft size={16} aria-hidden="true" /> {t('playerPage.allFiles')}
          </Link>
          <Title order={1}>{name}</Title>
        </div>
        {isPending && <Skeleton height={36} width={240} />}
        {file?.available && (
          <div className={classes.playeractions}>
            {acts?.(file)}
            <CopyLinkButton file={file} wide />
            <DownloadButton file={file} wide />
          </div>
        )}
      </div>
      {isPending && <Skeleton height="min(420px, 56.25vw)" radius="lg" />}
      {error && !file && !missing && <ErrorNotice error={error} title={t('playerPage.couldntLoadThe')} retry={() => void refetch()} />}
      {missing && (
        <Notice icon={IconClock} title={t('playerPage.fileNotFound')}>
          {t('playerPage.itMayHave')}
        </Notice>
      )}
      {file && <Opened jobId={jobId} file={file} stage={stage} />}
    </div>
  );
}

interface OpenedProps {
  jobId: string;
  file: JobFile;
  stage: StageWith;
}

function Opened({ jobId, file, stage }: OpenedProps) {
  const { data: files } = useQuery(filesQuery(jobId));
  const kind = fileKind(file);
  const alike = useMemo(
    () => (files ?? []).filter((each) => fileKind(each) === kind && opensHere(each)).sort((a, b) => natural.compare(a.path, b.path)),
    [files, kind],
  );
  return (
    <>
      <OpenFile jobId={jobId} file={file} stage={stage} alike={alike} />
      <Steps jobId={jobId} file={file} alike={alike} />
    </>
  );
}

/** The files of the same kind in the same folder: a season, an album, the photos of a day. */
function useRow({ jobId, file, alike }: AlikeProps): Row {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMemo(() => {
    const open = async (index: number) => {
      const to = await client.query(rowQuery(jobId, index));
      if (to) await navigate({ to: '/jobs/$jobId/play/$fileId', params: { jobId, fileId: to.id }, replace: true });
    };
    const all = alike.filter((each) => folderOf(each.path) === folderOf(file.path));
    return {
      all: all.map((each) => ({ key: `${each.index}`, name: baseName(each.path), open: () => void open(each.index) })),
      at: all.findIndex((each) => each.index === file.index),
    };
  }, [client, navigate, jobId, file.path, file.index, alike]);
}

function OpenFile({ stage, ...rest }: OpenedProps & AlikeProps) {
  const { file } = rest;
  const { t } = useTranslation('files');
  const row = useRow(rest);
  const { available } = file;
  const link = useQuery({ ...inlineLinkQuery(file.id), enabled: available });
  if (file.state === 'lost') {
    return (
      <Notice icon={IconAlertTriangle} title={t('playerPage.noLongerIn')}>
        {t('playerPage.thisFileIs')}
      </Notice>
    );
  }
  if (file.blocked) {
    return (
      <Notice icon={IconBan} title={t('playerPage.blockedHere')}>
        {t('playerPage.thisFileCant')}
      </Notice>
    );
  }
  if (!available) {
    return (
      <Notice icon={IconClock} title={t('playerPage.notStoredYet')}>
        {t('playerPage.youCanOpen')}
      </Notice>
    );
  }
  if (link.error) {
    return <ErrorNotice error={link.error} title={t('playerPage.couldntOpenThe')} retry={() => void link.refetch()} />;
  }
  const shown = { ...file, name: baseName(file.path) };
  if (!link.data) {
    const as = shownAs(shown);
    return as === 'video' || as === 'audio' ? <Room sound={as === 'audio'} withBar /> : <Skeleton height="min(420px, 56.25vw)" radius="lg" />;
  }
  return stage(shown, link.data.url, () => void link.refetch(), row);
}

interface AlikeProps {
  jobId: string;
  file: JobFile;
  /** The files of its kind, in their order. */
  alike: readonly OutlineFile[];
}

function Steps({ jobId, file, alike }: AlikeProps) {
  const { t } = useTranslation('files');
  const at = alike.findIndex((each) => each.index === file.index);
  if (at < 0) return null;
  return (
    <nav className={classes.steps} aria-label={t('playerPage.otherFiles')}>
      <Step jobId={jobId} to={alike[at - 1]} />
      <Step jobId={jobId} to={alike[at + 1]} next />
    </nav>
  );
}

function Step({ jobId, to, next = false }: { jobId: string; to: OutlineFile | undefined; next?: boolean }) {
  const { data: file } = useQuery({ ...rowQuery(jobId, to?.index ?? -1), enabled: to !== undefined });
  if (!to || !file) return null;
  return (
    <Link to="/jobs/$jobId/play/$fileId" params={{ jobId, fileId: file.id }} className={classes.step}>
      {!next && <IconArrowLeft size={15} aria-hidden="true" />}
      <span>{baseName(to.path)}</span>
      {next && <IconChevronRight size={15} aria-hidden="true" />}
    </Link>
  );
}
