import { queryOptions } from '@tanstack/react-query';

import type { Me } from '@/api/model';
import { http, send } from '@/lib/http';
import { hasCode, problemCode } from '@/lib/problem';

export const authKeys = {
  me: ['me'] as const,
  config: ['config'] as const,
};

/** Who is signed in; null if nobody is. */
export function meQuery() {
  return queryOptions<Me | null>({
    queryKey: authKeys.me,
    queryFn: async ({ signal }) => {
      try {
        return await send(http.GET('/api/v1/me', { signal }));
      } catch (error) {
        if (hasCode(error, problemCode.unauthorized)) return null;
        throw error;
      }
    },
    staleTime: 5 * 60_000,
  });
}

/** What everybody may know of this installation. */
export function configQuery() {
  return queryOptions({
    queryKey: authKeys.config,
    queryFn: ({ signal }) => send(http.GET('/api/v1/config', { signal })),
    staleTime: 5 * 60_000,
  });
}

export interface Credentials {
  email: string;
  password: string;
}

/** Signs in. */
export async function signIn(body: Credentials): Promise<Me> {
  const result = await send(http.POST('/api/v1/auth/login', { body }));
  if (result.user === undefined) throw new Error('This account has two-factor sign-in. Please use its code.');
  return result.user;
}

/** Makes the first account with the one-time token from the server's console, and signs it in. */
export function setUp(body: Credentials & { token: string }): Promise<Me> {
  return send(http.POST('/api/v1/auth/setup', { body }));
}

/** Signs out. */
export async function signOut(): Promise<void> {
  await send(http.POST('/api/v1/auth/logout'));
}
