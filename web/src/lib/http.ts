import createClient from 'openapi-fetch';

import type { paths } from '@/api/schema.gen';

import { text } from './messages';
import { hasCode, problemCode, ProblemError, problemOf } from './problem';
import './common-messages/catalogue';

// Looking up a magnet link can take the server 45 seconds.
const requestTimeout = 60_000;

async function fetchWithTimeout(request: Request): Promise<Response> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(requestTimeout)]);
  try {
    return await fetch(request, { signal });
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new ProblemError(0, problemCode.network, text('common:faults.unreachable'));
  }
}

/** The typed client of the API. Pass its calls through `send`, which turns failures into ProblemError. */
export const http = createClient<paths>({
  baseUrl: globalThis.location.origin,
  fetch: fetchWithTimeout,
  // The API takes lists separated by commas, and of a repeated parameter only the first.
  querySerializer: { array: { style: 'form', explode: false } },
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

let signedOut: () => void = () => undefined;
let ending = false;

/** Sets what happens when the server says that the session is over. */
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
  ending = false;
}

/**
 * Runs a call that ends the session, after which the caller leaves the page. The event stream ends along with the
 * session, so other calls may be refused before this one returns; that says nothing new.
 */
export async function endOwnSession<T>(call: () => Promise<T>): Promise<T> {
  ending = true;
  try {
    return await call();
  } catch (error) {
    ending = false;
    if (hasCode(error, problemCode.unauthorized)) signedOut(); // it was over already
    throw error;
  }
}

/** Waits for a call of `http` and returns its data, or throws the ProblemError of its failure. */
export async function send<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (response.ok) return data as T;
  const problem = problemOf(response.status, error, response.headers.get('Retry-After'));
  if (problem.code === problemCode.unauthorized && !ending) signedOut();
  throw problem;
}
