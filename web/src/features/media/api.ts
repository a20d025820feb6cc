import { queryOptions } from '@tanstack/react-query';

import type { Link, Playback, Subtitle } from '@/api/model';
import { http, send } from '@/lib/http';

export const mediaKeys = {
  all: ['media'] as const,
  jobs: ['media', 'job'] as const,
  ofFile: (fileId: string) => [...mediaKeys.all, fileId] as const,
  subtitles: (fileId: string) => [...mediaKeys.ofFile(fileId), 'subtitles'] as const,
  ofJob: (jobId: string) => [...mediaKeys.jobs, jobId] as const,
};

/** How often an unread file is asked for, in milliseconds. */
const askAgain = 2_000;

/** What the server knows of a film or a recording. It looks at the file when it is first asked. */
export function mediaQuery(fileId: string) {
  return queryOptions({
    queryKey: [...mediaKeys.ofFile(fileId), 'info'] as const,
    queryFn: ({ signal }) => send(http.GET('/api/v1/files/{id}/media', { params: { path: { id: fileId } }, signal })),
    refetchInterval: ({ state }) => (state.data?.state === 'waiting' ? askAgain : false),
    staleTime: 60_000,
  });
}

/** Creates a link to the file as a stream. */
export function makeStream(fileId: string): Promise<Link> {
  return send(http.POST('/api/v1/files/{id}/stream', { params: { path: { id: fileId } } }));
}

/** Creates a link to the file as it is. */
export function makeMediaLink(fileId: string, disposition: 'inline' | 'attachment' = 'inline'): Promise<Link> {
  return send(http.POST('/api/v1/files/{id}/link', { params: { path: { id: fileId } }, body: { disposition } }));
}

/** The subtitles beside a film and those that were uploaded for it. */
export function subtitlesQuery(fileId: string) {
  return queryOptions({
    queryKey: mediaKeys.subtitles(fileId),
    queryFn: async ({ signal }) => (await send(http.GET('/api/v1/files/{id}/subtitles', { params: { path: { id: fileId } }, signal }))).items,
    staleTime: 60_000,
  });
}

/** The text of subtitles, as WebVTT. */
export function subtitlesTextQuery(fileId: string, sid: string) {
  return queryOptions({
    queryKey: [...mediaKeys.subtitles(fileId), sid] as const,
    queryFn: ({ signal }) => send(http.GET('/api/v1/files/{id}/subtitles/{sid}', { params: { path: { id: fileId, sid } }, parseAs: 'text', signal })),
    staleTime: Infinity,
  });
}

/** Uploads subtitles for a film. */
export function uploadSubtitles(fileId: string, file: File): Promise<Subtitle> {
  return send(
    http.POST('/api/v1/files/{id}/subtitles', {
      params: { path: { id: fileId } },
      body: { file: '' },
      bodySerializer: () => {
        const form = new FormData();
        form.set('file', file);
        return form;
      },
    }),
  );
}

/** Deletes uploaded subtitles. */
export async function deleteSubtitles(fileId: string, sid: string): Promise<void> {
  await send(http.DELETE('/api/v1/files/{id}/subtitles/{sid}', { params: { path: { id: fileId, sid } } }));
}

/** Where the user stopped. */
export function playbackQuery(fileId: string) {
  return queryOptions({
    queryKey: [...mediaKeys.ofFile(fileId), 'playback'] as const,
    queryFn: ({ signal }) => send(http.GET('/api/v1/files/{id}/playback', { params: { path: { id: fileId } }, signal })),
    // Whoever comes back may have watched on another device.
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

/** Tells the server where the user is, even while the page closes. */
export function savePlayback(fileId: string, body: { position: number; duration: number; watched?: boolean }): Promise<Playback> {
  return send(http.PUT('/api/v1/files/{id}/playback', { params: { path: { id: fileId } }, body, keepalive: true }));
}

/** Where the user stopped in each file of a download. */
export function jobPlaybackQuery(jobId: string) {
  return queryOptions({
    queryKey: mediaKeys.ofJob(jobId),
    queryFn: async ({ signal }) => (await send(http.GET('/api/v1/jobs/{id}/playback', { params: { path: { id: jobId } }, signal }))).items,
    staleTime: 30_000,
    retry: false,
  });
}
