import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useDeferredValue, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';

import type { Job } from '@/api/model';
import { ErrorNotice } from '@/components/notice';

import { jobCountsQuery, jobListQuery, type JobFilter, type PlainAction, type Sort } from '../api';
import { ActConfirm, asksFirst } from '../components/act-confirm';
import { tabs, type Tab } from '../state';
import { useAct, type Act } from '../use-act';
import { BulkBar } from './bulk-bar';
import { EmptyList } from './empty-list';
import { JobRow } from './job-row';
import classes from './job-list.module.css';
import { ListSkeleton } from './list-skeleton';
import { ListToolbar } from './list-toolbar';
import { useRowKeys } from './use-row-keys';
import { useSelection } from './use-selection';

export interface ListView {
  tab: Tab;
  q: string;
  sort: Sort;
}

interface JobListProps {
  view: ListView;
  onView: (change: Partial<ListView>) => void;
}

const rowEstimate = 84;

/** The list of jobs: live, filtered by the server, rendered only where it shows. */
export function JobList({ view, onView }: JobListProps) {
  const q = useDeferredValue(view.q);
  const filter = useMemo<JobFilter>(() => ({ states: tabs[view.tab].states, q, sort: view.sort }), [view.tab, view.sort, q]);
  const list = useInfiniteQuery({ ...jobListQuery(filter), placeholderData: (before) => before });
  const counts = useQuery(jobCountsQuery());
  const jobs = useMemo(() => list.data?.pages.flatMap((page) => page.jobs) ?? [], [list.data]);
  const total = list.data?.pages[0]?.total ?? 0;

  const selection = useSelection(jobs);
  const [asked, setAsked] = useState<Act>();
  const doing = useAct(() => {
    setAsked(undefined);
    selection.clear();
  });
  const start = useCallback(
    (act: Act) => {
      if (asksFirst(act.action)) setAsked(act);
      else doing.mutate(act);
    },
    [doing],
  );
  const actOne = useCallback((job: Job, action: PlainAction) => start({ jobs: [job], action }), [start]);

  return (
    <section aria-label="Downloads" className={classes.list}>
      <ListToolbar view={view} counts={counts.data ?? {}} total={total} onView={onView} />
      {selection.jobs.length > 0 && (
        <BulkBar jobs={selection.jobs} busy={doing.isPending} onAct={(chosen, action) => start({ jobs: chosen, action })} onClear={selection.clear} onAll={selection.all} />
      )}
      {list.isPending && <ListSkeleton />}
      {list.isError && !list.data && (
        <ErrorNotice error={list.error} title="Your downloads could not be loaded" retry={() => void list.refetch()} />
      )}
      {list.data && jobs.length === 0 && <EmptyList view={view} onView={onView} />}
      {jobs.length > 0 && (
        <Rows
          jobs={jobs}
          total={total}
          dim={list.isPlaceholderData}
          isSelected={selection.has}
          onSelect={selection.toggle}
          onAct={actOne}
          onEnd={() => {
            if (list.hasNextPage && !list.isFetching) void list.fetchNextPage();
          }}
        />
      )}
      {list.isFetchingNextPage && <ListSkeleton rows={2} />}
      {list.isFetchNextPageError && (
        <ErrorNotice error={list.error} title="The next downloads could not be loaded" retry={() => void list.fetchNextPage()} />
      )}
      <ActConfirm asked={asked} busy={doing.isPending} onConfirm={(act) => doing.mutate(act)} onClose={() => setAsked(undefined)} />
    </section>
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
  const frame = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  // The list's distance from the top changes with what stands above it: the submit box grows.
  useLayoutEffect(() => {
    const measure = () => setMargin(Math.round((frame.current?.getBoundingClientRect().top ?? 0) + window.scrollY));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);
  const virtual = useWindowVirtualizer({
    count: jobs.length,
    estimateSize: () => rowEstimate,
    overscan: 6,
    scrollMargin: margin,
    getItemKey: (index) => jobs[index]?.id ?? index,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= jobs.length - 12) onEnd();
  }, [last, jobs.length, onEnd]);
  const onKeyDown = useRowKeys((index) => virtual.scrollToIndex(index, { align: 'auto' }), jobs);

  return (
    // The keys move between the rows' own links; the list itself is no control.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={frame}
      className={classes.rows}
      data-dim={dim || undefined}
      role="list"
      aria-label="Downloads, arrow keys move between them"
      style={{ height: virtual.getTotalSize() }}
      onKeyDown={onKeyDown}
    >
      {items.map((item) => {
        const job = jobs[item.index];
        if (!job) return null;
        return (
          <div
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            className={classes.place}
            role="presentation"
            style={{ transform: `translateY(${item.start - margin}px)` }}
          >
            <JobRow
              job={job}
              position={item.index + 1}
              count={total}
              selected={isSelected(job.id)}
              onSelect={onSelect}
              onAct={onAct}
            />
          </div>
        );
      })}
    </div>
  );
}
