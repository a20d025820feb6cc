import { queryOptions } from '@tanstack/react-query';

import type { components } from '@/api/schema.gen';
import { http, send } from '@/lib/http';

export type OwnRules = components['schemas']['OwnRules'];
export type Rules = components['schemas']['Rules'];

/** What applies to the user's downloads where they choose nothing else. */
export function rulesQuery() {
  return queryOptions({
    queryKey: ['rules'] as const,
    queryFn: ({ signal }): Promise<OwnRules> => send(http.GET('/api/v1/rules', { signal })),
    staleTime: 60_000,
  });
}

/** Replaces the user's rules. */
export function saveRules(body: Rules): Promise<OwnRules> {
  return send(http.PUT('/api/v1/rules', { body }));
}
