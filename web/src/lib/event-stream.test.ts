import { FakeEventSource } from '@test/event-source';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { EventStream, staleAfter, type LiveStatus } from './event-stream';

function openStream() {
  const seen: LiveStatus[] = [];
  const events: unknown[] = [];
  const onGap = vi.fn();
  const stream = new EventStream({
    url: '/events',
    events: ['job'],
    onEvent: (name, data) => events.push([name, data]),
    onGap,
    onStatus: (status) => seen.push(status),
  });
  stream.open();
  return { stream, seen, events, onGap };
}

describe('EventStream', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('passes events on with their data', () => {
    const { events, stream } = openStream();
    FakeEventSource.latest().accept();
    FakeEventSource.latest().send('job', { id: '1' });
    expect(events).toEqual([['job', { id: '1' }]]);
    stream.close();
  });

  it('leaves a short break to the browser, which resumes without a gap', () => {
    const { seen, onGap, stream } = openStream();
    FakeEventSource.latest().accept();
    FakeEventSource.latest().fail(false);
    FakeEventSource.latest().accept();
    expect(seen).toEqual(['connecting', 'live', 'reconnecting', 'live']);
    expect(onGap).not.toHaveBeenCalled();
    expect(FakeEventSource.count()).toBe(1);
    stream.close();
  });

  it('says stale after a while without a stream', () => {
    const { seen, stream } = openStream();
    FakeEventSource.latest().accept();
    FakeEventSource.latest().fail(false);
    vi.advanceTimersByTime(staleAfter);
    expect(seen.at(-1)).toBe('stale');
    stream.close();
  });

  it('opens a new stream when the server refused the old one, and reports the gap', () => {
    const { onGap, seen, stream } = openStream();
    FakeEventSource.latest().accept();
    FakeEventSource.latest().fail(true);
    vi.advanceTimersByTime(1_000);
    expect(FakeEventSource.count()).toBe(2);
    FakeEventSource.latest().fail(true);
    vi.advanceTimersByTime(1_999);
    expect(FakeEventSource.count()).toBe(2);
    vi.advanceTimersByTime(1);
    expect(FakeEventSource.count()).toBe(3);
    FakeEventSource.latest().accept();
    expect(onGap).toHaveBeenCalledOnce();
    expect(seen.at(-1)).toBe('live');
    stream.close();
  });

  it('does not open again when it is closed while it waits to do so', () => {
    const { stream } = openStream();
    FakeEventSource.latest().fail(true);
    stream.close();
    vi.advanceTimersByTime(60_000);
    expect(FakeEventSource.count()).toBe(1);
  });

  it('stays silent once closed', () => {
    const { seen, stream } = openStream();
    const source = FakeEventSource.latest();
    stream.close();
    source.fail(true);
    vi.advanceTimersByTime(60_000);
    expect(seen).toEqual(['connecting']);
    expect(FakeEventSource.count()).toBe(1);
  });
});
