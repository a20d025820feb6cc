import { queryOptions } from '@tanstack/react-query';

import type { Invitation, LoginResult, Me } from '@/api/model';
import { http, send } from '@/lib/http';
import { askForPasskey } from '@/lib/passkey';
import { hasCode, problemCode } from '@/lib/problem';

export const authKeys = {
  me: ['me'] as const,
  config: ['config'] as const,
  invitation: (token: string) => ['invitation', token] as const,
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

/** The answer of the check that a person fills in the form; absent where robots are not checked. */
export interface Checked {
  turnstile?: string;
}

/** Checks e-mail and password: it answers with the account, or with a challenge that wants a second step. */
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

/** Makes the first account with the one-time token from the server's console, and signs it in. */
export function setUp(body: Credentials & { token: string }): Promise<Me> {
  return send(http.POST('/api/v1/auth/setup', { body }));
}

/** Asks for an account; a mail follows. */
export async function register(body: Credentials & Checked): Promise<void> {
  await send(http.POST('/api/v1/auth/register', { body }));
}

/** Uses the link of a registration, with the password that was chosen then, and signs in. */
export function verifyEmail(body: { token: string; password: string }): Promise<Me> {
  return send(http.POST('/api/v1/auth/verify', { body }));
}

/** Asks for the mail of a registration once more. */
export async function resendVerification(body: { email: string } & Checked): Promise<void> {
  await send(http.POST('/api/v1/auth/verify/resend', { body }));
}

/** Uses the link of a change of address. */
export async function confirmEmail(token: string): Promise<void> {
  await send(http.POST('/api/v1/auth/email/confirm', { body: { token } }));
}

/** Asks for a link that sets a new password. */
export async function requestReset(body: { email: string } & Checked): Promise<void> {
  await send(http.POST('/api/v1/auth/reset', { body }));
}

/** Sets a new password by a link. */
export async function confirmReset(body: { token: string; password: string }): Promise<void> {
  await send(http.POST('/api/v1/auth/reset/confirm', { body }));
}

/** Whom an invitation is for. */
export function invitationQuery(token: string) {
  return queryOptions({
    queryKey: authKeys.invitation(token),
    queryFn: ({ signal }): Promise<Invitation> => send(http.POST('/api/v1/auth/invitation', { body: { token }, signal })),
    staleTime: 'static',
  });
}

/** Makes an account by an invitation, and signs it in. */
export function acceptInvitation(body: { token: string; password: string }): Promise<Me> {
  return send(http.POST('/api/v1/auth/invitation/accept', { body }));
}

/** Signs out. */
export async function signOut(): Promise<void> {
  await send(http.POST('/api/v1/auth/logout'));
}
