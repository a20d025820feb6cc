import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import type { LedgerPage, Plan, Usage } from '@/api/model';
import { http, send } from '@/lib/http';

export const usageKeys = {
  all: ['usage'] as const,
  summary: () => [...usageKeys.all, 'summary'] as const,
  ledger: () => [...usageKeys.all, 'ledger'] as const,
  plans: () => [...usageKeys.all, 'plans'] as const,
};

/** How much of its plan the account uses, with the last thirty days. */
export function usageQuery() {
  return queryOptions({
    queryKey: usageKeys.summary(),
    queryFn: ({ signal }): Promise<Usage> => send(http.GET('/api/v1/usage', { signal })),
    staleTime: 0,
  });
}

/** The changes in the account's storage, newest first, page by page. */
export function ledgerQuery() {
  return infiniteQueryOptions({
    queryKey: usageKeys.ledger(),
    queryFn: ({ pageParam, signal }): Promise<LedgerPage> =>
      send(http.GET('/api/v1/usage/ledger', { params: { query: pageParam === '' ? {} : { cursor: pageParam } }, signal })),
    initialPageParam: '',
    getNextPageParam: (page) => (page.nextCursor === '' ? null : page.nextCursor),
    staleTime: 0,
  });
}

/** The plans that accounts can have, in their order. */
export function plansQuery() {
  return queryOptions({
    queryKey: usageKeys.plans(),
    queryFn: async ({ signal }): Promise<Plan[]> => {
      const answer = await send(http.GET('/api/v1/plans', { signal }));
      return answer.plans;
    },
  });
}
