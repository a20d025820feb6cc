import { queryOptions } from '@tanstack/react-query';

import type { OpenedShare, SharedLink } from '@/api/model';
import { http, send } from '@/lib/http';
import { forget as forgetKept, keep, kept } from '@/lib/kept';
import { readOutline, type OutlineFile } from '@/lib/outline';

export const visitKeys = {
  share: (token: string) => ['visit', token] as const,
  files: (visit: string) => ['visit-files', visit] as const,
  link: (visit: string, index: number) => ['visit-link', visit, index] as const,
};

const visitKey = 'longhaul-share';
const place = (token: string) => `${visitKey}-${token}`;

/** Keeps a visit for as long as the tab, so that reloading it asks for no password and counts no visit. */
function remember(token: string, share: OpenedShare): void {
  keep('session', place(token), JSON.stringify(share));
}

/** Forgets a visit that ended. */
export function forget(token: string): void {
  forgetKept('session', place(token));
}

function remembered(token: string): OpenedShare | undefined {
  const text = kept('session', place(token));
  try {
    return text === null ? undefined : (JSON.parse(text) as OpenedShare);
  } catch {
    return undefined;
  }
}

/** Opens a share. Without a password that it needs, the answer is locked. */
export async function openShare(token: string, password = ''): Promise<OpenedShare> {
  const share = await send(http.POST('/api/v1/shared/open', { body: { token, ...(password !== '' && { password }) } }));
  if (!share.locked) remember(token, share);
  return share;
}

/** The share of an address, as this visitor has opened it. */
export function visitQuery(token: string) {
  return queryOptions({
    queryKey: visitKeys.share(token),
    queryFn: (): Promise<OpenedShare> => {
      const before = remembered(token);
      return before ? Promise.resolve(before) : openShare(token);
    },
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    retry: false,
  });
}

/** The files of an open share. */
export function sharedFilesQuery(visit: string) {
  return queryOptions({
    queryKey: visitKeys.files(visit),
    queryFn: ({ signal }): Promise<OutlineFile[]> =>
      readOutline((cursor) => send(http.POST('/api/v1/shared/files', { body: { visit, ...(cursor !== '' && { cursor }) }, signal }))),
    staleTime: 60_000,
  });
}

/** Creates a link to a file of an open share. */
export function linkShared(visit: string, index: number, disposition: 'inline' | 'attachment'): Promise<SharedLink> {
  return send(http.POST('/api/v1/shared/link', { body: { visit, index, disposition } }));
}

/** The link for showing a file on the page. */
export function sharedLinkQuery(visit: string, index: number) {
  return queryOptions({
    queryKey: visitKeys.link(visit, index),
    queryFn: () => linkShared(visit, index, 'inline'),
    // A new link would restart a running video.
    staleTime: Infinity,
    gcTime: 60_000,
  });
}

/** Creates a link to all files of an open share as a zip. */
export function linkSharedArchive(visit: string): Promise<SharedLink> {
  return send(http.POST('/api/v1/shared/archive', { body: { visit } }));
}
