import { queryOptions } from '@tanstack/react-query';

import type { Inspection, Job } from '@/api/model';
import { http, send } from '@/lib/http';

import type { Draft } from './drafts';

export const inspectKeys = {
  all: ['inspect'] as const,
  draft: (id: string) => [...inspectKeys.all, id] as const,
};

function formOf(torrent: File, fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('torrent', torrent);
  return form;
}

/** What a draft's source holds. A failed look-up doesn't prevent a submit, so it isn't retried. */
export function inspectQuery(draft: Draft) {
  const { torrent } = draft;
  return queryOptions<Inspection>({
    queryKey: inspectKeys.draft(draft.id),
    queryFn: ({ signal }) =>
      torrent
        ? send(
            http.POST('/api/v1/sources/inspect', {
              body: { torrent: '' },
              bodySerializer: () => formOf(torrent, {}),
              signal,
            }),
          )
        : send(http.POST('/api/v1/sources/inspect', { body: { source: draft.source }, signal })),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
}

export interface Submission {
  draft: Draft;
  /** Indexes of the files to fetch; undefined for all. */
  select?: number[];
  chooseFiles: boolean;
}

/** Submits a draft. Its id is the idempotency key, so a retry never makes two jobs. */
export function submit({ draft, select, chooseFiles }: Submission): Promise<Job> {
  const params = { header: { 'Idempotency-Key': draft.id } };
  const { torrent } = draft;
  if (torrent) {
    const fields = {
      ...(select && { select: select.join(',') }),
      ...(chooseFiles && { chooseFiles: 'true' }),
    };
    return send(http.POST('/api/v1/jobs', { params, body: { torrent: '' }, bodySerializer: () => formOf(torrent, fields) }));
  }
  return send(
    http.POST('/api/v1/jobs', {
      params,
      body: { source: draft.source, ...(select && { select }), ...(chooseFiles && { chooseFiles }) },
    }),
  );
}
