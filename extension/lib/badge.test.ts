import { beforeEach, expect, it, vi } from 'vitest';
import { fakeBrowser } from 'wxt/testing/fake-browser';

import { count } from './badge';
import { keepConnection, type Connection } from './state';

const connection: Connection = { server: 'https://longhaul.example', token: 'lh_secret', account: 'account-1', email: 'ada@example.org', version: '1.0.0' };

/** Answers as a server where so many downloads run, undefined for one that can't be reached. Returns the tags that it was asked with. */
function server(running: number | undefined): (string | null)[] {
  const tags: (string | null)[] = [];
  vi.stubGlobal('fetch', (request: Request) => {
    if (running === undefined) return Promise.reject(new TypeError('offline'));
    const [tag, named] = [`W/"${running}"`, request.headers.get('If-None-Match')];
    tags.push(named);
    return Promise.resolve(named === tag ? new Response(null, { status: 304, headers: { ETag: tag } }) : Response.json({ jobs: [], total: running, nextCursor: '', counts: {} }, { headers: { ETag: tag } }));
  });
  return tags;
}

async function pause(): Promise<number> {
  await count(false);
  const alarm = await fakeBrowser.alarms.get('count');
  return Math.round(((alarm?.scheduledTime ?? 0) - Date.now()) / 60_000);
}

const kept = async () => (await fakeBrowser.storage.local.get('running')).running;

beforeEach(() => keepConnection(connection));

it('asks every minute while something runs, and for a list only if it is another one', async () => {
  const tags = server(2);
  expect([await pause(), await pause(), await kept()]).toEqual([1, 1, 2]);
  expect(tags).toEqual([null, 'W/"2"']);
});

it('asks less often the longer nothing runs, and at once after a sign of the user', async () => {
  server(0);
  expect([await pause(), await pause(), await pause(), await pause()]).toEqual([2, 5, 15, 15]);
  await count(true);
  expect(await pause()).toBe(2);
});

it('keeps the count and asks less often while the server can’t be reached', async () => {
  server(2);
  await pause();
  server(undefined);
  expect([await pause(), await pause(), await kept()]).toEqual([2, 5, 2]);
});

it('names no tag of another account', async () => {
  server(2);
  await pause();
  await keepConnection({ ...connection, account: 'account-2' });
  const tags = server(2);
  await pause();
  expect(tags).toEqual([null]);
});
