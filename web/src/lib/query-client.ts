import { QueryClient } from '@tanstack/react-query';

import { ProblemError } from './problem';

function worthRetrying(failures: number, error: Error): boolean {
  // A 4xx won't change; everything else may pass.
  if (error instanceof ProblemError && error.status >= 400 && error.status < 500) return false;
  return failures < 2;
}

/** Returns the query cache of one page. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The event stream keeps jobs fresh, so returning to a page needs no new request.
        staleTime: 30_000,
        retry: worthRetrying,
        refetchOnWindowFocus: false,
        // The server may run on the same machine, so the browser being offline doesn't matter.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
}
