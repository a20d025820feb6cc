import { infiniteQueryOptions, queryOptions, skipToken } from '@tanstack/react-query';

import type { Job, JobAction, JobPage, JobState, Progress, Provider } from '@/api/model';
import { http, send } from '@/lib/http';

export const sorts = ['-created', 'created', 'name', '-name', '-size', 'size', 'state'] as const;
export type Sort = (typeof sorts)[number];

export interface JobFilter {
  states: readonly JobState[];
  q: string;
  sort: Sort;
  /** Id of a label; empty for all. */
  label: string;
}

/** What the counts of a list's tabs are of. */
export type JobScope = Pick<JobFilter, 'q' | 'label'>;

const pageSize = 100;

export const jobKeys = {
  all: ['jobs'] as const,
  lists: () => [...jobKeys.all, 'list'] as const,
  list: (filter: JobFilter) => [...jobKeys.lists(), filter] as const,
  counts: () => [...jobKeys.all, 'counts'] as const,
  countsOf: ({ q, label }: JobScope) => [...jobKeys.counts(), { q, label }] as const,
  details: () => [...jobKeys.all, 'detail'] as const,
  detail: (id: string) => [...jobKeys.details(), id] as const,
  progress: (id: string) => [...jobKeys.all, 'progress', id] as const,
  speed: (id: string) => [...jobKeys.all, 'speed', id] as const,
  timeline: (id: string) => [...jobKeys.all, 'timeline', id] as const,
  workflow: (id: string) => [...jobKeys.all, 'workflow', id] as const,
};

function fetchPage(filter: JobFilter, cursor: string, limit: number, signal: AbortSignal): Promise<JobPage> {
  const query = {
    ...(filter.states.length > 0 && { state: [...filter.states] }),
    ...(filter.q !== '' && { q: filter.q }),
    ...(filter.label !== '' && { label: filter.label }),
    ...(cursor !== '' && { cursor }),
    sort: filter.sort,
    limit,
  };
  return send(http.GET('/api/v1/jobs', { params: { query }, signal }));
}

/** The pages of a job list. */
export function jobListQuery(filter: JobFilter) {
  return infiniteQueryOptions({
    queryKey: jobKeys.list(filter),
    queryFn: async ({ pageParam, signal, client }) => {
      const page = await fetchPage(filter, pageParam, pageSize, signal);
      // The first page has the counts, so that a search is one request.
      if (pageParam === '') client.setQueryData(jobKeys.countsOf(filter), page.counts);
      return page;
    },
    // Who comes back finds the list as it was.
    gcTime: 60 * 60_000,
    initialPageParam: '',
    getNextPageParam: (last: JobPage) => (last.nextCursor === '' ? undefined : last.nextCursor),
  });
}

/** How many jobs there are in each state. The list's first page brings them; events have them fetched again. */
export function jobCountsQuery(scope: JobScope) {
  return queryOptions({
    queryKey: jobKeys.countsOf(scope),
    staleTime: Infinity,
    queryFn: async ({ signal }) => {
      const page = await fetchPage({ states: [], sort: '-created', ...scope }, '', 1, signal);
      return page.counts;
    },
  });
}

/** One job. */
export function jobQuery(id: string) {
  return queryOptions({
    queryKey: jobKeys.detail(id),
    queryFn: ({ signal }) => send(http.GET('/api/v1/jobs/{id}', { params: { path: { id } }, signal })),
  });
}

/** The latest progress of a job. It is never fetched: the event stream and other queries write it. */
export function progressQuery(id: string) {
  return queryOptions<Progress | null>({ queryKey: jobKeys.progress(id), queryFn: skipToken, staleTime: Infinity });
}

/** One reading of a job's download rate. */
export interface SpeedPoint {
  at: number;
  rate: number;
}

/** The latest readings of a job's download rate, written by the event stream. */
export function speedQuery(id: string) {
  return queryOptions<readonly SpeedPoint[]>({ queryKey: jobKeys.speed(id), queryFn: skipToken, staleTime: Infinity });
}

/** What happened to a job, oldest first. */
export function timelineQuery(id: string) {
  return queryOptions({
    queryKey: jobKeys.timeline(id),
    queryFn: async ({ signal }) => {
      const answer = await send(http.GET('/api/v1/jobs/{id}/timeline', { params: { path: { id } }, signal }));
      return answer.events;
    },
  });
}

/** The workflow behind a job, for admins. */
export function workflowQuery(id: string) {
  return queryOptions({
    queryKey: jobKeys.workflow(id),
    queryFn: ({ signal }) => send(http.GET('/api/v1/jobs/{id}/workflow', { params: { path: { id } }, signal })),
  });
}

/** The actions that need nothing but the job. */
export type PlainAction = Exclude<JobAction, 'select'>;
/** What an owner does to one job: an action, or a retry that keeps the web page that the URL leads to. */
export type OwnerAct = PlainAction | 'keepPage';

/** Submits one source. */
export function submitOne(source: string): Promise<Job> {
  return send(http.POST('/api/v1/jobs', { params: { header: { 'Idempotency-Key': crypto.randomUUID() } }, body: { source } }));
}

/** Performs an action other than deleting, which lib/trash does. */
export function act(id: string, action: Exclude<OwnerAct, 'delete'>): Promise<Job> {
  const params = { params: { path: { id } } };
  switch (action) {
    case 'pause':
      return send(http.POST('/api/v1/jobs/{id}/pause', params));
    case 'resume':
      return send(http.POST('/api/v1/jobs/{id}/resume', params));
    case 'retry':
      return send(http.POST('/api/v1/jobs/{id}/retry', params));
    case 'keepPage':
      return send(http.POST('/api/v1/jobs/{id}/retry', { params: { path: { id }, query: { keepPage: true } } }));
    case 'cancel':
      return send(http.POST('/api/v1/jobs/{id}/cancel', params));
  }
}

/** Chooses the files of a job that waits for the choice. */
export function selectFiles(id: string, indexes: readonly number[]): Promise<Job> {
  return send(http.POST('/api/v1/jobs/{id}/select', { params: { path: { id } }, body: { indexes: [...indexes] } }));
}

/** Moves an open job to another provider, as an admin. */
export async function moveJob(id: string, provider: Provider): Promise<void> {
  await send(http.POST('/api/v1/admin/jobs/{id}/provider', { params: { path: { id } }, body: { provider } }));
}
