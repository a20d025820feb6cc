import { FakeEventSource } from '@test/event-source';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { EventStream, silence, type LiveStatus } from './event-stream';

let stream: EventStream;

function openStream() {
  const seen: LiveStatus[] = [];
  const events: unknown[] = [];
  const onGap = vi.fn();
  const onBroken = vi.fn();
  const onStatus = vi.fn<(status: LiveStatus, heardAt: number) => void>((status) => void seen.push(status));
  stream = new EventStream({ url: '/events', events: ['job'], onEvent: (name, data) => events.push([name, data]), onGap, onBroken, onStatus });
  stream.open();
  return { seen, events, onGap, onBroken, onStatus };
}

const latest = () => FakeEventSource.latest();

/** Lets a healthy server beat for a while. */
function beatFor(seconds: number): void {
  for (let passed = 0; passed < seconds; passed += 3) {
    vi.advanceTimersByTime(3_000);
    latest().send('beat', {});
  }
}

function goOffline(): void {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
  globalThis.dispatchEvent(new Event('offline'));
}

function goOnline(): void {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(true);
  globalThis.dispatchEvent(new Event('online'));
}

describe('EventStream', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    stream.close();
    vi.useRealTimers();
  });

  it('passes events on with their data, and keeps beats to itself', () => {
    const { events } = openStream();
    latest().accept();
    latest().send('beat', {}, '3');
    latest().send('job', { id: '1' }, '4');
    expect(events).toEqual([['job', { id: '1' }]]);
  });

  it('stays live on one connection while the server beats', () => {
    const { seen } = openStream();
    latest().accept();
    beatFor(120);
    expect(seen).toEqual(['connecting', 'live']);
    expect(FakeEventSource.count()).toBe(1);
  });

  it('calls a silent connection stale within ten seconds, says since when, and tries another', () => {
    const { seen, onStatus, onBroken } = openStream();
    latest().accept();
    beatFor(8);
    const heardAt = Date.now();
    vi.advanceTimersByTime(silence + 1_000);
    expect(onStatus).toHaveBeenLastCalledWith('stale', heardAt);
    expect(FakeEventSource.count()).toBe(2);
    expect(onBroken).toHaveBeenCalledOnce();
    latest().accept();
    expect(seen).toEqual(['connecting', 'live', 'stale', 'live']);
  });

  it('gives up on a connection that does not open', () => {
    const { seen } = openStream();
    vi.advanceTimersByTime(silence + 1_000);
    expect(seen).toEqual(['connecting', 'stale']);
    expect(FakeEventSource.count()).toBe(2);
    vi.advanceTimersByTime(silence + 1_000);
    expect(FakeEventSource.count()).toBe(3);
  });

  it('resumes after the last event, so that a break leaves no gap', () => {
    const { seen, onGap, onBroken } = openStream();
    latest().accept();
    latest().send('beat', {}, '7');
    latest().send('job', { id: '1' }, '8');
    latest().fail(false);
    vi.advanceTimersByTime(1_000);
    expect(latest().url).toBe('/events?lastEventId=8');
    latest().accept();
    expect(seen).toEqual(['connecting', 'live', 'reconnecting', 'live']);
    expect(onGap).not.toHaveBeenCalled();
    expect(onBroken).toHaveBeenCalledOnce();
  });

  it('reports a gap if it was opened again without an id to resume from', () => {
    const { onGap } = openStream();
    latest().accept();
    latest().fail(false);
    vi.advanceTimersByTime(1_000);
    latest().accept();
    expect(onGap).toHaveBeenCalledOnce();
  });

  it('tries again after pauses that grow, each with a share of chance', () => {
    const chance = vi.spyOn(Math, 'random').mockReturnValue(0);
    openStream();
    latest().fail(true);
    vi.advanceTimersByTime(499);
    expect(FakeEventSource.count()).toBe(1);
    vi.advanceTimersByTime(1);
    expect(FakeEventSource.count()).toBe(2);
    chance.mockReturnValue(1);
    latest().fail(true);
    vi.advanceTimersByTime(1_999);
    expect(FakeEventSource.count()).toBe(2);
    vi.advanceTimersByTime(1);
    expect(FakeEventSource.count()).toBe(3);
    for (let more = 0; more < 5; more += 1) {
      latest().fail(true);
      vi.advanceTimersByTime(10_000);
    }
    expect(FakeEventSource.count()).toBe(8);
  });

  it('turns from reconnecting to stale after a while without a server', () => {
    const { seen } = openStream();
    latest().accept();
    latest().fail(false);
    for (let second = 0; second < 12; second += 1) {
      vi.advanceTimersByTime(1_000);
      if (latest().readyState === FakeEventSource.CONNECTING) latest().fail(false);
    }
    expect(seen).toEqual(['connecting', 'live', 'reconnecting', 'stale']);
  });

  it('says offline, and connects at once when the network is back', () => {
    const { seen } = openStream();
    latest().accept();
    goOffline();
    latest().fail(false);
    expect(seen.at(-1)).toBe('offline');
    const before = FakeEventSource.count();
    goOnline();
    expect(FakeEventSource.count()).toBe(before + 1);
    latest().accept();
    expect(seen.at(-1)).toBe('live');
  });

  it('stays live without a network if the server runs on this machine', () => {
    const { seen } = openStream();
    latest().accept();
    goOffline();
    latest().accept();
    expect(seen.at(-1)).toBe('live');
  });

  it('connects again after sleep, without calling the page stale before the server had time to answer', () => {
    const { seen } = openStream();
    latest().accept();
    latest().send('beat', {}, '5');
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersByTime(1_000);
    expect(seen.at(-1)).toBe('reconnecting');
    expect(latest().url).toBe('/events?lastEventId=5');
    vi.advanceTimersByTime(silence + 1_000);
    expect(seen.at(-1)).toBe('stale');
  });

  it('tries again at once when the reader comes back to the tab', () => {
    openStream();
    latest().fail(false);
    const visible = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    expect(FakeEventSource.count()).toBe(1);
    visible.mockReturnValue('visible');
    document.dispatchEvent(new Event('visibilitychange'));
    expect(FakeEventSource.count()).toBe(2);
  });

  it('stays silent once closed, also while it waits to open again', () => {
    const { seen, onBroken } = openStream();
    latest().fail(true);
    stream.close();
    vi.advanceTimersByTime(60_000);
    globalThis.dispatchEvent(new Event('online'));
    expect(seen).toEqual(['connecting', 'reconnecting']);
    expect(onBroken).toHaveBeenCalledOnce();
    expect(FakeEventSource.count()).toBe(1);
  });
});
