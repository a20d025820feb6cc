import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import type { BulkAct, BulkItemPage, BulkItemState } from '@/api/model';
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

/** Reports whether an act still does something. */
export function isOpen({ state }: BulkAct): boolean {
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
export function bulkItemsQuery(id: string, state: BulkItemState | '') {
  return infiniteQueryOptions({
    queryKey: [...bulkKeys.items(id), state],
    queryFn: ({ pageParam, signal }): Promise<BulkItemPage> => {
      const query = { ...(state !== '' && { state }), ...(pageParam !== '' && { cursor: pageParam }), limit: pageSize };
      return send(http.GET('/api/v1/admin/bulk-acts/{id}/jobs', { params: { path: { id }, query }, signal }));
    },
    initialPageParam: '',
    getNextPageParam: (last: BulkItemPage) => (last.nextCursor === '' ? undefined : last.nextCursor),
  });
}

/** Starts an act on all downloads that a view shows now. */
export function startBulk(view: AnyView, { act, to, note, final = false }: Order): Promise<BulkAct> {
  const body = { act, filter: queryOf(view), ...(to && { provider: to }), ...(note !== '' && { note }), ...(final && { final }) };
  return send(http.POST('/api/v1/admin/bulk-acts', { body }));
}

/** Stops an act. What is done stays done. */
export function stopBulk(id: string): Promise<BulkAct> {
  return send(http.POST('/api/v1/admin/bulk-acts/{id}/stop', { params: { path: { id } } }));
}
