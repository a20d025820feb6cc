import { queryOptions } from '@tanstack/react-query';

import type { Job, LibraryFile } from '@/api/model';
import { http, send } from '@/lib/http';

/** This many of each kind are shown. */
const most = 6;

/** What a search finds. */
export interface Found {
  jobs: readonly Job[];
  files: readonly LibraryFile[];
}

/** The downloads and files whose names have words that begin so; the newest downloads without a word. */
export function foundQuery(q: string) {
  return queryOptions({
    queryKey: ['palette', q],
    queryFn: async ({ signal }): Promise<Found> => {
      const jobs = send(http.GET('/api/v1/jobs', { params: { query: { sort: '-created', limit: most, ...(q !== '' && { q }) } }, signal }));
      if (q === '') return { jobs: (await jobs).jobs, files: [] };
      const library = send(http.GET('/api/v1/library', { params: { query: { q, flat: true, sort: 'date', order: 'desc', limit: most } }, signal }));
      const [found, { files }] = await Promise.all([jobs, library]);
      return { jobs: found.jobs, files };
    },
    staleTime: 10_000,
    gcTime: 60_000,
  });
}
