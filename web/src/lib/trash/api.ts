import { infiniteQueryOptions, type QueryClient } from '@tanstack/react-query';

import type { Deleted, RestoreRefusal, TrashPage } from '@/api/model';

import { http, send } from '../http';

export const trashKeys = {
  all: ['trash'] as const,
  list: () => [...trashKeys.all, 'list'] as const,
};

/** This many entries are restored or deleted with one request. */
const atOnce = 200;

/** What shows downloads and files, and how much they take up. */
const affected = ['jobs', 'files', 'trash', 'usage'] as const;

/** Deletes a download: to the trash, if there is something to bring back. */
export function deleteJob(id: string): Promise<Deleted> {
  return send(http.DELETE('/api/v1/jobs/{id}', { params: { path: { id } } }));
}

/** Deletes a file of a ready download. The last one takes the download along. */
export function deleteFile(jobId: string, fileId: string): Promise<Deleted> {
  return send(http.DELETE('/api/v1/jobs/{id}/files/{file}', { params: { path: { id: jobId, file: fileId } } }));
}

/** The pages of the trash, newest first. */
export function trashQuery() {
  return infiniteQueryOptions({
    queryKey: trashKeys.list(),
    queryFn: ({ pageParam, signal }): Promise<TrashPage> =>
      send(http.GET('/api/v1/trash', { params: { query: { limit: 100, ...(pageParam !== '' && { cursor: pageParam }) } }, signal })),
    initialPageParam: '',
    getNextPageParam: (last: TrashPage) => (last.nextCursor === '' ? undefined : last.nextCursor),
  });
}

/** Restores downloads and files, and returns what could not be restored. */
export async function restoreTrashed(ids: readonly string[]): Promise<RestoreRefusal[]> {
  const refused: RestoreRefusal[] = [];
  for (let from = 0; from < ids.length; from += atOnce) {
    const answer = await send(http.POST('/api/v1/trash/restore', { body: { ids: ids.slice(from, from + atOnce) } }));
    refused.push(...answer.refused);
  }
  return refused;
}

/** Deletes downloads and files for good, and returns what could not be deleted. */
export async function deleteTrashed(ids: readonly string[]): Promise<RestoreRefusal[]> {
  const refused: RestoreRefusal[] = [];
  for (let from = 0; from < ids.length; from += atOnce) {
    const answer = await send(http.POST('/api/v1/trash/delete', { body: { ids: ids.slice(from, from + atOnce) } }));
    refused.push(...answer.refused);
  }
  return refused;
}

/** Deletes everything for good that is in the trash. */
export function emptyTrash(): Promise<{ deleted: number }> {
  return send(http.DELETE('/api/v1/trash'));
}

/** Reads again what a deletion or a restoration changes. */
export function refreshTrash(client: QueryClient): void {
  for (const key of affected) void client.invalidateQueries({ queryKey: [key] });
  // A new link would restart a running video.
  void client.invalidateQueries({ queryKey: ['library'], predicate: ({ queryKey }) => queryKey[1] !== 'link' });
}
