import { queryOptions } from '@tanstack/react-query';

import type { AccountExport, AddedPasskey, ApiToken, ConnectionRequest, ConnectionReview, MadeToken, PasskeyList, Session, TokenScope, TotpOffer, TotpState } from '@/api/model';
import { endOwnSession, http, send } from '@/lib/http';
import { askForPasskey, makePasskey } from '@/lib/passkey';

export const settingsKeys = {
  sessions: ['sessions'] as const,
  tokens: ['tokens'] as const,
  totp: ['totp'] as const,
  passkeys: ['passkeys'] as const,
  exports: ['exports'] as const,
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

/** In place of a session id: all sessions except this browser's. */
export const otherSessions = 'others';

/** Ends a session. */
export async function endSession(id: string): Promise<void> {
  await send(http.DELETE('/api/v1/auth/sessions/{id}', { params: { path: { id } } }));
}

/** Proves that the user is still the account's owner. It holds for ten minutes. */
export async function reauthenticate(body: { password: string } | { code: string }): Promise<void> {
  await send(http.POST('/api/v1/auth/reauthenticate', { body }));
}

/** Proves the same with a passkey. */
export async function reauthenticateWithPasskey(): Promise<void> {
  const { options } = await send(http.POST('/api/v1/auth/reauthenticate/passkey/begin'));
  const passkey = await askForPasskey(options);
  await send(http.POST('/api/v1/auth/reauthenticate', { body: { passkey } }));
}

/** Asks for a new address. It takes effect when the link in the mail is opened. */
export async function changeEmail(email: string): Promise<void> {
  await send(http.PUT('/api/v1/me/email', { body: { email } }));
}

/** Sets a new password, which ends all other sessions. */
export async function changePassword(password: string): Promise<void> {
  await send(http.PUT('/api/v1/me/password', { body: { password } }));
}

/** Deletes the account and everything that belongs to it. */
export async function deleteAccount(email: string): Promise<void> {
  await endOwnSession(() => send(http.POST('/api/v1/me/delete', { body: { email } })));
}

/** Whether two-step sign-in is on. */
export function totpQuery() {
  return queryOptions({
    queryKey: settingsKeys.totp,
    queryFn: ({ signal }): Promise<TotpState> => send(http.GET('/api/v1/auth/totp', { signal })),
  });
}

/** Starts to set up two-step sign-in. */
export function beginTotp(): Promise<TotpOffer> {
  return send(http.POST('/api/v1/auth/totp'));
}

/** Turns two-step sign-in on with a first code, and returns the recovery codes. */
export async function enableTotp(code: string): Promise<string[]> {
  const answer = await send(http.POST('/api/v1/auth/totp/enable', { body: { code } }));
  return answer.recoveryCodes;
}

/** Makes new recovery codes. Earlier ones stop working. */
export async function renewRecoveryCodes(): Promise<string[]> {
  const answer = await send(http.POST('/api/v1/auth/totp/recovery-codes'));
  return answer.recoveryCodes;
}

/** Turns two-step sign-in off. */
export async function disableTotp(): Promise<void> {
  await send(http.DELETE('/api/v1/auth/totp'));
}

/** The account's passkeys, and whether passkeys are available. */
export function passkeysQuery() {
  return queryOptions({
    queryKey: settingsKeys.passkeys,
    queryFn: ({ signal }): Promise<PasskeyList> => send(http.GET('/api/v1/auth/passkeys', { signal })),
  });
}

/** Asks for what the browser needs to make a passkey. */
export async function beginPasskey(): Promise<unknown> {
  const { options } = await send(http.POST('/api/v1/auth/passkeys/begin'));
  return options;
}

/** Makes a passkey in the browser and adds it to the account. The first second factor comes with recovery codes. */
export async function addPasskey(name: string, options: unknown): Promise<AddedPasskey> {
  const credential = await makePasskey(options);
  return send(http.POST('/api/v1/auth/passkeys', { body: { name, credential } }));
}

/** Renames a passkey. */
export async function renamePasskey(id: string, name: string): Promise<void> {
  await send(http.PATCH('/api/v1/auth/passkeys/{id}', { params: { path: { id } }, body: { name } }));
}

/** Removes a passkey. */
export async function removePasskey(id: string): Promise<void> {
  await send(http.DELETE('/api/v1/auth/passkeys/{id}', { params: { path: { id } } }));
}

/** The account's API tokens, without their secrets. */
export function tokensQuery() {
  return queryOptions({
    queryKey: settingsKeys.tokens,
    queryFn: async ({ signal }): Promise<ApiToken[]> => {
      const answer = await send(http.GET('/api/v1/auth/tokens', { signal }));
      return answer.tokens;
    },
  });
}

export interface NewToken {
  name: string;
  scopes: TokenScope[];
  expiresInDays: number;
}

/** Creates an API token. Only this answer contains it. */
export function makeToken(body: NewToken): Promise<MadeToken> {
  return send(http.POST('/api/v1/auth/tokens', { body }));
}

/** Revokes an API token. */
export async function revokeToken(id: string): Promise<void> {
  await send(http.DELETE('/api/v1/auth/tokens/{id}', { params: { path: { id } } }));
}

/** How often an export that is being made is looked at. */
const exportPause = 5_000;

/** The exports of the account's data. */
export function exportsQuery() {
  return queryOptions({
    queryKey: settingsKeys.exports,
    queryFn: async ({ signal }): Promise<AccountExport[]> => (await send(http.GET('/api/v1/me/exports', { signal }))).exports,
    refetchInterval: ({ state }) => (state.data?.some(({ ready }) => !ready) ? exportPause : false),
  });
}

/** Has all that is stored about the user collected. */
export function requestExport(): Promise<AccountExport> {
  return send(http.POST('/api/v1/me/exports'));
}

/** Where an export is downloaded. */
export function exportPath(id: string): string {
  return `/api/v1/me/exports/${id}/zip`;
}

/** What an app asks for, checked by the server. */
export function connectionQuery(body: ConnectionRequest) {
  return queryOptions({
    queryKey: ['connection', body],
    queryFn: ({ signal }): Promise<ConnectionReview> => send(http.POST('/api/v1/connections/review', { body, signal })),
    retry: false,
  });
}

/** Connects an app, and returns the address that hands it the answer. */
export async function approveConnection(body: ConnectionRequest): Promise<string> {
  const { redirectUrl } = await send(http.POST('/api/v1/connections', { body }));
  return redirectUrl;
}
