import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeBrowser } from 'wxt/testing/fake-browser';

import { enqueue, flush, remove, waitingCount } from './queue';
import { changeItems, keepConnection, readConnection, readItems, type Connection, type Item } from './state';

const connection: Connection = { server: 'https://longhaul.example', token: 'lh_secret', account: 'account-1', email: 'ada@example.org', version: '1.0.0' };
const one = 'https://a.example/one';

/** Answers the requests in turn, and keeps them. */
function answers(...turns: (() => Response | Promise<Response>)[]): Request[] {
  const sent: Request[] = [];
  vi.stubGlobal('fetch', (request: Request) => {
    const turn = turns[Math.min(sent.length, turns.length - 1)];
    sent.push(request);
    return Promise.resolve().then(() => turn?.() ?? Response.error());
  });
  return sent;
}

function accepted(): Response {
  return Response.json({ id: 'job-1', name: 'one' }, { status: 202 });
}

function refused(status: number, title: string, detail: string): Response {
  return new Response(JSON.stringify({ title, detail, status, code: 'x', type: 'x' }), { status, headers: { 'Content-Type': 'application/problem+json' } });
}

beforeEach(() => keepConnection(connection));

describe('sending', () => {
  it('sends with the token and a key, without cookies, and keeps the answer', async () => {
    const sent = answers(accepted);
    await enqueue([one]);
    await flush();
    const [item] = await readItems();
    expect(item).toMatchObject({ state: 'sent', jobId: 'job-1', name: 'one' });
    expect(sent).toHaveLength(1);
    expect(sent[0]?.url).toBe('https://longhaul.example/api/v1/jobs');
    expect(sent[0]?.headers.get('Authorization')).toBe('Bearer lh_secret');
    expect(sent[0]?.headers.get('Idempotency-Key')).toBe(item?.id);
    expect(sent[0]?.credentials).toBe('omit');
    await flush();
    expect(sent).toHaveLength(1);
  });

  it('sends what the user chose, and leaves it to the rules without a choice', async () => {
    const sent = answers(accepted);
    expect(await enqueue([one], { labels: ['label-1'], provider: 'seedr', chooseFiles: true })).toBe(1);
    await enqueue(['https://a.example/two']);
    await flush();
    expect(await sent[0]?.json()).toEqual({ source: one, labels: ['label-1'], provider: 'seedr', chooseFiles: true });
    expect(await sent[1]?.json()).toEqual({ source: 'https://a.example/two' });
  });

  it('keeps what the server did not get, and repeats it with the same key', async () => {
    const sent = answers(() => Promise.reject(new TypeError('offline')), () => refused(503, 'Unavailable', 'Try again.'), accepted);
    await enqueue([one, 'https://a.example/two']);
    await flush();
    expect((await readItems())[0]).toMatchObject({ state: 'waiting', answer: { title: 'The server can’t be reached' } });
    expect(sent).toHaveLength(1); // the second would fare no better
    await flush();
    expect((await readItems())[0]).toMatchObject({ state: 'waiting', answer: { title: 'Unavailable', detail: 'Try again.' } });
    await flush();
    expect(new Set(sent.slice(0, 3).map((request) => request.headers.get('Idempotency-Key'))).size).toBe(1);
    expect(await waitingCount()).toBe(0);
  });

  it('repeats with the same key after an end before the answer was stored', async () => {
    const [before] = [answers(accepted)];
    await enqueue([one]);
    const stored = await readItems();
    await flush();
    await changeItems(() => stored); // as the storage was when the worker ended
    await flush();
    expect(new Set(before.map((request) => request.headers.get('Idempotency-Key'))).size).toBe(1);
  });

  it('shows the server’s refusal as it is, and does not repeat it', async () => {
    const sent = answers(() => refused(422, 'Storage is full', 'Your plan has no room for this.'));
    await enqueue([one]);
    await flush();
    await flush();
    const [item] = await readItems();
    expect(item).toMatchObject({ state: 'refused', answer: { title: 'Storage is full', detail: 'Your plan has no room for this.' } });
    expect(sent).toHaveLength(1);
    await remove(item?.id ?? '');
    expect(await readItems()).toEqual([]);
  });

  it('stops when its access was revoked, keeps the items and sends them after a new connection', async () => {
    const sent = answers(() => refused(401, 'Signed out', 'Please sign in.'), accepted);
    await enqueue([one]);
    await flush();
    await flush();
    expect(sent).toHaveLength(1);
    expect((await readConnection())?.revoked).toBe(true);
    expect((await readItems())[0]).toMatchObject({ state: 'waiting', answer: { title: 'This browser is no longer connected' } });
    await keepConnection({ ...connection, token: 'lh_other' });
    await flush();
    expect((await readItems())[0]?.state).toBe('sent');
    expect(sent[1]?.headers.get('Authorization')).toBe('Bearer lh_other');
  });

  it('never sends to another account what was meant for the first', async () => {
    const sent = answers(accepted);
    await enqueue([one]);
    await keepConnection({ ...connection, account: 'account-2' });
    await flush();
    expect(sent).toHaveLength(0);
    expect((await readItems())[0]).toMatchObject({ state: 'refused', answer: { title: 'Meant for another account' } });
  });

  it('does not repeat after the server may have forgotten the key', async () => {
    const sent = answers(accepted);
    await enqueue([one]);
    await changeItems((items) => items.map((item) => ({ ...item, triedAt: Date.now() - 24 * 60 * 60 * 1000 })));
    await flush();
    expect(sent).toHaveLength(0);
    expect((await readItems())[0]?.state).toBe('refused');
  });

  it('keeps what is sent before there is a server', async () => {
    await keepConnection(undefined);
    const sent = answers(accepted);
    await enqueue([one]);
    await flush();
    expect(sent).toHaveLength(0);
    await keepConnection(connection);
    await Promise.all([flush(), flush(), flush()]);
    expect(sent).toHaveLength(1);
  });

  it('sends what came while another page found nothing more to send', async () => {
    const sent = answers(accepted);
    const area = fakeBrowser.storage.local;
    const get = area.get.bind(area);
    const kept = async () => (await get('items')).items as Item[] | undefined;
    let second: Promise<void> | undefined;
    vi.spyOn(area, 'get').mockImplementation(async (keys) => {
      const found = await get(keys);
      const items = await kept();
      if (second === undefined && items?.length === 1 && items[0]?.state === 'sent') {
        second = enqueue(['https://a.example/two']).then(flush);
        await vi.waitFor(async () => {
          expect(await kept()).toHaveLength(2);
        });
      }
      return found;
    });
    await enqueue([one]);
    await flush();
    await second;
    expect(sent).toHaveLength(2);
  });

  it('bounds the queue', async () => {
    await keepConnection(undefined);
    expect(await enqueue(Array.from({ length: 10_000 }, (_, at) => `https://a.example/${at}`))).toBe(200);
    expect(await enqueue([one])).toBe(0);
    expect(await waitingCount()).toBe(200);
  });
});
