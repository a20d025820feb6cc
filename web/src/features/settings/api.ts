import { queryOptions } from '@tanstack/react-query';

import type { Session } from '@/api/model';
import { http, send } from '@/lib/http';

export const settingsKeys = {
  sessions: ['sessions'] as const,
};

/** Where the account is signed in. */
export function sessionsQuery() {
  return queryOptions({
    queryKey: settingsKeys.sessions,
    queryFn: async ({ signal }): Promise<Session[]> => {
      const answer = await send(http.GET('/api/v1/auth/sessions', { signal }));
      return answer.sessions;
    },
  });
}

/** Ends a session. */
export async function endSession(id: string): Promise<void> {
  await send(http.DELETE('/api/v1/auth/sessions/{id}', { params: { path: { id } } }));
}
