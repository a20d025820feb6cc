import { queryOptions } from '@tanstack/react-query';

import type { Inspection } from '@/api/model';
import type { components } from '@/api/schema.gen';
import type { TreeFile } from '@/lib/file-tree';
import { http, send } from '@/lib/http';
import { readOutline } from '@/lib/outline';

import type { Draft } from './drafts';
import { noChoice, type Tray } from './store';

export const inspectKeys = {
  all: ['inspect'] as const,
  draft: (id: string) => [...inspectKeys.all, id] as const,
};

function formOf(torrent: File): FormData {
  const form = new FormData();
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
              bodySerializer: () => formOf(torrent),
              signal,
            }),
          )
        : send(http.POST('/api/v1/sources/inspect', { body: { source: draft.source }, signal })),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
}

/** All files of a source, when the look-up has only the first of them. */
export function sourceFilesQuery(found: Inspection) {
  return queryOptions({
    queryKey: [...inspectKeys.all, 'outline', found.outline] as const,
    queryFn: ({ signal }): Promise<TreeFile[]> =>
      readOutline((cursor) =>
        send(http.GET('/api/v1/sources/outlines/{id}', { params: { path: { id: found.outline }, query: { ...(cursor !== '' && { cursor }) } }, signal })),
      ),
    enabled: found.outline !== '',
    ...(found.outline === '' && { initialData: found.files }),
    staleTime: Infinity,
  });
}

export type Verdict = components['schemas']['BatchVerdict'];

const mostSources = 100;
const mostBytes = 20 * 1024 * 1024;
/** Browsers send a request of up to 64 KiB to its end although the tab is closed. */
const keptAlive = 60_000;

/** Divides drafts into as few requests as the server takes them in. */
export function batchesOf(drafts: readonly Draft[]): Draft[][] {
  const batches: Draft[][] = [];
  let bytes = 0;
  for (const draft of drafts) {
    const size = draft.torrent?.size ?? draft.source.length;
    const last = batches.at(-1);
    bytes += size;
    if (last && last.length < mostSources && bytes <= mostBytes) last.push(draft);
    else {
      batches.push([draft]);
      bytes = size;
    }
  }
  return batches;
}

/** Submits drafts by one request, and returns what became of each. Repeating the key repeats the answer. */
export async function submitBatch(drafts: readonly Draft[], choices: Tray['choices'], labels: Tray['labels'], key: string): Promise<readonly Verdict[]> {
  const torrents: File[] = [];
  const sources = drafts.map((draft) => {
    const { select, chooseFiles, keepPage, again } = choices[draft.id] ?? noChoice;
    const what = draft.torrent ? { torrent: torrents.push(draft.torrent) - 1 } : { source: draft.source };
    return { ...what, ...(select && { select }), ...(chooseFiles && { chooseFiles }), ...(keepPage && { keepPage }), ...(again && { again }) };
  });
  const body = { sources, ...(labels && { labels: [...labels] }) };
  const params = { header: { 'Idempotency-Key': key } };
  const list = JSON.stringify(body);
  const answer =
    torrents.length > 0
      ? await send(
          http.POST('/api/v1/jobs/batch', {
            params,
            body: { torrent: [] },
            bodySerializer: () => {
              const form = new FormData();
              form.set('batch', list);
              for (const torrent of torrents) form.append('torrent', torrent);
              return form;
            },
          }),
        )
      : await send(http.POST('/api/v1/jobs/batch', { params, body, keepalive: list.length < keptAlive }));
  return answer.verdicts;
}
