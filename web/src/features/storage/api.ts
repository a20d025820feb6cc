import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import type { Cleanup, CleanupItem, CleanupItemState, CleanupKind, ContentCheck, DamagedFile, LargeJob, LostFile, Orphan, StorageInfo, StorageUser } from '@/api/model';
import { http, send } from '@/lib/http';

const pageSize = 20;
const itemsSize = 100;
const workingEvery = 2_000;
const idleEvery = 20_000;

export const storageKeys = {
  all: ['storage'] as const,
  info: () => [...storageKeys.all, 'info'] as const,
  list: (name: string) => [...storageKeys.all, 'list', name] as const,
  checks: () => [...storageKeys.all, 'checks'] as const,
  cleanups: () => [...storageKeys.all, 'cleanups'] as const,
  items: (id: string, state: string) => [...storageKeys.all, 'items', id, state] as const,
};

/** What is stored, and how storage and the database compare. */
export function storageInfoQuery() {
  return queryOptions({
    queryKey: storageKeys.info(),
    queryFn: ({ signal }): Promise<StorageInfo> => send(http.GET('/api/v1/admin/storage', { signal })),
    refetchInterval: 60_000,
  });
}

/** A page of a list. */
export interface ListPage<T> {
  rows: readonly T[];
  nextCursor: string;
}

function listQuery<T>(name: string, fetchPage: (query: { cursor?: string; limit: number }, signal: AbortSignal) => Promise<ListPage<T>>) {
  return infiniteQueryOptions({
    queryKey: storageKeys.list(name),
    queryFn: ({ pageParam, signal }) => fetchPage({ ...(pageParam !== '' && { cursor: pageParam }), limit: pageSize }, signal),
    initialPageParam: '',
    getNextPageParam: (last: ListPage<T>) => (last.nextCursor === '' ? undefined : last.nextCursor),
  });
}

/** Who stores most. */
export function storageUsersQuery() {
  return listQuery<StorageUser>('users', async (query, signal) => {
    const { users: rows, nextCursor } = await send(http.GET('/api/v1/admin/storage/users', { params: { query }, signal }));
    return { rows, nextCursor };
  });
}

/** Of whom most expires within 30 days. */
export function expiriesQuery() {
  return listQuery<StorageUser>('expiries', async (query, signal) => {
    const { users: rows, nextCursor } = await send(http.GET('/api/v1/admin/storage/expiries', { params: { query }, signal }));
    return { rows, nextCursor };
  });
}

/** Which downloads store most. */
export function largeJobsQuery() {
  return listQuery<LargeJob>('jobs', async (query, signal) => {
    const { jobs: rows, nextCursor } = await send(http.GET('/api/v1/admin/storage/jobs', { params: { query }, signal }));
    return { rows, nextCursor };
  });
}

/** Objects and uploads without a row, as the last sweep found them. */
export function orphansQuery() {
  return listQuery<Orphan>('orphans', async (query, signal) => {
    const { orphans: rows, nextCursor } = await send(http.GET('/api/v1/admin/storage/orphans', { params: { query }, signal }));
    return { rows, nextCursor };
  });
}

/** Files whose object is gone. */
export function lostFilesQuery() {
  return listQuery<LostFile>('lost', async (query, signal) => {
    const { files: rows, nextCursor } = await send(http.GET('/api/v1/admin/storage/lost', { params: { query }, signal }));
    return { rows, nextCursor };
  });
}

/** Files whose bytes are not those that were stored. */
export function damagedFilesQuery() {
  return listQuery<DamagedFile>('damaged', async (query, signal) => {
    const { files: rows, nextCursor } = await send(http.GET('/api/v1/admin/storage/damaged', { params: { query }, signal }));
    return { rows, nextCursor };
  });
}

/** The newest checks of contents. They are watched closely while one reads. */
export function checksQuery() {
  return queryOptions({
    queryKey: storageKeys.checks(),
    queryFn: async ({ signal }): Promise<ContentCheck[]> => (await send(http.GET('/api/v1/admin/storage/checks', { signal }))).checks,
    refetchInterval: ({ state }) => (state.data?.some((check) => check.state === 'reading') ? workingEvery : idleEvery),
  });
}

/** Reads a share of the stored files again. */
export function startCheck(percent: number): Promise<ContentCheck> {
  return send(http.POST('/api/v1/admin/storage/checks', { body: { percent } }));
}

/** Has a check start every so many days; 0 is never. */
export function planChecks(plan: StorageInfo['checkPlan']): Promise<StorageInfo['checkPlan']> {
  return send(http.PUT('/api/v1/admin/storage/checks/plan', { body: plan }));
}

/** Stops a check. What it found stays. */
export function stopCheck(id: string): Promise<ContentCheck> {
  return send(http.POST('/api/v1/admin/storage/checks/{id}/stop', { params: { path: { id } } }));
}

/** Reports whether the server is busy with a clean-up. */
export function isWorking({ state }: Cleanup): boolean {
  return state === 'looking' || state === 'removing';
}

/** The newest clean-ups. They are watched closely while one does something. */
export function cleanupsQuery() {
  return queryOptions({
    queryKey: storageKeys.cleanups(),
    queryFn: async ({ signal }): Promise<Cleanup[]> => (await send(http.GET('/api/v1/admin/storage/cleanup', { signal }))).cleanups,
    refetchInterval: ({ state }) => (state.data?.some(isWorking) ? workingEvery : idleEvery),
  });
}

/** What a clean-up found: what is in one state, or everything. */
export function cleanupItemsQuery(id: string, state: CleanupItemState | '') {
  return infiniteQueryOptions({
    queryKey: storageKeys.items(id, state),
    queryFn: async ({ pageParam, signal }): Promise<ListPage<CleanupItem>> => {
      const query = { ...(state !== '' && { state }), ...(pageParam !== '' && { cursor: pageParam }), limit: itemsSize };
      const { items: rows, nextCursor } = await send(http.GET('/api/v1/admin/storage/cleanup/{id}/items', { params: { path: { id }, query }, signal }));
      return { rows, nextCursor };
    },
    initialPageParam: '',
    getNextPageParam: (last: ListPage<CleanupItem>) => (last.nextCursor === '' ? undefined : last.nextCursor),
  });
}

/** Looks for what has no row or no object. It removes nothing. */
export function startCleanup(asked: { kinds: CleanupKind[]; graceHours: number }): Promise<Cleanup> {
  return send(http.POST('/api/v1/admin/storage/cleanup', { body: asked }));
}

/** Removes what a clean-up found. */
export function confirmCleanup(id: string): Promise<Cleanup> {
  return send(http.POST('/api/v1/admin/storage/cleanup/{id}/confirm', { params: { path: { id } }, body: { confirm: 'remove' } }));
}

/** Stops a clean-up. What was removed stays removed. */
export function stopCleanup(id: string): Promise<Cleanup> {
  return send(http.POST('/api/v1/admin/storage/cleanup/{id}/stop', { params: { path: { id } } }));
}
