import { queryOptions } from '@tanstack/react-query';

import type { JobFile, Link } from '@/api/model';
import { batched } from '@/lib/batched';
import { http, send } from '@/lib/http';
import { readOutline, type OutlineFile } from '@/lib/outline';

export const fileKeys = {
  all: ['files'] as const,
  ofJob: (jobId: string) => [...fileKeys.all, 'job', jobId] as const,
  inlineLink: (fileId: string) => [...fileKeys.all, 'inline-link', fileId] as const,
};

function outlineFrom(jobId: string, cursor: string, signal: AbortSignal) {
  return send(http.GET('/api/v1/jobs/{id}/outline', { params: { path: { id: jobId }, query: { ...(cursor !== '' && { cursor }) } }, signal }));
}

/** The first page of a job's files: all of a short list, and what shows of a long one until the rest is there. */
export function firstFilesQuery(jobId: string) {
  return queryOptions({
    queryKey: [...fileKeys.ofJob(jobId), 'first'] as const,
    queryFn: ({ signal }) => outlineFrom(jobId, '', signal),
  });
}

/** The files of a job, as folders of any length need them. */
export function filesQuery(jobId: string) {
  return queryOptions({
    queryKey: fileKeys.ofJob(jobId),
    queryFn: ({ signal, client }): Promise<OutlineFile[]> =>
      readOutline((cursor) => (cursor === '' ? client.query(firstFilesQuery(jobId)) : outlineFrom(jobId, cursor, signal))),
  });
}

/** One file of a job. */
export function fileQuery(jobId: string, fileId: string) {
  return queryOptions({
    queryKey: [...fileKeys.ofJob(jobId), 'id', fileId] as const,
    queryFn: ({ signal }): Promise<JobFile> =>
      send(http.GET('/api/v1/jobs/{id}/files/{file}', { params: { path: { id: jobId, file: fileId } }, signal })),
  });
}

const rowsAtOnce = 100;

/** Loads the files of rows that come into view together with one request. */
function loadRows(jobId: string) {
  return batched(async (indexes: number[]): Promise<Map<number, JobFile>> => {
    const query = { index: indexes, limit: rowsAtOnce };
    const page = await send(http.GET('/api/v1/jobs/{id}/files', { params: { path: { id: jobId }, query } }));
    return new Map(page.files.map((file) => [file.index, file]));
  }, rowsAtOnce);
}

const loaders = new Map<string, ReturnType<typeof loadRows>>();

function rowLoader(jobId: string): ReturnType<typeof loadRows> {
  const loader = loaders.get(jobId) ?? loadRows(jobId);
  loaders.set(jobId, loader);
  return loader;
}

/** A file of a job by its place in the source; null if there is none. */
export function rowQuery(jobId: string, index: number) {
  return queryOptions({
    queryKey: [...fileKeys.ofJob(jobId), 'index', index] as const,
    queryFn: async (): Promise<JobFile | null> => (await rowLoader(jobId)(index)) ?? null,
    staleTime: 60_000,
  });
}

type Disposition = 'inline' | 'attachment';

/** Creates a link to a file on the delivery origin. It works without a session until it expires. */
export function makeLink(fileId: string, disposition: Disposition): Promise<Link> {
  return send(http.POST('/api/v1/files/{id}/link', { params: { path: { id: fileId } }, body: { disposition } }));
}

/** Creates a link to all files of a job as a zip. */
export function makeArchiveLink(jobId: string): Promise<Link> {
  return send(http.POST('/api/v1/jobs/{id}/archive', { params: { path: { id: jobId } } }));
}

/** The link for showing or playing a file in the app. */
export function inlineLinkQuery(fileId: string) {
  return queryOptions({
    queryKey: fileKeys.inlineLink(fileId),
    queryFn: () => makeLink(fileId, 'inline'),
    // A new link would restart a running video.
    staleTime: Infinity,
    gcTime: 60_000,
  });
}
