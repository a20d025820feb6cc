import { queryOptions } from '@tanstack/react-query';

import type { JobFile, Link } from '@/api/model';
import { http, send } from '@/lib/http';
import { ProblemError, problemCode, problemOf } from '@/lib/problem';

export const fileKeys = {
  all: ['files'] as const,
  ofJob: (jobId: string) => [...fileKeys.all, 'job', jobId] as const,
  inlineLink: (fileId: string) => [...fileKeys.all, 'inline-link', fileId] as const,
  text: (fileId: string) => [...fileKeys.all, 'text', fileId] as const,
};

/** The files of a job. */
export function filesQuery(jobId: string) {
  return queryOptions({
    queryKey: fileKeys.ofJob(jobId),
    queryFn: async ({ signal }): Promise<JobFile[]> => {
      const answer = await send(http.GET('/api/v1/jobs/{id}/files', { params: { path: { id: jobId } }, signal }));
      return answer.files;
    },
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

/** The most that is shown of a text file. */
export const textPreviewBytes = 256 * 1024;

async function fetchText(url: string, signal: AbortSignal): Promise<string> {
  let answer: Response;
  try {
    answer = await fetch(url, { signal, headers: { Range: `bytes=0-${textPreviewBytes - 1}` }, credentials: 'omit' });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ProblemError(0, problemCode.network, "Can't reach the file server.");
  }
  if (!answer.ok && answer.status !== 416) throw problemOf(answer.status, undefined);
  return answer.status === 416 ? '' : await answer.text();
}

/** The start of a text file. */
export function textQuery(fileId: string, url: string) {
  return queryOptions({
    queryKey: fileKeys.text(fileId),
    queryFn: ({ signal }) => fetchText(url, signal),
    staleTime: Infinity,
    gcTime: 60_000,
  });
}
