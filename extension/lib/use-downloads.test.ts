import { describe, expect, it, vi } from 'vitest';

import { keepConnection, readConnection, type Connection } from './state';
import { followDownloads, type Live } from './use-downloads';

const patience = { timeout: 20_000 };

const connection: Connection = { server: 'https://longhaul.example', token: 'lh_secret', account: 'account-1', email: 'ada@example.org', version: '1.0.0' };

const job = (id: string, state: string, second: number) => ({ id, state, createdAt: `2026-11-30T10:00:0${second}Z`, updatedAt: `2026-11-30T10:00:0${second}Z` });

/** A server whose stream is written by the test and whose lists wait until they are let go. */
function server(listed: () => Response) {
  let write: (text: string) => void = () => undefined;
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (request: string | Request) => {
    if (typeof request === 'string') {
      const text = new ReadableStream<Uint8Array>({ start: (stream) => void (write = (more) => stream.enqueue(new TextEncoder().encode(more))) });
      return new Response(text);
    }
    asked.push(request.url);
    await held;
    return listed();
  });
  return { asked, write: (name: string, data: unknown) => write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`), letGo };
}

function watch() {
  const end = new AbortController();
  const told: Live[] = [];
  followDownloads(connection, (live) => told.push(live), end.signal);
  const open = () => told.at(-1)?.downloads?.open.map(({ id, state }) => `${id} ${state}`);
  return { end, told, open };
}

describe('following downloads', () => {
  it('loses nothing that happens while the lists are read', async () => {
    const { asked, write, letGo } = server(() => Response.json({ jobs: [job('1', 'queued', 1)] }));
    const { end, open, told } = watch();
    await vi.waitFor(() => expect(asked).toHaveLength(3), patience);
    write('job', job('1', 'downloading', 2));
    write('job', job('2', 'queued', 3));
    expect(told).toEqual([]);
    letGo();
    await vi.waitFor(() => expect(open()).toEqual(['2 queued', '1 downloading']), patience);
    write('removed', { id: '2' });
    await vi.waitFor(() => expect(open()).toEqual(['1 downloading']), patience);
    write('reset', {});
    await vi.waitFor(() => expect(asked).toHaveLength(6), patience);
    end.abort();
  });

  it('says that the server can’t be read, and tells nothing after its end', async () => {
    const { letGo } = server(() => new Response('{}', { status: 503 }));
    const { end, told } = watch();
    letGo();
    await vi.waitFor(() => expect(told.at(-1)).toEqual({ downloads: undefined, lost: true }), patience);
    const before = told.length;
    end.abort();
    await Promise.resolve();
    expect(told).toHaveLength(before);
  });

  it('keeps that its access was revoked', async () => {
    await keepConnection(connection);
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('{}', { status: 401 })));
    watch();
    await vi.waitFor(async () => expect((await readConnection())?.revoked).toBe(true), patience);
  });
});
