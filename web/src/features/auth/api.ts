import { queryOptions } from '@tanstack/react-query';

import type { Invitation, LoginResult, Me } from '@/api/model';
import { endOwnSession, http, send } from '@/lib/http';
import { askForPasskey } from '@/lib/passkey';
import { hasCode, problemCode } from '@/lib/problem';

export const authKeys = {
  me: ['me'] as const,
  config: ['config'] as const,
  invitation: (token: string) => ['invitation', token] as const,
};

/** Who is signed in; null if no one is. */
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

/** The public configuration of this installation. */
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

/** The answer of the human check; absent where there is none. */
export interface Checked {
  turnstile?: string;
}

/** Checks e-mail and password. The answer is the account, or a challenge for the second step. */
export function signIn(body: Credentials & Checked): Promise<LoginResult> {
  return send(http.POST('/api/v1/auth/login', { body }));
}

/** Answers the challenge of a sign-in with a code. */
export function signInWithCode(body: { challenge: string; code: string }): Promise<Me> {
  return send(http.POST('/api/v1/auth/login/totp', { body }));
}

/** Signs in with a passkey: alone, or as the second step of the sign-in whose challenge is given. */
export async function signInWithPasskey(challenge?: string): Promise<Me> {
  const body = challenge === undefined ? {} : { challenge };
  const { options } = await send(http.POST('/api/v1/auth/login/passkey/begin', { body }));
  const credential = await askForPasskey(options);
  return send(http.POST('/api/v1/auth/login/passkey', { body: { ...body, credential } }));
}

/** Creates the first account with the one-time token from the server's console, and signs in. */
export function setUp(body: Credentials & { token: string }): Promise<Me> {
  return send(http.POST('/api/v1/auth/setup', { body }));
}

/** Asks for an account; a mail follows. */
export async function register(body: Credentials & Checked): Promise<void> {
  await send(http.POST('/api/v1/auth/register', { body }));
}

/** Confirms a registration with its link and the password chosen then, and signs in. */
export function verifyEmail(body: { token: string; password: string }): Promise<Me> {
  return send(http.POST('/api/v1/auth/verify', { body }));
}

/** Asks for another registration mail. */
export async function resendVerification(body: { email: string } & Checked): Promise<void> {
  await send(http.POST('/api/v1/auth/verify/resend', { body }));
}

/** Confirms a new address with its link. */
export async function confirmEmail(token: string): Promise<void> {
  await send(http.POST('/api/v1/auth/email/confirm', { body: { token } }));
}

/** Asks for a link that sets a new password. */
export async function requestReset(body: { email: string } & Checked): Promise<void> {
  await send(http.POST('/api/v1/auth/reset', { body }));
}

/** Sets a new password with a link. */
export async function confirmReset(body: { token: string; password: string }): Promise<void> {
  await send(http.POST('/api/v1/auth/reset/confirm', { body }));
}

/** Who an invitation is for. */
export function invitationQuery(token: string) {
  return queryOptions({
    queryKey: authKeys.invitation(token),
    queryFn: ({ signal }): Promise<Invitation> => send(http.POST('/api/v1/auth/invitation', { body: { token }, signal })),
    staleTime: 'static',
  });
}

/** Creates an account with an invitation, and signs in. */
export function acceptInvitation(body: { token: string; password: string }): Promise<Me> {
  return send(http.POST('/api/v1/auth/invitation/accept', { body }));
}

/** Signs out. */
export async function signOut(): Promise<void> {
  await endOwnSession(() => send(http.POST('/api/v1/auth/logout')));
}
