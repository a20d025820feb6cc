import { QueryClient } from '@tanstack/react-query';

import { ProblemError } from './problem';

function worthRetrying(failures: number, error: Error): boolean {
  // A 4xx stays what it is; everything else may pass.
  if (error instanceof ProblemError && error.status >= 400 && error.status < 500) return false;
  return failures < 2;
}

/** Returns the query cache of one page. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The event stream keeps jobs fresh, so going back to a page needs no new request.
        staleTime: 30_000,
        retry: worthRetrying,
        refetchOnWindowFocus: false,
        // The app's own server may be on the same machine; the browser's idea of "online" says nothing about it.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
}
