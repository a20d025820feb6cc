import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Job } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { WindowList } from '@/components/window-list';
import { useTrash } from '@/lib/trash/context';
import { useSelected } from '@/lib/use-selected';

import { jobCountsQuery, jobListQuery, type JobFilter, type PlainAction } from '../api';
import { ActConfirm, asksFirst } from '../components/act-confirm';
import { jobActsQuery } from '../many/api';
import { tabs } from '../state';
import { useAct, type Act } from '../use-act';
import './messages/catalogue';
import { BulkBar } from './bulk-bar';
import { EmptyList } from './empty-list';
import { JobRow } from './job-row';
import classes from './job-list.module.css';
import { KeyHelp } from './key-help';
import { ListSkeleton } from './list-skeleton';
import { ListToolbar } from './list-toolbar';
import { useRowKeys } from './use-row-keys';
import type { ListView } from './view';

const ManyBar = lazy(() => import('../many/many-bar').then((part) => ({ default: part.ManyBar })));
const OwnActs = lazy(() => import('../bulk/bulk-acts').then((part) => ({ default: part.OwnActs })));

interface JobListProps {
  view: ListView;
  onView: (change: Partial<ListView>) => void;
}

const rowEstimate = 84;
const isAny = () => true;

/** The list of jobs: live, filtered by the server, with only visible rows rendered. */
export function JobList({ view, onView }: JobListProps) {
  const { t } = useTranslation('list');
  const { tab, q, sort, label } = view;
  const filter = useMemo<JobFilter>(() => ({ states: tabs[tab].states, q, sort, label }), [tab, sort, q, label]);
  const list = useInfiniteQuery({ ...jobListQuery(filter), placeholderData: (before) => before });
  const counts = useQuery({ ...jobCountsQuery({ q, label }), enabled: list.data !== undefined && !list.isPlaceholderData, placeholderData: (before) => before });
  const jobs = useMemo(() => list.data?.pages.flatMap((page) => page.jobs) ?? [], [list.data]);
  const total = list.data?.pages[0]?.total ?? 0;

  const selection = useSelected(jobs);
  // The filter whose every download is meant, also those that are not loaded.
  const [everyOf, setEveryOf] = useState<JobFilter>();
  const every = everyOf === filter && total > 0;
  const clear = () => {
    setEveryOf(undefined);
    selection.clear();
  };
  const { toggle: toggleRow } = selection;
  const toggle = useCallback(
    (job: Job, on: boolean, range: boolean) => {
      setEveryOf(undefined);
      toggleRow(job, on, range);
    },
    [toggleRow],
  );
  const acts = useQuery({ ...jobActsQuery(), enabled: list.data !== undefined });
  const trash = useTrash();
  const [asked, setAsked] = useState<Act>();
  const doing = useAct(() => {
    setAsked(undefined);
    selection.clear();
  });
  const start = useCallback(
    (act: Act) => {
      if (asksFirst(act, trash)) setAsked(act);
      else doing.mutate(act);
    },
    [doing, trash],
  );
  const actOne = useCallback((job: Job, action: PlainAction) => start({ jobs: [job], action }), [start]);

  return (
    <>
      <Suspense fallback={null}>{acts.data && acts.data.length > 0 && <OwnActs />}</Suspense>
      <section aria-label={t('jobList.downloads')} className={classes.list}>
        <ListToolbar view={view} counts={counts.data ?? {}} total={total} onView={onView} />
        {!every && selection.entries.length > 0 && (
          <BulkBar
            jobs={selection.entries}
            busy={doing.isPending}
            onAct={(chosen, action) => start({ jobs: chosen, action })}
            onClear={clear}
            onAll={selection.all}
            onEvery={selection.entries.length === jobs.length && total > jobs.length ? () => setEveryOf(filter) : undefined}
            total={total}
          />
        )}
        <Suspense fallback={null}>{every && <ManyBar filter={filter} total={total} onClear={clear} />}</Suspense>
        {list.isPending && <ListSkeleton />}
        {list.isError && !list.data && (
          <ErrorNotice error={list.error} title={t('jobList.couldntLoadYour')} retry={() => void list.refetch()} />
        )}
        {list.data && jobs.length === 0 && <EmptyList view={view} onView={onView} />}
        {jobs.length > 0 && (
          <Rows
            jobs={jobs}
            total={total}
            dim={list.isPlaceholderData}
            isSelected={every ? isAny : selection.has}
            onSelect={toggle}
            onAct={actOne}
            onEnd={() => {
              if (list.hasNextPage && !list.isFetching) void list.fetchNextPage();
            }}
          />
        )}
        {list.isFetchingNextPage && <ListSkeleton key={list.data?.pages.length} rows={2} />}
        {list.isFetchNextPageError && (
          <ErrorNotice error={list.error} title={t('jobList.couldntLoadMore')} retry={() => void list.fetchNextPage()} />
        )}
        <KeyHelp />
        <ActConfirm asked={asked} busy={doing.isPending} onConfirm={(act) => doing.mutate(act)} onClose={() => setAsked(undefined)} />
      </section>
    </>
  );
}

interface RowsProps {
  jobs: readonly Job[];
  total: number;
  dim: boolean;
  isSelected: (id: string) => boolean;
  onSelect: (job: Job, on: boolean, range: boolean) => void;
  onAct: (job: Job, action: PlainAction) => void;
  onEnd: () => void;
}

function Rows({ jobs, total, dim, isSelected, onSelect, onAct, onEnd }: RowsProps) {
  const { t } = useTranslation('list');
  const onKeyDown = useRowKeys(jobs);
  // The entry of the browser's history: Back leads to the place where the list was left, a link to its beginning.
  const memory = useLocation({ select: (location) => location.state.__TSR_key ?? '' });
  return (
    <WindowList
      label={t('jobList.downloadsUseThe')}
      count={jobs.length}
      estimate={rowEstimate}
      rowKey={(index) => jobs[index]?.id ?? `${index}`}
      memory={memory}
      dim={dim}
      onEnd={onEnd}
      onKeyDown={onKeyDown}
      row={(index) => {
        const job = jobs[index];
        return (
          job && (
            <JobRow
              job={job}
              position={index + 1}
              count={total}
              selected={isSelected(job.id)}
              onSelect={onSelect}
              onAct={onAct}
            />
          )
        );
      }}
    />
  );
}
