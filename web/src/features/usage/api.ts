import { queryOptions } from '@tanstack/react-query';

import type { LedgerLine, Usage } from '@/api/model';
import { http, send } from '@/lib/http';

export const usageKeys = {
  all: ['usage'] as const,
  summary: () => [...usageKeys.all, 'summary'] as const,
  ledger: () => [...usageKeys.all, 'ledger'] as const,
};

/** What the account uses of its plan, with the last thirty days. */
export function usageQuery() {
  return queryOptions({
    queryKey: usageKeys.summary(),
    queryFn: ({ signal }): Promise<Usage> => send(http.GET('/api/v1/usage', { signal })),
    staleTime: 0,
  });
}

/** The newest changes of the storage that the account takes up. */
export function ledgerQuery() {
  return queryOptions({
    queryKey: usageKeys.ledger(),
    queryFn: async ({ signal }): Promise<LedgerLine[]> => {
      const answer = await send(http.GET('/api/v1/usage/ledger', { signal }));
      return answer.lines;
    },
    staleTime: 0,
  });
}
