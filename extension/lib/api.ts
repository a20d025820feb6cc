import createClient, { type Client } from 'openapi-fetch';

import type { components, paths } from '../../web/src/api/schema.gen';

/** A fault as the server words it. */
export type Problem = components['schemas']['Problem'];

/** A submitted download. */
export type Job = components['schemas']['Job'];

/** How long an answer may take. */
const patience = 30_000;

/** A client of the server. It sends no cookies: the token alone says who calls. */
export function clientOf(server: string, token = ''): Client<paths> {
  return createClient<paths>({
    baseUrl: server,
    credentials: 'omit',
    cache: 'no-store',
    redirect: 'error',
    headers: token === '' ? {} : { Authorization: `Bearer ${token}` },
    fetch: (request) => fetch(request, { signal: AbortSignal.timeout(patience) }),
  });
}
