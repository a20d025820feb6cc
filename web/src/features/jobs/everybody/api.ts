import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import type { JobAction, JobDetail, OwnedJobPage, Provider } from '@/api/model';
import { http, send } from '@/lib/http';

import { queryOf, type AnyView } from './view';

const pageSize = 100;
const listEvery = 15_000;
const detailEvery = 5_000;

export const anyJobKeys = {
  all: ['any-jobs'] as const,
  lists: () => [...anyJobKeys.all, 'list'] as const,
  list: (view: AnyView) => [...anyJobKeys.lists(), view] as const,
  detail: (id: string) => [...anyJobKeys.all, 'detail', id] as const,
};

/** The pages of the downloads of all accounts. The first one refreshes; whoever reads on is left in peace. */
export function anyJobsQuery(view: AnyView) {
  return infiniteQueryOptions({
    queryKey: anyJobKeys.list(view),
    queryFn: ({ pageParam, signal }): Promise<OwnedJobPage> => {
      const query = { ...queryOf(view), sort: view.sort, ...(pageParam !== '' && { cursor: pageParam }), limit: pageSize };
      return send(http.GET('/api/v1/admin/jobs', { params: { query }, signal }));
    },
    initialPageParam: '',
    getNextPageParam: (last: OwnedJobPage) => (last.nextCursor === '' ? undefined : last.nextCursor),
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? listEvery : false),
  });
}

/** Returns the address of the export of a view. */
export function exportAddress(view: AnyView): string {
  const query = new URLSearchParams(Object.entries(queryOf(view)).map(([name, value]) => [name, String(value)])).toString();
  return `/api/v1/admin/jobs.csv${query === '' ? '' : `?${query}`}`;
}

/** A download of any account with its timeline, attempts and workflow. */
export function anyJobQuery(id: string) {
  return queryOptions({
    queryKey: anyJobKeys.detail(id),
    queryFn: ({ signal }): Promise<JobDetail> => send(http.GET('/api/v1/admin/jobs/{id}', { params: { path: { id } }, signal })),
    refetchInterval: detailEvery,
  });
}

/** What an admin does to a download: what its owner could do, or a move. */
export type AnyAct = Exclude<JobAction, 'select'> | 'move';

/** An act with its arguments. */
export interface Order {
  act: AnyAct;
  /** Where a move leads. */
  to?: Provider;
  /** For the owner; may be empty. */
  note: string;
  /** Whether a deletion is for good, past the owner's trash. */
  final?: boolean;
}

/** Performs an act on a download of any account. */
export async function actOnAny(id: string, { act, to, note, final = false }: Order): Promise<void> {
  const params = { path: { id } };
  const body = note === '' ? {} : { note };
  switch (act) {
    case 'pause':
      await send(http.POST('/api/v1/admin/jobs/{id}/pause', { params, body }));
      return;
    case 'resume':
      await send(http.POST('/api/v1/admin/jobs/{id}/resume', { params, body }));
      return;
    case 'retry':
      await send(http.POST('/api/v1/admin/jobs/{id}/retry', { params, body }));
      return;
    case 'cancel':
      await send(http.POST('/api/v1/admin/jobs/{id}/cancel', { params, body }));
      return;
    case 'delete':
      await send<undefined>(http.POST('/api/v1/admin/jobs/{id}/delete', { params, body: { ...body, ...(final && { final }) } }));
      return;
    case 'move':
      if (to) await send(http.POST('/api/v1/admin/jobs/{id}/provider', { params, body: { provider: to, ...body } }));
  }
}
