import { createContext } from 'react';

import type { LiveStatus } from '@/lib/event-stream';

export interface LiveState {
  /** `polling` where the stream does not get through and plain requests do. */
  status: LiveStatus | 'polling';
  /** When the server was last heard, in milliseconds. */
  heardAt: number;
  /** Live again, after the page said that it was not. */
  recovered: boolean;
  /** Tries to reach the server now. */
  retry: () => void;
}

/** Reports whether what the page shows may be out of date for longer than a short break takes. */
export function outOfDate(status: LiveState['status']): status is 'offline' | 'stale' | 'polling' {
  return status === 'offline' || status === 'stale' || status === 'polling';
}

/** How live the page is. */
export const LiveContext = createContext<LiveState>({ status: 'connecting', heardAt: 0, recovered: false, retry: () => undefined });
