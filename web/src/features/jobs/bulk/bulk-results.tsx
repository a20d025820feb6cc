import { Button, Modal, SegmentedControl, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { BulkItemState } from '@/api/model';
import { IconAlertTriangle, IconCircleCheck, IconClock } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { forUsers } from '@/lib/problem';

import everybody from '../everybody/everybody.module.css';
import { bulkItemsQuery, type AnyBulkAct, type ResultPage } from './api';
import classes from './bulk.module.css';
import { titleOf } from './text';

const filters: { value: BulkItemState | ''; label: string }[] = [
  { value: 'refused', label: 'Refused' },
  { value: 'done', label: 'Done' },
  { value: 'pending', label: 'Left' },
  { value: '', label: 'All' },
];

/** What became of each download of an act. */
export function BulkResults({ act, onClose }: { act: AnyBulkAct | undefined; onClose: () => void }) {
  return (
    <Modal opened={act !== undefined} onClose={onClose} title={act ? titleOf(act) : ''} size="lg">
      {act && <Results act={act} />}
    </Modal>
  );
}

function Results({ act }: { act: AnyBulkAct }) {
  const [state, setState] = useState<BulkItemState | ''>(act.refused > 0 ? 'refused' : '');
  const list = useInfiniteQuery(bulkItemsQuery(act, state));
  const items = list.data?.pages.flatMap((page) => page.jobs) ?? [];
  return (
    <>
      <SegmentedControl aria-label="Which downloads" data={filters} value={state} onChange={setState} fullWidth mb="md" />
      {list.isPending && <Skeleton height={120} radius="md" />}
      {list.isError && !list.data && <ErrorNotice error={list.error} title="Couldn't load the results" retry={() => void list.refetch()} />}
      {list.data && items.length === 0 && <p className={everybody.faint}>None.</p>}
      {items.length > 0 && (
        // A scrolling region with nothing focusable in it must be focusable.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <ul className={everybody.results} aria-label="Results" tabIndex={0}>
          {items.map((item) => (
            <Result key={item.jobId} item={item} />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button className={classes.more} variant="default" fullWidth loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Show more
        </Button>
      )}
    </>
  );
}

function Result({ item }: { item: ResultPage['jobs'][number] }) {
  return (
    <li data-tone={item.state === 'refused' ? 'bad' : item.state === 'done' ? 'ok' : 'idle'}>
      {item.state === 'refused' && <IconAlertTriangle size={16} aria-label="Refused" />}
      {item.state === 'done' && <IconCircleCheck size={16} aria-label="Done" />}
      {item.state === 'pending' && <IconClock size={16} aria-label="Left" />}
      <div>
        <p>{item.name || `Download ${item.jobId}`}</p>
        <p className={everybody.faint}>{[forUsers(item.refusal), item.owner ?? ''].filter((text) => text !== '').join(' · ')}</p>
      </div>
    </li>
  );
}
