import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { OwnedJob } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { WindowList } from '@/components/window-list';
import { formatCount } from '@/lib/format';
import { useSelected } from '@/lib/use-selected';

import { BulkDialog } from '../bulk/bulk-dialog';
import { BulkMenu } from '../bulk/bulk-menu';
import { ListSkeleton } from '../list/list-skeleton';
import { useRowKeys } from '../list/use-row-keys';
import './messages/catalogue';
import { ActDialog, type Asked } from './act-dialog';
import { allows, type Offer } from './acts';
import { AnyRow } from './any-row';
import { anyJobsQuery } from './api';
import classes from './everybody.module.css';
import { NothingFound } from './nothing-found';
import { SelectionBar } from './selection-bar';
import type { AnyView } from './view';

interface AnyListProps {
  view: AnyView;
  onView: (change: Partial<AnyView>) => void;
}

const rowEstimate = 62;

/** The downloads of all accounts: found and sorted by the server, with only visible rows rendered. */
export function AnyList({ view, onView }: AnyListProps) {
  const { t } = useTranslation('everybody');
  const list = useInfiniteQuery({ ...anyJobsQuery(view), placeholderData: (before) => before });
  const jobs = useMemo(() => list.data?.pages.flatMap((page) => page.jobs) ?? [], [list.data]);
  const total = list.data?.pages[0]?.total ?? 0;
  const more = list.data?.pages[0]?.more ?? false;
  const selection = useSelected(jobs);
  const [asked, setAsked] = useState<Asked>();
  const [bulk, setBulk] = useState<Offer>();
  const onKeyDown = useRowKeys(jobs);
  const actOne = useCallback((job: OwnedJob, offer: Offer) => setAsked({ jobs: [job], offer }), []);
  const onUser = useCallback((user: string) => onView({ user }), [onView]);
  const section = useRef<HTMLElement>(null);
  const done = ({ jobs: acted }: Asked) => {
    if (acted.length === 1) return;
    selection.clear();
    // The button that was pressed leaves with the selection.
    section.current?.focus();
  };
  const counted = list.data !== undefined && !list.isPlaceholderData;
  const many = more ? t('anyList.moreThanDownloads', { count: total, number: formatCount(total) }) : t('anyList.downloads', { count: total, number: formatCount(total) });
  const close = useCallback(() => setAsked(undefined), []);
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);
  return (
    <section ref={section} tabIndex={-1} className={classes.list} aria-label={t('anyList.downloadsOfAll')}>
      <div className={classes.total}>
        <p role="status">{counted && many}</p>
        {counted && total > 0 && <BulkMenu label={more || total === 1 ? t('anyList.actOnAll') : t('anyList.actOnAll2', { total: formatCount(total) })} onAct={setBulk} />}
      </div>
      {selection.entries.length > 0 && (
        <SelectionBar
          jobs={selection.entries}
          onAct={(offer) => setAsked({ jobs: selection.entries.filter((job) => allows(job, offer)), offer })}
          onAll={selection.all}
          onClear={selection.clear}
        />
      )}
      {list.isPending && <ListSkeleton />}
      {list.isError && !list.data && <ErrorNotice error={list.error} title={t('anyList.couldntLoadThe')} retry={() => void list.refetch()} />}
      {list.data && jobs.length === 0 && <NothingFound view={view} onView={onView} />}
      {jobs.length > 0 && (
        <>
          <div className={classes.columns} aria-hidden="true">
            <span />
            <span>{t('anyList.download')}</span>
            <span>{t('anyList.state')}</span>
            <span>{t('anyList.account')}</span>
            <span>{t('anyList.where')}</span>
            <span className={classes.size}>{t('anyList.size')}</span>
            <span>{t('anyList.added')}</span>
          </div>
          <WindowList
            label={t('anyList.downloadsOfAllAccounts')}
            count={jobs.length}
            estimate={rowEstimate}
            rowKey={(index) => jobs[index]?.id ?? `${index}`}
            dim={list.isPlaceholderData}
            onEnd={onEnd}
            onKeyDown={onKeyDown}
            row={(index) => {
              const job = jobs[index];
              return (
                job && (
                  <AnyRow
                    job={job}
                    position={index + 1}
                    count={more ? -1 : total}
                    selected={selection.has(job.id)}
                    onSelect={selection.toggle}
                    onAct={actOne}
                    onUser={onUser}
                  />
                )
              );
            }}
          />
        </>
      )}
      {list.isFetchingNextPage && <ListSkeleton key={list.data?.pages.length} rows={2} />}
      {list.isFetchNextPageError && <ErrorNotice error={list.error} title={t('anyList.couldntLoadMore')} retry={() => void list.fetchNextPage()} />}
      <ActDialog asked={asked} onClose={close} onDone={done} />
      <BulkDialog view={view} many={more ? many.toLowerCase() : many} several={total !== 1} offer={bulk} onClose={() => setBulk(undefined)} />
    </section>
  );
}
