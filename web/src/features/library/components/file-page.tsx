import { Button, Skeleton, Title } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useEffectEvent, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { LibraryFile } from '@/api/model';
import { IconAlertTriangle, IconArrowLeft, IconBan, IconChevronRight, IconClock, IconDownload, IconLink, IconPencil } from '@/components/icons';
import { ErrorNotice, Notice } from '@/components/notice';
import { shownAs, type Row, type StageWith } from '@/components/viewer/shown';
import { toastDone } from '@/components/toast';
import { isolated } from '@/lib/isolated';
import { hasCode, problemCode } from '@/lib/problem';

import { libraryFileQuery, libraryQuery, renameFile, shownLinkQuery } from '../api';
import '../messages/catalogue';
import { useCopyLink, useDownload } from '../use-acts';
import { entriesOf, isFlat, isThere, type LibraryView } from '../view';
import { searchOf } from './entry-link';
import classes from './file-page.module.css';
import { NameDialog } from './name-dialog';
import { Strip } from './strip';

interface FilePageProps {
  fileId: string;
  /** The list that the file was opened from: its neighbours are those of the list. */
  view: LibraryView;
  /** Shows the file itself. */
  stage: StageWith;
}

/** Shows one file of the library, with the way to its neighbours. */
export function FilePage({ fileId, view, stage }: FilePageProps) {
  const { t } = useTranslation('library');
  const { data: file, error, isPending, refetch } = useQuery(libraryFileQuery(fileId));
  const missing = hasCode(error, problemCode.notFound);
  const name = file?.name ?? t('title');
  useEffect(() => {
    document.title = `${name} · Longhaul`;
  }, [name]);
  const back = isFlat(view) || view.folder !== '' ? view : { ...view, folder: file?.folderId ?? '' };
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <div className={classes.title}>
          <Link to="/files" search={searchOf(back)} className={classes.back}>
            <IconArrowLeft size={16} aria-hidden="true" /> {t('back')}
          </Link>
          <Title order={1}>{name}</Title>
        </div>
        {file && <Buttons file={file} />}
      </div>
      {isPending && <Skeleton height="min(420px, 56.25vw)" radius="lg" />}
      {error && !file && !missing && <ErrorNotice error={error} title={t('fileFailed')} retry={() => void refetch()} />}
      {missing && (
        <Notice icon={IconClock} title={t('fileGone')}>
          {t('fileGoneText')}
        </Notice>
      )}
      {file && (
        <Gallery file={file} view={back}>
          {(row) => <Content file={file} stage={stage} row={row} />}
        </Gallery>
      )}
    </div>
  );
}

function Buttons({ file }: { file: LibraryFile }) {
  const { t } = useTranslation('library');
  const download = useDownload();
  const copy = useCopyLink();
  const [renaming, setRenaming] = useState(false);
  return (
    <div className={classes.buttons}>
      {isThere(file) && (
        <>
          <Button variant="default" leftSection={<IconLink size={17} />} loading={copy.isPending} onClick={() => copy.mutate(file)}>
            {t('copyLink')}
          </Button>
          <Button variant="default" leftSection={<IconDownload size={17} />} loading={download.isPending} onClick={() => download.mutate(file)}>
            {t('download')}
          </Button>
        </>
      )}
      <Button variant="default" leftSection={<IconPencil size={17} />} onClick={() => setRenaming(true)}>
        {t('rename')}
      </Button>
      <NameDialog
        opened={renaming}
        title={t('renameFile')}
        initial={file.name}
        label={t('rename')}
        save={(name) => renameFile(file.id, name)}
        onDone={(name) => {
          setRenaming(false);
          toastDone(t('renamed', { name }));
        }}
        onClose={() => setRenaming(false)}
      />
    </div>
  );
}

