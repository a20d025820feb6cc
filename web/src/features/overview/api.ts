import { queryOptions } from '@tanstack/react-query';

import type { Overview } from '@/api/model';
import { http, send } from '@/lib/http';

// The event stream tells of changes; rates and sums change without one.
const everySoOften = 15_000;

export const overviewKeys = { all: ['overview'] as const };

/** What goes on in the deployment as a whole. */
export function overviewQuery() {
  return queryOptions({
    queryKey: overviewKeys.all,
    queryFn: ({ signal }): Promise<Overview> => send(http.GET('/api/v1/admin/overview', { signal })),
    refetchInterval: everySoOften,
  });
}
