import { queryOptions } from '@tanstack/react-query';

import type { JobAct, OwnAct } from '@/api/model';
import { http, send } from '@/lib/http';

import type { JobFilter } from '../api';
import { matchOf } from '../labels/match';

const openEvery = 2_000;

export const manyKeys = { all: ['job-acts'] as const };

/** The user's newest acts on many downloads. They are watched while one does something. */
export function jobActsQuery() {
  return queryOptions({
    queryKey: manyKeys.all,
    queryFn: async ({ signal }): Promise<JobAct[]> => (await send(http.GET('/api/v1/job-acts', { signal }))).acts,
    staleTime: 20_000,
    refetchInterval: ({ state }) => (state.data?.some(({ endedAt }) => endedAt === null) ? openEvery : false),
  });
}

/** Starts an act on all of the user's downloads that match now. */
export function startJobAct(act: OwnAct, filter: JobFilter): Promise<JobAct> {
  return send(http.POST('/api/v1/job-acts', { body: { act, match: matchOf(filter) } }));
}
