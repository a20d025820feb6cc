import { Button, Modal, SegmentedControl, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Cleanup, CleanupItem, CleanupItemState } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { formatBytes } from '@/lib/format';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import { cleanupItemsQuery } from '../api';
import { kindName, outcomeOf, titleOf } from '../text';
import classes from './storage.module.css';

const filters: { value: CleanupItemState | ''; label: string }[] = [
  { value: '', label: text('storage:cleanupResults.all') },
  { value: 'found', label: text('storage:cleanupResults.left') },
  { value: 'removed', label: text('storage:cleanupResults.removed') },
  { value: 'spared', label: text('storage:cleanupResults.spared') },
  { value: 'failed', label: text('storage:cleanupResults.failed') },
];

/** What a clean-up found, and what became of each thing. */
export function CleanupResults({ cleanup, onClose }: { cleanup: Cleanup | undefined; onClose: () => void }) {
  return (
    <Modal opened={cleanup !== undefined} onClose={onClose} title={cleanup ? titleOf(cleanup) : ''} size="lg">
      {cleanup && <Results cleanup={cleanup} />}
    </Modal>
  );
}

function Results({ cleanup }: { cleanup: Cleanup }) {
  const { t } = useTranslation('storage');
  const [state, setState] = useState<CleanupItemState | ''>('');
  const list = useInfiniteQuery(cleanupItemsQuery(cleanup.id, state));
  const items = list.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <>
      {cleanup.state !== 'found' && <SegmentedControl aria-label={t('cleanupResults.which')} data={filters} value={state} onChange={setState} fullWidth mb="md" />}
      {list.isPending && <Skeleton height={120} radius="md" />}
      {list.isError && !list.data && <ErrorNotice error={list.error} title={t('cleanupResults.couldntLoadThe')} retry={() => void list.refetch()} />}
      {list.data && items.length === 0 && <p className={classes.note}>{t('cleanupResults.none')}</p>}
      {items.length > 0 && (
        // A scrolling region with nothing focusable in it must be focusable.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <ul className={`${classes.rows ?? ''} ${classes.results ?? ''}`} aria-label={t('cleanupResults.results')} tabIndex={0}>
          {items.map((item) => (
            <Result key={`${item.key} ${item.uploadId}`} item={item} />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button variant="default" fullWidth mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('cleanupResults.showMore')}
        </Button>
      )}
    </>
  );
}

function Result({ item }: { item: CleanupItem }) {
  const { kind, key, size, job, owner } = item;
  return (
    <li>
      <span className={kind === 'row' && job !== '' ? classes.what : classes.key}>{(kind === 'row' && job) || key}</span>
      <b>{kind === 'upload' ? '' : formatBytes(size)}</b>
      <p className={classes.detail}>{[kindName(kind), owner, outcomeOf(item)].filter((text) => text !== '').join(' · ')}</p>
    </li>
  );
}
