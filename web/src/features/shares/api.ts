import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import type { LinkInfo, NewShare, Share, ShareSettings, UserShare } from '@/api/model';
import { http, send } from '@/lib/http';

const pageSize = 50;

export const shareKeys = {
  all: ['shares'] as const,
  ofUser: (userId: string) => ['shares-of', userId] as const,
  links: ['links'] as const,
};

interface Page<T> {
  items: T[];
  nextCursor: string;
}

const nextOf = ({ nextCursor }: { nextCursor: string }) => (nextCursor === '' ? undefined : nextCursor);

/** The account's shares, newest first. */
export function sharesQuery() {
  return infiniteQueryOptions({
    queryKey: shareKeys.all,
    queryFn: async ({ pageParam, signal }): Promise<Page<Share>> => {
      const query = { limit: pageSize, ...(pageParam !== '' && { cursor: pageParam }) };
      const { shares, nextCursor } = await send(http.GET('/api/v1/shares', { params: { query }, signal }));
      return { items: shares, nextCursor };
    },
    initialPageParam: '',
    getNextPageParam: nextOf,
  });
}

/** Shares files. */
export function createShare(body: NewShare): Promise<Share> {
  return send(http.POST('/api/v1/shares', { body }));
}

/** Gives a share other settings. */
export function updateShare(id: string, body: ShareSettings): Promise<Share> {
  return send(http.PUT('/api/v1/shares/{id}', { params: { path: { id } }, body }));
}

/** Ends a share. */
export async function revokeShare(id: string): Promise<void> {
  await send(http.DELETE('/api/v1/shares/{id}', { params: { path: { id } } }));
}

/** The shares of any account, for admins. */
export function userSharesQuery(userId: string) {
  return infiniteQueryOptions({
    queryKey: shareKeys.ofUser(userId),
    queryFn: async ({ pageParam, signal }): Promise<Page<UserShare>> => {
      const query = { limit: pageSize, ...(pageParam !== '' && { cursor: pageParam }) };
      const { shares, nextCursor } = await send(http.GET('/api/v1/admin/users/{id}/shares', { params: { path: { id: userId }, query }, signal }));
      return { items: shares, nextCursor };
    },
    initialPageParam: '',
    getNextPageParam: nextOf,
  });
}

/** Ends a share of any account. */
export async function revokeUserShare(id: string): Promise<void> {
  await send(http.DELETE('/api/v1/admin/shares/{id}', { params: { path: { id } } }));
}

/** The download links that work, newest first. */
export function linksQuery() {
  return queryOptions({
    queryKey: shareKeys.links,
    queryFn: async ({ signal }): Promise<LinkInfo[]> => {
      const answer = await send(http.GET('/api/v1/links', { signal }));
      return answer.links;
    },
  });
}

/** Makes a download link stop working. */
export async function revokeLink(id: string): Promise<void> {
  await send(http.DELETE('/api/v1/links/{id}', { params: { path: { id } } }));
}

/** Makes all download links stop working. */
export async function revokeAllLinks(): Promise<void> {
  await send(http.DELETE('/api/v1/links'));
}
