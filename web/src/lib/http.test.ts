import { problem } from '@test/answers';
import { server } from '@test/msw';
import { http as route, HttpResponse } from 'msw';
import { describe, expect, it, vi } from 'vitest';

import { endOwnSession, http, onSignedOut, send } from './http';
import { messageOf, ProblemError } from './problem';

const me = '*/api/v1/me';

async function failureOf(call: Promise<unknown>): Promise<ProblemError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProblemError)) throw new Error('no problem was thrown');
  return error;
}

describe('send', () => {
  it('turns a problem document into an error with its code, message and request', async () => {
    server.use(route.get(me, () => problem(409, 'duplicate_job', 'You have this already.', 'source')));
    const error = await failureOf(send(http.GET('/api/v1/me')));
    expect(error).toMatchObject({ status: 409, code: 'duplicate_job', message: 'You have this already.', requestId: 'req-1' });
    expect(error.fieldFault('source')).toBe('You have this already.');
  });

  /* eslint-disable no-restricted-syntax -- texts of the API */
  it('says download where the API says job, except in names', async () => {
    server.use(route.get(me, () => problem(409, 'duplicate_job', 'You have a job for this already: “My job (2024)”. Jobs end.')));
    const error = await failureOf(send(http.GET('/api/v1/me')));
    expect(error.message).toBe('You have a download for this already: “My job (2024)”. Downloads end.');
  });
  /* eslint-enable no-restricted-syntax */

  it("survives an answer that isn't a problem document", async () => {
    server.use(route.get(me, () => HttpResponse.html('<h1>Bad gateway</h1>', { status: 502 })));
    const error = await failureOf(send(http.GET('/api/v1/me')));
    expect(error).toMatchObject({ status: 502, code: 'http_502', message: 'The server answered with status 502.' });
  });

  it("says when the server can't be reached", async () => {
    server.use(route.get(me, () => HttpResponse.error()));
    const error = await failureOf(send(http.GET('/api/v1/me')));
    expect(error).toMatchObject({ status: 0, code: 'network' });
    expect(messageOf(error)).toMatch(/Can't reach/);
  });

  it('reports when the session is over', async () => {
    const listener = vi.fn();
    onSignedOut(listener);
    server.use(route.get(me, () => problem(401, 'unauthorized', 'Sign in.')));
    await failureOf(send(http.GET('/api/v1/me')));
    expect(listener).toHaveBeenCalledOnce();
    onSignedOut(() => undefined);
  });

  it('says nothing of an end that the page has asked for', async () => {
    const listener = vi.fn();
    onSignedOut(listener);
    server.use(route.get(me, () => problem(401, 'unauthorized', 'Sign in.')));
    const meanwhile = () => failureOf(send(http.GET('/api/v1/me')));
    await endOwnSession(meanwhile);
    await meanwhile(); // the page is about to go
    expect(listener).not.toHaveBeenCalled();
    onSignedOut(listener);
    await failureOf(endOwnSession(() => send(http.GET('/api/v1/me'))));
    expect(listener).toHaveBeenCalledOnce();
    onSignedOut(() => undefined);
  });
});
