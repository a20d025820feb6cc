import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import type { DeletedFiles, FolderName, LibraryFile, LibraryPage, Link } from '@/api/model';
import { http, send } from '@/lib/http';

import { askedOf, isFlat, orderOf, type LibraryView, type Picked } from './view';

export const libraryKeys = {
  all: ['library'] as const,
  lists: () => [...libraryKeys.all, 'list'] as const,
  list: (view: LibraryView) => [...libraryKeys.lists(), askedOf(view)] as const,
  folders: (parent: string) => [...libraryKeys.all, 'folders', parent] as const,
  file: (id: string) => [...libraryKeys.all, 'file', id] as const,
  link: (id: string) => [...libraryKeys.all, 'link', id] as const,
};

function listPage(view: LibraryView, cursor: string, signal: AbortSignal): Promise<LibraryPage> {
  const q = view.q.trim();
  const query = {
    ...orderOf(view.sort),
    ...(q !== '' && { q }),
    ...(view.type !== '' && { type: view.type }),
    ...(isFlat(view) ? { flat: true } : view.folder !== '' && { folder: view.folder }),
    ...(cursor !== '' && { cursor }),
  };
  return send(http.GET('/api/v1/library', { params: { query }, signal }));
}

/** What a view of the library shows, page by page. */
export function libraryQuery(view: LibraryView) {
  return infiniteQueryOptions({
    queryKey: libraryKeys.list(view),
    queryFn: ({ pageParam, signal }) => listPage(view, pageParam, signal),
    initialPageParam: '',
    getNextPageParam: (page: LibraryPage) => (page.nextCursor === '' ? undefined : page.nextCursor),
    staleTime: 15_000,
  });
}

/** The folders in a folder, with the way to it. */
export function foldersQuery(parent: string) {
  return infiniteQueryOptions({
    queryKey: libraryKeys.folders(parent),
    queryFn: ({ pageParam, signal }): Promise<LibraryPage> =>
      send(
        http.GET('/api/v1/library', {
          params: { query: { type: 'folder', ...(parent !== '' && { folder: parent }), ...(pageParam !== '' && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page: LibraryPage) => (page.nextCursor === '' ? undefined : page.nextCursor),
  });
}

/** One file of the library. */
export function libraryFileQuery(id: string) {
  return queryOptions({
    queryKey: libraryKeys.file(id),
    queryFn: ({ signal }): Promise<LibraryFile> => send(http.GET('/api/v1/library/files/{id}', { params: { path: { id } }, signal })),
  });
}

/** Creates a link to a file on the delivery origin. It works without a session until it expires. */
export function makeLink(id: string, disposition: 'inline' | 'attachment'): Promise<Link> {
  return send(http.POST('/api/v1/files/{id}/link', { params: { path: { id } }, body: { disposition } }));
}

/** The link for showing a file in the app. */
export function shownLinkQuery(id: string) {
  return queryOptions({
    queryKey: libraryKeys.link(id),
    queryFn: () => makeLink(id, 'inline'),
    // A new link would restart a running video.
    staleTime: Infinity,
    gcTime: 60_000,
  });
}

/** Creates a link to files and folders as one zip. */
export function makeZipLink(picked: Picked): Promise<Link> {
  return send(http.POST('/api/v1/library/zip', { body: picked }));
}

export function makeFolder(parent: string, name: string): Promise<FolderName> {
  return send(http.POST('/api/v1/library/folders', { body: { name, ...(parent !== '' && { parent }) } }));
}

export function renameFolder(id: string, name: string): Promise<FolderName> {
  return send(http.PATCH('/api/v1/library/folders/{id}', { params: { path: { id } }, body: { name } }));
}

export function renameFile(id: string, name: string): Promise<unknown> {
  return send(http.PATCH('/api/v1/library/files/{id}', { params: { path: { id } }, body: { name } }));
}

export function removeFolder(id: string): Promise<unknown> {
  return send(http.DELETE('/api/v1/library/folders/{id}', { params: { path: { id } } }));
}

/** Moves files and folders; an empty folder is the top. */
export function move(picked: Picked, to: string): Promise<unknown> {
  return send(http.POST('/api/v1/library/move', { body: { ...picked, ...(to !== '' && { to }) } }));
}

/** Deletes files, and all files in folders. */
export function deletePicked(picked: Picked): Promise<DeletedFiles> {
  return send(http.POST('/api/v1/library/delete', { body: picked }));
}
