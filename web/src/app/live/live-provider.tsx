import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';

import type { Job, Progress } from '@/api/model';
import { meQuery } from '@/features/auth/api';
import { fileKeys } from '@/features/files/api';
import { applyJob, applyProgress, applyRemoved, applyReset } from '@/features/jobs/cache';
import { EventStream, type LiveStatus } from '@/lib/event-stream';

import { LiveContext } from './live-context';

const pollWhenStale = 15_000;

/** Writes one stream event to the cache. The stream comes from the app's own server, so its shapes are the API's. */
export function applyEvent(client: QueryClient, name: string, data: unknown): void {
  switch (name) {
    case 'job': {
      const job = data as Job;
      applyJob(client, job);
      void client.invalidateQueries({ queryKey: fileKeys.ofJob(job.id) });
      break;
    }
    case 'progress':
      applyProgress(client, data as Progress[]);
      break;
    case 'removed':
      applyRemoved(client, (data as { id: string }).id);
      break;
    case 'reset':
      applyReset(client);
      break;
  }
}

/** Keeps the page live while someone is signed in, and provides its live status. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [status, setStatus] = useState<LiveStatus>('connecting');

  useEffect(() => {
    const stream = new EventStream({
      url: '/api/v1/events',
      events: ['job', 'progress', 'removed', 'reset'],
      onEvent: (name, data) => applyEvent(client, name, data),
      onGap: () => applyReset(client),
      onStatus: (now) => {
        setStatus(now);
        // The server ends the streams of a revoked session: then this answers 401 and the sign-in page opens.
        if (now === 'reconnecting') void client.query({ ...meQuery(), staleTime: 0, retry: false }).catch(() => undefined);
      },
    });
    stream.open();
    return () => stream.close();
  }, [client]);

  useEffect(() => {
    if (status !== 'stale') return;
    // A proxy may block the stream and let plain requests pass.
    const timer = setInterval(() => applyReset(client), pollWhenStale);
    return () => clearInterval(timer);
  }, [status, client]);

  return <LiveContext value={status}>{children}</LiveContext>;
}
