import createClient, { type Client } from 'openapi-fetch';

import type { components, paths } from '../../web/src/api/schema.gen';

/** A fault as the server words it. */
export type Problem = components['schemas']['Problem'];

/** A submitted download. */
export type Job = components['schemas']['Job'];

/** How far a download's transfer is. */
export type Progress = components['schemas']['Progress'];

/** How much of its plan an account uses. */
export type Usage = components['schemas']['UsageInfo'];

/** A label of the account. */
export type Label = components['schemas']['Label'];

/** Who downloads. */
export type Provider = NonNullable<components['schemas']['SubmitJob']['provider']>;

/** Something that the user is told. */
export type Notification = components['schemas']['Notification'];

/** How long an answer may take. */
const patience = 30_000;

/** What every request has in common. It sends no cookies: the token alone says who calls. */
export function requestOf(token: string): Omit<RequestInit, 'headers'> & { headers: Record<string, string> } {
  return { credentials: 'omit', cache: 'no-store', redirect: 'error', headers: token === '' ? {} : { Authorization: `Bearer ${token}` } };
}

/** Asks for an answer only if it is another one than that with the tag. */
export function unless(tag: string | undefined): Record<string, string> {
  return tag === undefined ? {} : { 'If-None-Match': tag };
}

/** A client of the server. */
export function clientOf(server: string, token = ''): Client<paths> {
  return createClient<paths>({
    baseUrl: server,
    ...requestOf(token),
    // The list of states is one value with commas.
    querySerializer: { array: { style: 'form', explode: false } },
    fetch: (request) => fetch(request, { signal: AbortSignal.timeout(patience) }),
  });
}
