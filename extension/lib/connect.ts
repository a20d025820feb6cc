import { browser } from 'wxt/browser';

import { clientOf } from './api';
import { keepConnection, readConnection, type Connection } from './state';
import { text } from './text';
import { isTooOld, tooOld } from './version';

const scopes = ['jobs:write', 'jobs:read', 'files:read'];

/** Something that the user can be told as it stands. */
export class PlainError extends Error {}

/** Returns the origin of a server's address as people type it. */
export function serverOf(typed: string): string {
  const address = typed.trim();
  try {
    const url = new URL(/^https?:\/\//i.test(address) ? address : `https://${address}`);
    if (url.hostname !== '' && url.username === '' && !/\s/.test(address)) return url.origin;
  } catch {
    // said below
  }
  throw new PlainError(text('addressFault'));
}

/** The host permission for a server. Patterns have no port. */
export function permissionFor(server: string): { origins: string[] } {
  const { protocol, hostname } = new URL(server);
  return { origins: [`${protocol}//${hostname}/*`] };
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** Random text that can't be guessed. */
export function secret(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/** The hash of a secret, as PKCE asks for it. */
export async function challengeOf(verifier: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
}

/** Reads the code from the address to which the server's page sent the browser. */
export function codeFrom(answer: string | undefined, redirect: string, state: string): string {
  const url = answer?.startsWith(redirect) ? new URL(answer) : undefined;
  if (url?.searchParams.get('state') !== state) throw new PlainError(text('strangeAnswer'));
  if (url.searchParams.get('error') === 'access_denied') throw new PlainError(text('cancelled'));
  const code = url.searchParams.get('code');
  if (code === null) throw new PlainError(text('noCode'));
  return code;
}

/** A name by which the user knows this browser. */
async function deviceName(): Promise<string> {
  const { os } = await browser.runtime.getPlatformInfo();
  const systems: Record<string, string> = { mac: 'macOS', win: 'Windows', linux: 'Linux', android: 'Android', cros: 'ChromeOS' };
  return text('deviceName', import.meta.env.FIREFOX ? 'Firefox' : 'Chromium', systems[os] ?? os);
}

/** Reads the server's version. */
async function versionOf(server: string): Promise<string> {
  const { data, response } = await clientOf(server).GET('/api/v1/config');
  if (!data || typeof data.version !== 'string') throw new PlainError(text('noServer', server, String(response.status)));
  if (isTooOld(data.version)) throw new PlainError(tooOld(data.version));
  return data.version;
}

async function approval(server: string, verifier: string): Promise<{ code: string; redirect: string }> {
  const redirect = browser.identity.getRedirectURL();
  const state = secret();
  const search = new URLSearchParams({
    client: 'extension', name: await deviceName(), redirect_uri: redirect, state, code_challenge: await challengeOf(verifier), scope: scopes.join(' '),
  });
  const answer = await browser.identity
    .launchWebAuthFlow({ url: `${server}/connect?${search.toString()}`, interactive: true })
    .catch(() => Promise.reject(new PlainError(text('windowClosed'))));
  return { code: codeFrom(answer, redirect, state), redirect };
}

/** Connects to a server: the user approves on its page, and the token comes back to the extension alone. */
export async function connect(server: string): Promise<Connection> {
  const version = await versionOf(server).catch((error: unknown) => {
    throw error instanceof PlainError ? error : new PlainError(text('noAnswer', server));
  });
  const verifier = secret();
  const { code, redirect } = await approval(server, verifier);
  const { data, error } = await clientOf(server).POST('/api/v1/connections/token', { body: { code, codeVerifier: verifier, redirectUri: redirect } });
  if (!data) throw new PlainError(error.detail);
  const me = await clientOf(server, data.token).GET('/api/v1/me');
  if (!me.data) throw new PlainError(text('tokenRefused'));
  const connection = { server, token: data.token, account: me.data.id, email: me.data.email, version };
  await keepConnection(connection);
  return connection;
}

/** Revokes the token and forgets the server. It is forgotten even if the server can't be reached; returns whether it was. */
export async function disconnect(): Promise<boolean> {
  const connection = await readConnection();
  if (!connection) return true;
  const revoked = await clientOf(connection.server, connection.token)
    .POST('/api/v1/auth/logout')
    .then(({ response }) => response.ok || response.status === 401)
    .catch(() => false);
  await keepConnection(undefined);
  await browser.permissions.remove(permissionFor(connection.server)).catch(() => false);
  return revoked;
}
