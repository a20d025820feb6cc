import { infiniteQueryOptions, queryOptions, skipToken } from '@tanstack/react-query';

import type { Job, JobAction, JobPage, JobState, Progress, Provider } from '@/api/model';
import { http, send } from '@/lib/http';

export const sorts = ['-created', 'created', 'name', '-name', '-size', 'size', 'state'] as const;
export type Sort = (typeof sorts)[number];

export interface JobFilter {
  states: readonly JobState[];
  q: string;
  sort: Sort;
}

const pageSize = 100;

export const jobKeys = {
  all: ['jobs'] as const,
  lists: () => [...jobKeys.all, 'list'] as const,
  list: (filter: JobFilter) => [...jobKeys.lists(), filter] as const,
  counts: () => [...jobKeys.all, 'counts'] as const,
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
    queryFn: ({ pageParam, signal }) => fetchPage(filter, pageParam, pageSize, signal),
    initialPageParam: '',
    getNextPageParam: (last: JobPage) => (last.nextCursor === '' ? undefined : last.nextCursor),
  });
}

/** How many jobs the account has in each state. */
export function jobCountsQuery() {
  return queryOptions({
    queryKey: jobKeys.counts(),
    queryFn: async ({ signal }) => {
      const page = await fetchPage({ states: [], q: '', sort: '-created' }, '', 1, signal);
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

/** Performs an action. Deleting a job returns nothing. */
export function act(id: string, action: PlainAction): Promise<Job | undefined> {
  const params = { params: { path: { id } } };
  switch (action) {
    case 'pause':
      return send(http.POST('/api/v1/jobs/{id}/pause', params));
    case 'resume':
      return send(http.POST('/api/v1/jobs/{id}/resume', params));
    case 'retry':
      return send(http.POST('/api/v1/jobs/{id}/retry', params));
    case 'cancel':
      return send(http.POST('/api/v1/jobs/{id}/cancel', params));
    case 'delete':
      return send<undefined>(http.DELETE('/api/v1/jobs/{id}', params));
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
