import { Button, Modal, SegmentedControl, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { BulkItemState } from '@/api/model';
import { IconAlertTriangle, IconCircleCheck, IconClock } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { text } from '@/lib/messages';
import { forUsers } from '@/lib/problem';

import everybody from '../everybody/everybody.module.css';
import './messages/catalogue';
import { bulkItemsQuery, type AnyBulkAct, type ResultPage } from './api';
import classes from './bulk.module.css';
import { titleOf } from './text';

const filters: { value: BulkItemState | ''; label: string }[] = [
  { value: 'refused', label: text('bulk:bulkResults.refused') },
  { value: 'done', label: text('bulk:bulkResults.done') },
  { value: 'pending', label: text('bulk:bulkResults.left') },
  { value: '', label: text('bulk:bulkResults.all') },
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
  const { t } = useTranslation('bulk');
  const [state, setState] = useState<BulkItemState | ''>(act.refused > 0 ? 'refused' : '');
  const list = useInfiniteQuery(bulkItemsQuery(act, state));
  const items = list.data?.pages.flatMap((page) => page.jobs) ?? [];
  return (
    <>
      <SegmentedControl aria-label={t('bulkResults.whichDownloads')} data={filters} value={state} onChange={setState} fullWidth mb="md" />
      {list.isPending && <Skeleton height={120} radius="md" />}
      {list.isError && !list.data && <ErrorNotice error={list.error} title={t('bulkResults.couldntLoadThe')} retry={() => void list.refetch()} />}
      {list.data && items.length === 0 && <p className={everybody.faint}>{t('bulkResults.none')}</p>}
      {items.length > 0 && (
        // A scrolling region with nothing focusable in it must be focusable.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <ul className={everybody.results} aria-label={t('bulkResults.results')} tabIndex={0}>
          {items.map((item) => (
            <Result key={item.jobId} item={item} />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button className={classes.more} variant="default" fullWidth loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('bulkResults.showMore')}
        </Button>
      )}
    </>
  );
}

function Result({ item }: { item: ResultPage['jobs'][number] }) {
  const { t } = useTranslation('bulk');
  return (
    <li data-tone={item.state === 'refused' ? 'bad' : item.state === 'done' ? 'ok' : 'idle'}>
      {item.state === 'refused' && <IconAlertTriangle size={16} aria-label={t('bulkResults.refused')} />}
      {item.state === 'done' && <IconCircleCheck size={16} aria-label={t('bulkResults.done')} />}
      {item.state === 'pending' && <IconClock size={16} aria-label={t('bulkResults.left')} />}
      <div>
        <p>{item.name || t('bulkResults.download', { jobId: item.jobId })}</p>
        <p className={everybody.faint}>{[forUsers(item.refusal), item.owner ?? ''].filter((text) => text !== '').join(' · ')}</p>
      </div>
    </li>
  );
}
