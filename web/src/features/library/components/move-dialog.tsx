import { Button, Modal, Skeleton, UnstyledButton } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { FolderName } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { IconChevronRight, IconFolder } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { toastDone } from '@/components/toast';
import { isolated } from '@/lib/isolated';

import { foldersQuery, makeFolder, move } from '../api';
import { useReload } from '../use-acts';
import { pickedOf, type Entry } from '../view';
import { Crumbs } from './crumbs';
import classes from './library.module.css';
import { NameDialog } from './name-dialog';

interface MoveDialogProps {
  entries: readonly Entry[] | undefined;
  /** The folder that the dialog shows first. */
  start: string;
  onDone: () => void;
  onClose: () => void;
}

/** Asks for the folder that files and folders move into. */
export function MoveDialog({ entries, start, onDone, onClose }: MoveDialogProps) {
  const { t } = useTranslation('library');
  const mounted = useMounted();
  const count = entries?.length ?? 0;
  return (
    <Modal opened={mounted && entries !== undefined} onClose={onClose} title={t('moveTitle', { count, name: entries?.[0]?.name ?? '' })} size="md">
      {entries && <MoveForm entries={entries} start={start} onDone={onDone} onClose={onClose} />}
    </Modal>
  );
}

function MoveForm({ entries, start, onDone, onClose }: MoveDialogProps & { entries: readonly Entry[] }) {
  const { t } = useTranslation('library');
  const reload = useReload();
  const [at, setAt] = useState(start);
  const [naming, setNaming] = useState(false);
  const folders = useInfiniteQuery(foldersQuery(at));
  const path = folders.data?.pages[0]?.path ?? [];
  const name = path.at(-1)?.name ?? t('allFiles');
  const moving = useMutation({
    mutationFn: () => move(pickedOf(entries), at),
    onSuccess: async () => {
      toastDone(t('moved', { count: entries.length, folder: name }));
      onDone();
      await reload();
    },
  });
  const open = (id: string) => {
    moving.reset();
    setAt(id);
  };
  const own = new Set(entries.map((entry) => entry.id));
  const shown: FolderName[] = folders.data?.pages.flatMap((page) => page.folders).filter((folder) => !own.has(folder.id)) ?? [];
  return (
    <>
      <FormFault error={moving.error} />
      <Crumbs path={path} onOpen={open} />
      {folders.isPending && <Skeleton height={160} radius="md" />}
      {folders.error && !folders.data && <ErrorNotice error={folders.error} title={t('failed')} retry={() => void folders.refetch()} />}
      {folders.data && (
        <ul className={classes.places} aria-label={t('type.folder')}>
          {shown.map((folder) => (
            <li key={folder.id}>
              <UnstyledButton className={classes.place} aria-label={t('moveInto', { name: folder.name })} onClick={() => open(folder.id)}>
                <IconFolder size={18} stroke={1.6} className={classes.folder} aria-hidden="true" />
                <span>{isolated(folder.name)}</span>
                <IconChevronRight size={16} aria-hidden="true" />
              </UnstyledButton>
            </li>
          ))}
          {shown.length === 0 && !folders.hasNextPage && (
            <li>
              <p className={classes.noplaces}>{t('moveNoFolders')}</p>
            </li>
          )}
          {folders.hasNextPage && (
            <li>
              <UnstyledButton className={classes.place} onClick={() => void folders.fetchNextPage()}>
                <span>{t('moveMore')}</span>
              </UnstyledButton>
            </li>
          )}
        </ul>
      )}
      <div className={classes.dialogbuttons}>
        <Button variant="subtle" onClick={() => setNaming(true)} mr="auto">
          {t('newFolder')}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button loading={moving.isPending} onClick={() => moving.mutate()}>
          {t('moveTo')}
        </Button>
      </div>
      <NameDialog
        opened={naming}
        title={t('newFolder')}
        initial=""
        label={t('create')}
        save={async (folder) => open((await makeFolder(at, folder)).id)}
        onDone={() => setNaming(false)}
        onClose={() => setNaming(false)}
      />
    </>
  );
}
