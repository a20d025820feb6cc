import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import type { BulkAct, BulkItem, BulkItemState, JobAct } from '@/api/model';
import { http, send } from '@/lib/http';

import type { Order } from '../everybody/api';
import { queryOf, type AnyView } from '../everybody/view';

const pageSize = 100;
const openEvery = 2_000;
const idleEvery = 20_000;

export const bulkKeys = {
  all: ['bulk-acts'] as const,
  list: () => [...bulkKeys.all, 'list'] as const,
  items: (id: string) => [...bulkKeys.all, 'items', id] as const,
};

/** An act of an admin, or one of the user on their own downloads. */
export type AnyBulkAct = BulkAct | JobAct;

/** A page of what became of the downloads of an act. Only admins read whose they are. */
export interface ResultPage {
  jobs: readonly (Omit<BulkItem, 'owner'> & { owner?: string })[];
  nextCursor: string;
}

/** Reports whether the act is one of the user on their own downloads. */
export function isOwn(act: AnyBulkAct): act is JobAct {
  return !('workflow' in act);
}

/** Reports whether an act still does something. */
export function isOpen({ state }: Pick<BulkAct, 'state'>): boolean {
  return state === 'finding' || state === 'acting';
}

/** The newest acts on many downloads. They are watched closely while one does something. */
export function bulkActsQuery() {
  return queryOptions({
    queryKey: bulkKeys.list(),
    queryFn: async ({ signal }): Promise<BulkAct[]> => (await send(http.GET('/api/v1/admin/bulk-acts', { signal }))).acts,
    refetchInterval: ({ state }) => (state.data?.some(isOpen) ? openEvery : idleEvery),
  });
}

/** What became of the downloads of an act: of those in one state, or of all. */
export function bulkItemsQuery(act: AnyBulkAct, state: BulkItemState | '') {
  return infiniteQueryOptions({
    queryKey: [...bulkKeys.items(act.id), state],
    queryFn: ({ pageParam, signal }): Promise<ResultPage> => {
      const query = { ...(state !== '' && { state }), ...(pageParam !== '' && { cursor: pageParam }), limit: pageSize };
      const params = { params: { path: { id: act.id }, query }, signal };
      return isOwn(act) ? send(http.GET('/api/v1/job-acts/{id}/jobs', params)) : send(http.GET('/api/v1/admin/bulk-acts/{id}/jobs', params));
    },
    initialPageParam: '',
    getNextPageParam: (last: ResultPage) => (last.nextCursor === '' ? undefined : last.nextCursor),
  });
}

/** Starts an act on all downloads that a view shows now. */
export function startBulk(view: AnyView, { act, to, note, final = false }: Order): Promise<BulkAct> {
  const body = { act, filter: queryOf(view), ...(to && { provider: to }), ...(note !== '' && { note }), ...(final && { final }) };
  return send(http.POST('/api/v1/admin/bulk-acts', { body }));
}

/** Stops an act. What is done stays done. */
export function stopBulk(act: AnyBulkAct): Promise<AnyBulkAct> {
  const params = { params: { path: { id: act.id } } };
  return isOwn(act) ? send(http.POST('/api/v1/job-acts/{id}/stop', params)) : send(http.POST('/api/v1/admin/bulk-acts/{id}/stop', params));
}
