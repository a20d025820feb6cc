import { queryOptions } from '@tanstack/react-query';

import type { Link, Media, Playback, Subtitle } from '@/api/model';
import { http, send } from '@/lib/http';
import { hasCode, problemCode } from '@/lib/problem';

/** Why a film ends for good: it was deleted or is not shared any more, or storage has lost it. */
export type End = 'gone' | 'lost';

/** How the player gets at films: as their owner, or as a visitor of a share. */
export interface Access {
  /** They are one's own: where one stopped is kept, and subtitles can be uploaded. */
  own: boolean;
  /** They may be saved, and so opened elsewhere. */
  saves: boolean;
  media: (fileId: string, signal: AbortSignal) => Promise<Media>;
  subtitles: (fileId: string, signal: AbortSignal) => Promise<Subtitle[]>;
  subtitlesText: (fileId: string, sid: string, signal: AbortSignal) => Promise<string>;
  stream: (fileId: string) => Promise<Link>;
  link: (fileId: string, disposition?: 'inline' | 'attachment') => Promise<Link>;
  poster: (fileId: string) => string;
  /** Returns which end a fault tells of, if it does. */
  endOf: (error: unknown) => End | undefined;
  /** Called when a film is not there any more. */
  onGone: () => void;
}

/** Returns which end a fault tells of; the codes say that the film is gone. */
export function endBy(error: unknown, ...gone: string[]): End | undefined {
  if (hasCode(error, problemCode.fileLost)) return 'lost';
  return gone.some((code) => hasCode(error, code)) ? 'gone' : undefined;
}

export const mediaKeys = {
  all: ['media'] as const,
  jobs: ['media', 'job'] as const,
  ofFile: (fileId: string) => [...mediaKeys.all, fileId] as const,
  subtitles: (fileId: string) => [...mediaKeys.ofFile(fileId), 'subtitles'] as const,
  ofJob: (jobId: string) => [...mediaKeys.jobs, jobId] as const,
};

/** How often an unread file is asked for, in milliseconds. */
const askAgain = 2_000;

/** Reads what the server knows of a file of one's own. */
export function readMedia(fileId: string, signal: AbortSignal): Promise<Media> {
  return send(http.GET('/api/v1/files/{id}/media', { params: { path: { id: fileId } }, signal }));
}

/** What the server knows of a film or a recording. It looks at the file when it is first asked. */
export function mediaQuery(access: Access, fileId: string) {
  return queryOptions({
    queryKey: [...mediaKeys.ofFile(fileId), 'info'] as const,
    queryFn: ({ signal }) => access.media(fileId, signal),
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

/** Reads which subtitles a film of one's own has. */
export async function readSubtitles(fileId: string, signal: AbortSignal): Promise<Subtitle[]> {
  return (await send(http.GET('/api/v1/files/{id}/subtitles', { params: { path: { id: fileId } }, signal }))).items;
}

/** Reads subtitles of a film of one's own, as WebVTT. */
export function readSubtitlesText(fileId: string, sid: string, signal: AbortSignal): Promise<string> {
  return send(http.GET('/api/v1/files/{id}/subtitles/{sid}', { params: { path: { id: fileId, sid } }, parseAs: 'text', signal }));
}

/** The subtitles beside a film and those that were uploaded for it. */
export function subtitlesQuery(access: Access, fileId: string) {
  return queryOptions({
    queryKey: mediaKeys.subtitles(fileId),
    queryFn: ({ signal }) => access.subtitles(fileId, signal),
    staleTime: 60_000,
  });
}

/** The text of subtitles, as WebVTT. */
export function subtitlesTextQuery(access: Access, fileId: string, sid: string) {
  return queryOptions({
    queryKey: [...mediaKeys.subtitles(fileId), sid] as const,
    queryFn: ({ signal }) => access.subtitlesText(fileId, sid, signal),
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
