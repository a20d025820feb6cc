import { Button, Modal, SegmentedControl, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { Cleanup, CleanupItem, CleanupItemState } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { formatBytes } from '@/lib/format';

import { cleanupItemsQuery } from '../api';
import { kindName, outcomeOf, titleOf } from '../text';
import classes from './storage.module.css';

const filters: { value: CleanupItemState | ''; label: string }[] = [
  { value: '', label: 'All' },
  { value: 'found', label: 'Left' },
  { value: 'removed', label: 'Removed' },
  { value: 'spared', label: 'Spared' },
  { value: 'failed', label: 'Failed' },
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
  const [state, setState] = useState<CleanupItemState | ''>('');
  const list = useInfiniteQuery(cleanupItemsQuery(cleanup.id, state));
  const items = list.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <>
      {cleanup.state !== 'found' && <SegmentedControl aria-label="Which" data={filters} value={state} onChange={setState} fullWidth mb="md" />}
      {list.isPending && <Skeleton height={120} radius="md" />}
      {list.isError && !list.data && <ErrorNotice error={list.error} title="Couldn't load the results" retry={() => void list.refetch()} />}
      {list.data && items.length === 0 && <p className={classes.note}>None.</p>}
      {items.length > 0 && (
        // A scrolling region with nothing focusable in it must be focusable.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <ul className={`${classes.rows ?? ''} ${classes.results ?? ''}`} aria-label="Results" tabIndex={0}>
          {items.map((item) => (
            <Result key={`${item.key} ${item.uploadId}`} item={item} />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button variant="default" fullWidth mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Show more
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