function Content({ file, stage, row }: { file: LibraryFile; stage: StageWith; row: Row }) {
  const { t } = useTranslation('library');
  const link = useQuery({ ...shownLinkQuery(file.id), enabled: isThere(file) });
  if (file.lost || file.blocked) {
    return (
      <Notice icon={file.lost ? IconAlertTriangle : IconBan} title={t(file.lost ? 'lost' : 'blocked')}>
        {t(file.lost ? 'lostText' : 'blockedText')}
      </Notice>
    );
  }
  if (link.error) return <ErrorNotice error={link.error} title={t('openFailed')} retry={() => void link.refetch()} />;
  if (!link.data) return <Skeleton height="min(420px, 56.25vw)" radius="lg" />;
  return stage(file, link.data.url, () => void link.refetch(), row);
}

/** How much of a long list is read to find the neighbours of a file that was opened by its address. */
const mostPages = 10;

/** How far a finger has to move to reach the next photo, in pixels. */
const swipe = 60;

/** Leads to the files before and after that are shown in the same way: by links, by the arrow keys and, for photos, by swiping. */
function Gallery({ file, view, children }: { file: LibraryFile; view: LibraryView; children: (row: Row) => ReactNode }) {
  const { t } = useTranslation('library');
  const navigate = useNavigate();
  const list = useInfiniteQuery(libraryQuery(view));
  const as = shownAs(file);
  const alike = useMemo(
    () => (list.data?.pages.flatMap(entriesOf) ?? []).flatMap((entry) => (entry.file && isThere(entry.file) && shownAs(entry.file) === as ? [entry.file] : [])),
    [list.data, as],
  );
  const at = alike.findIndex((each) => each.id === file.id);
  const before = at > 0 ? alike[at - 1] : undefined;
  const after = at >= 0 ? alike[at + 1] : undefined;
  const { hasNextPage, isFetching, fetchNextPage } = list;
  const pages = list.data?.pages.length ?? 0;
  useEffect(() => {
    const wanted = at < 0 ? pages < mostPages : at === alike.length - 1;
    if (wanted && hasNextPage && !isFetching) void fetchNextPage();
  }, [at, alike.length, pages, hasNextPage, isFetching, fetchNextPage]);
  const go = (to: LibraryFile | undefined) => {
    if (to) void navigate({ to: '/files/$fileId', params: { fileId: to.id }, search: searchOf(view), replace: true });
  };
  const row: Row = { all: alike.map((each) => ({ key: each.id, name: each.name, open: () => go(each) })), at };
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    // In the player they lead through the film.
    if (as === 'video' || as === 'audio') return;
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target instanceof HTMLElement && event.target.matches('input, textarea, select, video, audio, pre'))) return;
    if (document.querySelector('[role="dialog"]')) return;
    if (event.key === 'ArrowLeft') go(before);
    if (event.key === 'ArrowRight') go(after);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
  const start = useRef<number>(undefined);
  return (
    <>
      <div
        onTouchStart={(event) => {
          start.current = event.touches.length === 1 ? event.touches[0]?.clientX : undefined;
        }}
        onTouchEnd={(event) => {
          const moved = start.current === undefined ? 0 : (event.changedTouches[0]?.clientX ?? 0) - start.current;
          if (as === 'image' && Math.abs(moved) > swipe) go(moved > 0 ? before : after);
        }}
      >
        {children(row)}
      </div>
      {as === 'image' && alike.length > 1 && at >= 0 && <Strip files={alike} at={at} view={view} />}
      {(before ?? after) && (
        <nav className={classes.steps} aria-label={t('otherFiles')}>
          {before && <Step file={before} view={view} />}
          {after && <Step file={after} view={view} next />}
        </nav>
      )}
    </>
  );
}

function Step({ file, view, next = false }: { file: LibraryFile; view: LibraryView; next?: boolean }) {
  const { t } = useTranslation('library');
  return (
    <Link to="/files/$fileId" params={{ fileId: file.id }} search={searchOf(view)} replace className={classes.step} aria-label={t(next ? 'next' : 'previous', { name: file.name })}>
      {!next && <IconArrowLeft size={15} aria-hidden="true" />}
      <span>{isolated(file.name)}</span>
      {next && <IconChevronRight size={15} aria-hidden="true" />}
    </Link>
  );
}
