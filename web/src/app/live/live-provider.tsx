import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';

import { meQuery } from '@/features/auth/api';
import { applyReset } from '@/features/jobs/cache';
import { EventStream, type LiveStatus } from '@/lib/event-stream';

import { applyEvent, catchUp } from './apply';
import { LiveContext, outOfDate } from './live-context';

const pollWhenStale = 15_000;
const events = ['job', 'progress', 'removed', 'features', 'announcement', 'overview', 'changed', 'reset'];

interface Heard {
  status: LiveStatus;
  heardAt: number;
  recovered: boolean;
}

/** Keeps the page live while someone is signed in, and provides its live status. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [heard, setHeard] = useState<Heard>(() => ({ status: 'connecting', heardAt: Date.now(), recovered: false }));
  // When plain requests got an answer although the stream did not.
  const [polledAt, setPolledAt] = useState<number>();
  const stream = useRef<EventStream>(undefined);

  useEffect(() => {
    let lost = false;
    const opened = new EventStream({
      url: '/api/v1/events',
      events,
      onEvent: (name, data) => applyEvent(client, name, data),
      onGap: () => applyReset(client),
      // The server ends the streams of a revoked session: then this answers 401 and the sign-in page opens.
      onBroken: () => void client.query({ ...meQuery(), staleTime: 0, retry: false }).catch(() => undefined),
      onStatus: (status, heardAt) => {
        setHeard((before) => ({ status, heardAt, recovered: status === 'live' && (before.recovered || outOfDate(before.status)) }));
        setPolledAt(undefined);
        if (status === 'live' && lost) catchUp(client);
        lost = status !== 'live' && (lost || status !== 'connecting');
      },
    });
    stream.current = opened;
    opened.open();
    return () => opened.close();
  }, [client]);

  const stale = heard.status === 'stale';
  useEffect(() => {
    if (!stale) return;
    let over = false;
    // A proxy may block the stream and let plain requests pass.
    const poll = async () => {
      const answered = await client.query({ ...meQuery(), staleTime: 0, retry: false }).catch(() => null);
      if (over) return;
      if (answered) applyReset(client);
      setPolledAt(answered ? Date.now() : undefined);
    };
    void poll();
    const timer = setInterval(() => void poll(), pollWhenStale);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [stale, client]);

  const state = useMemo(
    () => ({
      ...heard,
      ...(stale && polledAt !== undefined && { status: 'polling' as const, heardAt: polledAt }),
      retry: () => stream.current?.hurry(),
    }),
    [heard, stale, polledAt],
  );
  return <LiveContext value={state}>{children}</LiveContext>;
}
