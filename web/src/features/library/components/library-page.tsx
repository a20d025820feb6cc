import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { IconFolderPlus } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';
import { toastDone } from '@/components/toast';
import { useSelected } from '@/lib/use-selected';

import { libraryQuery, makeFolder, renameFile, renameFolder } from '../api';
import '../messages/catalogue';
import { entriesOf, isFlat, pickedOf, type Entry, type LibraryView, type Picked } from '../view';
import { Crumbs } from './crumbs';
import { useDeletion } from './deletion';
import { EmptyLibrary, FolderGone } from './empty-library';
import { Entries } from './entries';
import type { EntryActs } from './entry-menu';
import classes from './library.module.css';
import { LibrarySkeleton } from './library-skeleton';
import { NameDialog } from './name-dialog';
import { PickedBar } from './picked-bar';
import { Toolbar } from './toolbar';

// The page doesn't wait for it: it opens from menus.
const MoveDialog = lazy(() => import('./move-dialog').then((part) => ({ default: part.MoveDialog })));

interface LibraryPageProps {
  view: LibraryView;
  onView: (change: Partial<LibraryView>) => void;
  /** Asks how to share what is picked; undefined where sharing is off. */
  onShare?: ((picked: Picked, name: string) => void) | undefined;
}

/** All files of the user, over all downloads. */
export function LibraryPage({ view, onView, onShare }: LibraryPageProps) {
  const { t } = useTranslation('library');
  const list = useInfiniteQuery({ ...libraryQuery(view), placeholderData: (before) => before });
  const entries = useMemo(() => list.data?.pages.flatMap(entriesOf) ?? [], [list.data]);
  const first = list.data?.pages[0];
  const selected = useSelected(entries);
  const [naming, setNaming] = useState(false);
  const [renaming, setRenaming] = useState<Entry>();
  const [moving, setMoving] = useState<readonly Entry[]>();
  const flat = isFlat(view);
  const path = flat ? [] : (first?.path ?? []);
  const here = path.at(-1)?.name ?? t('title');
  const deleting = useDeletion(selected.clear);
  const share = useCallback((of: readonly Entry[]) => onShare?.(pickedOf(of), of.length === 1 ? (of[0]?.name ?? '') : here), [onShare, here]);
  const acts: EntryActs = { onRename: setRenaming, onMove: setMoving, onDelete: deleting.ask, onShare: onShare && share };
  const newFolder = (
    // Results of a search are in no folder; the button keeps its place, so that they don't move.
    <Button variant="default" leftSection={<IconFolderPlus size={17} />} disabled={flat} onClick={() => setNaming(true)}>
      {t('newFolder')}
    </Button>
  );
  return (
    <Page title={t('title')} actions={newFolder}>
      <Crumbs path={path} />
      <section aria-label={t('title')} className={classes.list}>
        <Toolbar view={view} photos={entries.some((entry) => entry.file?.kind === 'image')} totals={first?.totals ?? undefined} onView={onView} />
        {selected.entries.length > 0 && <PickedBar selected={selected} {...acts} />}
        {list.isPending && <LibrarySkeleton />}
        {list.isError && !list.data && <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.data && entries.length === 0 && !list.hasNextPage && <EmptyLibrary view={view} onView={onView} />}
        {entries.length > 0 && (
          <Entries
            entries={entries}
            view={view}
            dim={list.isPlaceholderData}
            selected={selected}
            acts={acts}
            onEnd={() => {
              if (list.hasNextPage && !list.isFetching) void list.fetchNextPage();
            }}
          />
        )}
        {list.isFetchingNextPage && <LibrarySkeleton key={list.data?.pages.length} rows={2} />}
        {list.isFetchNextPageError && <ErrorNotice error={list.error} title={t('failedMore')} retry={() => void list.fetchNextPage()} />}
      </section>
      <NameDialog
        opened={naming}
        title={t('newFolder')}
        initial=""
        label={t('create')}
        save={(name) => makeFolder(view.folder, name)}
        onDone={(name) => {
          setNaming(false);
          toastDone(t('folderMade', { name }));
        }}
        onClose={() => setNaming(false)}
      />
      <NameDialog
        opened={renaming !== undefined}
        title={t(renaming?.folder ? 'renameFolder' : 'renameFile')}
        initial={renaming?.name ?? ''}
        label={t('rename')}
        save={(name) => (renaming?.folder ? renameFolder(renaming.id, name) : renameFile(renaming?.id ?? '', name))}
        onDone={(name) => {
          setRenaming(undefined);
          toastDone(t('renamed', { name }));
        }}
        onClose={() => setRenaming(undefined)}
      />
      <Suspense fallback={null}>
        <MoveDialog
          entries={moving}
          start={flat ? '' : view.folder}
          onDone={() => {
            setMoving(undefined);
            selected.clear();
          }}
          onClose={() => setMoving(undefined)}
        />
      </Suspense>
      {deleting.dialog}
    </Page>
  );
}

function Failed({ error, retry }: { error: Error; retry: () => void }) {
  const { t } = useTranslation('library');
  return <FolderGone error={error}>{<ErrorNotice error={error} title={t('failed')} retry={retry} />}</FolderGone>;
}
