import { describe, expect, it, vi } from 'vitest';

import { follow, type Listener } from './events';
import type { Connection } from './state';

const patience = { timeout: 20_000 };

const connection: Connection = { server: 'https://longhaul.example', token: 'lh_secret', account: 'account-1', email: 'ada@example.org', version: '1.0.0' };

/** Answers each attempt in turn, and keeps what was asked. */
function streams(...turns: ((signal: AbortSignal) => Response)[]): { url: string; init: RequestInit }[] {
  const asked: { url: string; init: RequestInit }[] = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    const turn = turns[asked.length];
    asked.push({ url, init });
    return turn ? Promise.resolve(turn(init.signal ?? new AbortController().signal)) : new Promise(() => undefined);
  });
  return asked;
}

const body = (text: string) => () => new Response(text);

/** Opens and says nothing, until the reader hangs up. */
function silent(signal: AbortSignal): Response {
  return new Response(new ReadableStream({ start: (stream) => signal.addEventListener('abort', () => stream.error(signal.reason)) }));
}

function listen() {
  const end = new AbortController();
  const told: unknown[] = [];
  const listener: Listener = {
    onOpen: (resumed) => told.push(resumed ? 'resumed' : 'open'),
    onEvent: (name, data) => told.push([name, data]),
    onLost: () => told.push('lost'),
    onRefused: () => told.push('refused'),
  };
  return { end, told, over: follow(connection, listener, end.signal) };
}

describe('following the server', () => {
  it('asks with the token and without cookies, and passes events on but for beats', async () => {
    const asked = streams(body('retry: 2000\n\nid: 6\n\nevent: beat\ndata: {}\n\nid: 7\nevent: job\ndata: {"id":"1"}\n\n'));
    const { told, end } = listen();
    await vi.waitFor(() => expect(told).toContain('lost'), patience);
    end.abort();
    expect(told).toEqual(['open', ['job', { id: '1' }], 'lost']);
    expect(asked[0]).toMatchObject({ url: 'https://longhaul.example/api/v1/events', init: { credentials: 'omit', headers: { Authorization: 'Bearer lh_secret' } } });
  });

  it('resumes after the last event, and tries again after pauses that grow', async () => {
    vi.useFakeTimers();
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const asked = streams(body('id: 7\nevent: job\ndata: {}\n\n'), () => new Response('', { status: 503 }), body('event: beat\ndata: {}\n\n'));
    const { told, end, over } = listen();
    await vi.advanceTimersByTimeAsync(999);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(asked).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked[2]?.init.headers).toMatchObject({ 'Last-Event-ID': '7' });
    expect(told).toEqual(['open', ['job', {}], 'lost', 'lost', 'resumed', 'lost']);
    end.abort();
    await over;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(3);
    vi.useRealTimers();
  });

  it('hangs up on a silent server', async () => {
    vi.useFakeTimers();
    streams(silent);
    const { told, end } = listen();
    await vi.advanceTimersByTimeAsync(8_400);
    expect(told).toEqual(['open']);
    await vi.advanceTimersByTimeAsync(200);
    expect(told).toEqual(['open', 'lost']);
    end.abort();
    vi.useRealTimers();
  });

  it('stops for good when its access was revoked', async () => {
    const asked = streams(() => new Response('', { status: 401 }));
    const { told, over } = listen();
    await over;
    expect(told).toEqual(['refused']);
    expect(asked).toHaveLength(1);
  });

  it('says nothing after the popup is closed', async () => {
    streams(silent);
    const { told, end, over } = listen();
    await vi.waitFor(() => expect(told).toEqual(['open']), patience);
    end.abort();
    await over;
    expect(told).toEqual(['open']);
  });
});
