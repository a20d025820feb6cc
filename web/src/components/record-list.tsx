import { Button, Skeleton } from '@mantine/core';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import './messages/catalogue';
import { IconInbox } from './icons';
import { ErrorNotice, Notice } from './notice';
import classes from './record-list.module.css';

interface RecordListProps<T> {
  label: string;
  /** The plural of what is listed, for the sentences about it. */
  noun: string;
  list: UseInfiniteQueryResult<InfiniteData<{ items: T[] }>>;
  keyOf: (item: T) => string | number;
  render: (item: T) => ReactNode;
  /** What will show up here. */
  empty: string;
  /** The next step while there is nothing. */
  emptyAction?: ReactNode;
  /** Clears the filters; undefined while there are none. */
  onAll: (() => void) | undefined;
}

/** The entries of a log, newest first; older ones load on demand. */
export function RecordList<T>({ label, noun, list, keyOf, render, empty, emptyAction, onAll }: RecordListProps<T>) {
  const { t } = useTranslation('components');
  const items = list.data?.pages.flatMap((page) => page.items);
  return (
    <>
      {list.isPending && (
        <div className={classes.skeletons} role="status" aria-label={t('recordList.loading', { noun })}>
          {Array.from({ length: 5 }, (_, at) => (
            <Skeleton key={at} height={58} radius="md" />
          ))}
        </div>
      )}
      {list.isError && !items && <ErrorNotice error={list.error} title={t('recordList.couldntLoadThe', { noun })} retry={() => void list.refetch()} />}
      {items?.length === 0 && (
        <Notice
          icon={IconInbox}
          title={onAll ? t('recordList.noMatches') : t('recordList.nothingYet')}
          action={
            onAll ? (
              <Button variant="default" onClick={onAll}>
                {t('recordList.clearFilters')}
              </Button>
            ) : (
              emptyAction
            )
          }
        >
          {onAll ? t('recordList.noMatchThese', { noun }) : empty}
        </Notice>
      )}
      {items && items.length > 0 && (
        <ul className={classes.records} aria-label={label} data-dim={list.isPlaceholderData || undefined}>
          {items.map((item) => (
            <li key={keyOf(item)}>{render(item)}</li>
          ))}
        </ul>
      )}
      {list.isFetchNextPageError && (
        <ErrorNotice error={list.error} title={t('recordList.couldntLoadOlder', { noun })} retry={() => void list.fetchNextPage()} />
      )}
      {list.hasNextPage && !list.isFetchNextPageError && (
        <Button className={classes.more} variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('recordList.showOlder')}
        </Button>
      )}
    </>
  );
}
