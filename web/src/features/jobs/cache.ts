import type { InfiniteData, QueryClient } from '@tanstack/react-query';

import type { Job, JobPage, Progress } from '@/api/model';

import { jobKeys, type JobFilter, type SpeedPoint } from './api';

type Pages = InfiniteData<JobPage, string>;

const refreshPause = 1_000;
const keptPages = 5;
// Written by events only; there is nothing to fetch.
const writtenByEvents: readonly unknown[] = ['progress', 'speed'];
const keptPoints = 150;
const refreshTimers = new WeakMap<QueryClient, ReturnType<typeof setTimeout>>();

interface Dated {
  updatedAt: string;
}

function isNewer(a: Dated, b: Dated): boolean {
  return Date.parse(a.updatedAt) > Date.parse(b.updatedAt);
}

/** Reports whether a job belongs to a list; undefined if only the server can tell, which also searches files. */
function matches(filter: JobFilter, job: Job): boolean | undefined {
  if (filter.states.length > 0 && !filter.states.includes(job.state)) return false;
  if (filter.label !== '' && !job.labels.includes(filter.label)) return false;
  return job.name.toLowerCase().includes(filter.q.toLowerCase()) || undefined;
}

function withoutJob(pages: Pages, id: string): Pages {
  return {
    ...pages,
    pages: pages.pages.map((page) => ({
      ...page,
      total: Math.max(0, page.total - 1),
      jobs: page.jobs.filter((job) => job.id !== id),
    })),
  };
}

function withJob(pages: Pages, job: Job): Pages {
  return {
    ...pages,
    pages: pages.pages.map((page) =>
      page.jobs.some((each) => each.id === job.id)
        ? { ...page, jobs: page.jobs.map((each) => (each.id === job.id ? job : each)) }
        : page,
    ),
  };
}

function withNewJob(pages: Pages, job: Job): Pages {
  return {
    ...pages,
    pages: pages.pages.map((page, at) => ({ ...page, total: page.total + 1, jobs: at === 0 ? [job, ...page.jobs] : page.jobs })),
  };
}

/** Returns the pages with the job in its right place, or undefined if only the server can tell the place. */
function place(pages: Pages, filter: JobFilter, job: Job): Pages | undefined {
  const listed = pages.pages.some((page) => page.jobs.some((each) => each.id === job.id));
  const belongs = matches(filter, job);
  if (belongs === false) return listed ? withoutJob(pages, job.id) : pages;
  if (listed) return withJob(pages, job);
  if (belongs === undefined) return undefined;
  const newest = pages.pages[0]?.jobs[0];
  if (filter.sort === '-created' && (!newest || Date.parse(newest.createdAt) <= Date.parse(job.createdAt))) return withNewJob(pages, job);
  return undefined;
}

function eachList(client: QueryClient, change: (pages: Pages, filter: JobFilter) => Pages | undefined): boolean {
  let complete = true;
  for (const [key, pages] of client.getQueriesData<Pages>({ queryKey: jobKeys.lists() })) {
    if (!pages) continue;
    const changed = change(pages, key[2] as JobFilter);
    if (changed) client.setQueryData(key, changed);
    else complete = false;
  }
  return complete;
}

/** Writes a job's new data to everything that shows it. */
export function applyJob(client: QueryClient, job: Job): void {
  const known = client.getQueryData<Job>(jobKeys.detail(job.id));
  // Answers and events may overtake each other.
  if (known && isNewer(known, job)) return;
  client.setQueryData(jobKeys.detail(job.id), job);
  if (job.progress) applyProgress(client, [job.progress]);
  else client.setQueryData<Progress | null>(jobKeys.progress(job.id), null);
  const complete = eachList(client, (pages, filter) => place(pages, filter, job));
  if (known?.state !== job.state || !complete) refreshSoon(client, !complete);
  if (known && known.state !== job.state) void client.invalidateQueries({ queryKey: jobKeys.workflow(job.id) });
  void client.invalidateQueries({ queryKey: jobKeys.timeline(job.id) });
}

/** Writes the progress of running jobs. */
export function applyProgress(client: QueryClient, batch: readonly Progress[]): void {
  for (const progress of batch) {
    client.setQueryData<Progress | null>(jobKeys.progress(progress.jobId), (known) =>
      known && isNewer(known, progress) ? known : progress,
    );
    const point: SpeedPoint = { at: Date.parse(progress.updatedAt), rate: progress.downRate };
    client.setQueryData<readonly SpeedPoint[]>(jobKeys.speed(progress.jobId), (known = []) =>
      (known.at(-1)?.at ?? 0) >= point.at ? known : [...known.slice(1 - keptPoints), point],
    );
  }
}

/** Removes a deleted job from everything that shows it. */
export function applyRemoved(client: QueryClient, id: string): void {
  eachList(client, (pages) =>
    pages.pages.some((page) => page.jobs.some((job) => job.id === id)) ? withoutJob(pages, id) : pages,
  );
  client.removeQueries({ queryKey: jobKeys.progress(id), exact: true });
  void client.invalidateQueries({ queryKey: jobKeys.detail(id) });
  refreshSoon(client, false);
}

/** Fetches everything again after a gap in the events. Long lists are cut; their end is fetched when it comes into view. */
export function applyReset(client: QueryClient): void {
  eachList(client, (pages) => ({
    pages: pages.pages.slice(0, keptPages),
    pageParams: pages.pageParams.slice(0, keptPages),
  }));
  void client.invalidateQueries({ queryKey: jobKeys.all, predicate: (query) => !writtenByEvents.includes(query.queryKey[1]) });
}

/** Fetches the counts, and the lists if needed, at most once a second. */
function refreshSoon(client: QueryClient, lists: boolean): void {
  if (lists) void client.invalidateQueries({ queryKey: jobKeys.lists(), refetchType: 'none' });
  if (refreshTimers.has(client)) return;
  const timer = setTimeout(() => {
    refreshTimers.delete(client);
    void client.invalidateQueries({ queryKey: jobKeys.counts() });
    void client.refetchQueries({ queryKey: jobKeys.lists(), type: 'active', predicate: (query) => query.state.isInvalidated });
  }, refreshPause);
  refreshTimers.set(client, timer);
}
