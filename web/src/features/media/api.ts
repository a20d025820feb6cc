import { queryOptions } from '@tanstack/react-query';
import type { Client } from 'openapi-fetch';

import type { Link } from '@/api/model';
import { http, send } from '@/lib/http';

export interface VideoTrack {
  index: number;
  codec: string;
  codecs: string;
  width: number;
  height: number;
  frameRate: number;
  bitDepth: number;
  hdr: string;
  title: string;
  language: string;
}

export interface AudioTrack {
  index: number;
  codec: string;
  codecs: string;
  channels: number;
  sampleRate: number;
  title: string;
  language: string;
  default: boolean;
}

export interface SubtitleTrack {
  index: number;
  codec: string;
  text: boolean;
  title: string;
  language: string;
  default: boolean;
  forced: boolean;
}

export interface Chapter {
  start: number;
  end: number;
  title: string;
}

export interface Media {
  state: 'waiting' | 'read' | 'unreadable' | 'off';
  problem: string;
  container: string;
  duration: number;
  video: VideoTrack[];
  audio: AudioTrack[];
  subtitles: SubtitleTrack[];
  chapters: Chapter[];
  poster: boolean;
  stream: { possible: boolean; why: string };
}

export interface StreamLink {
  url: string;
  expiresAt: string;
}

export interface Subtitles {
  id: string;
  origin: 'beside' | 'uploaded';
  name: string;
  language: string;
  title: string;
  forced: boolean;
}

export interface Playback {
  position: number;
  duration: number;
  watched: boolean;
  updatedAt: string;
}

export interface JobPlayback {
  fileId: string;
  index: number;
  position: number;
  duration: number;
  watched: boolean;
}

interface Json<T> {
  200: { content: { 'application/json': T } };
}

interface ById {
  path: { id: string };
}

interface BySubtitles {
  path: { id: string; sid: string };
}

interface MediaPaths {
  '/api/v1/files/{id}/media': { get: { parameters: ById; responses: Json<Media> } };
  '/api/v1/files/{id}/stream': { post: { parameters: ById; responses: Json<StreamLink> } };
  '/api/v1/files/{id}/subtitles': {
    get: { parameters: ById; responses: Json<{ items: Subtitles[] }> };
    post: { parameters: ById; requestBody: { content: { 'multipart/form-data': { file: File; language?: string } } }; responses: Json<Subtitles> };
  };
  '/api/v1/files/{id}/subtitles/{sid}': {
    get: { parameters: BySubtitles; responses: { 200: { content: { 'text/vtt': string } } } };
    delete: { parameters: BySubtitles; responses: { 204: { content?: never } } };
  };
  '/api/v1/files/{id}/playback': {
    get: { parameters: ById; responses: Json<Playback> };
    put: { parameters: ById; requestBody: { content: { 'application/json': { position: number; duration: number; watched?: boolean } } }; responses: Json<Playback> };
  };
  '/api/v1/jobs/{id}/playback': { get: { parameters: ById; responses: Json<{ items: JobPlayback[] }> } };
}

const client = http as unknown as Client<MediaPaths>;

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
    queryFn: ({ signal }) => send(client.GET('/api/v1/files/{id}/media', { params: { path: { id: fileId } }, signal })),
    refetchInterval: ({ state }) => (state.data?.state === 'waiting' ? askAgain : false),
    staleTime: 60_000,
  });
}

/** Creates a link to the file as a stream. */
export function makeStream(fileId: string): Promise<StreamLink> {
  return send(client.POST('/api/v1/files/{id}/stream', { params: { path: { id: fileId } } }));
}

/** Creates a link to the file as it is. */
export function makeMediaLink(fileId: string, disposition: 'inline' | 'attachment' = 'inline'): Promise<Link> {
  return send(http.POST('/api/v1/files/{id}/link', { params: { path: { id: fileId } }, body: { disposition } }));
}

/** The subtitles beside a film and those that were uploaded for it. */
export function subtitlesQuery(fileId: string) {
  return queryOptions({
    queryKey: mediaKeys.subtitles(fileId),
    queryFn: async ({ signal }) => (await send(client.GET('/api/v1/files/{id}/subtitles', { params: { path: { id: fileId } }, signal }))).items,
    staleTime: 60_000,
  });
}

/** The text of subtitles, as WebVTT. */
export function subtitlesTextQuery(fileId: string, sid: string) {
  return queryOptions({
    queryKey: [...mediaKeys.subtitles(fileId), sid] as const,
    queryFn: ({ signal }) => send(client.GET('/api/v1/files/{id}/subtitles/{sid}', { params: { path: { id: fileId, sid } }, parseAs: 'text', signal })),
    staleTime: Infinity,
  });
}

/** Uploads subtitles for a film. */
export function uploadSubtitles(fileId: string, file: File): Promise<Subtitles> {
  return send(
    client.POST('/api/v1/files/{id}/subtitles', {
      params: { path: { id: fileId } },
      body: { file },
      bodySerializer: (body: { file: File }) => {
        const form = new FormData();
        form.set('file', body.file);
        return form;
      },
    }),
  );
}

/** Deletes uploaded subtitles. */
export async function deleteSubtitles(fileId: string, sid: string): Promise<void> {
  await send(client.DELETE('/api/v1/files/{id}/subtitles/{sid}', { params: { path: { id: fileId, sid } } }));
}

/** Where the user stopped. */
export function playbackQuery(fileId: string) {
  return queryOptions({
    queryKey: [...mediaKeys.ofFile(fileId), 'playback'] as const,
    queryFn: ({ signal }) => send(client.GET('/api/v1/files/{id}/playback', { params: { path: { id: fileId } }, signal })),
    // Whoever comes back may have watched on another device.
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

/** Tells the server where the user is, even while the page closes. */
export function savePlayback(fileId: string, body: { position: number; duration: number; watched?: boolean }): Promise<Playback> {
  return send(client.PUT('/api/v1/files/{id}/playback', { params: { path: { id: fileId } }, body, keepalive: true }));
}

/** Where the user stopped in each file of a download. */
export function jobPlaybackQuery(jobId: string) {
  return queryOptions({
    queryKey: mediaKeys.ofJob(jobId),
    queryFn: async ({ signal }) => (await send(client.GET('/api/v1/jobs/{id}/playback', { params: { path: { id: jobId } }, signal }))).items,
    staleTime: 30_000,
    retry: false,
  });
}
