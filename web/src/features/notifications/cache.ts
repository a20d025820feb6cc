import type { QueryClient } from '@tanstack/react-query';

import type { JobState } from '@/api/model';

import { notificationKeys } from './api';

const together = 400;
const told: readonly JobState[] = ['ready', 'failed', 'needs_attention'];
const waiting = new WeakMap<QueryClient, ReturnType<typeof setTimeout>>();

/** Reads the notifications again if users are told of the state that a download came to. Many changes at once ask once. */
export function rereadAfter(client: QueryClient, state: JobState): void {
  if (!told.includes(state) || waiting.has(client)) return;
  const timer = setTimeout(() => {
    waiting.delete(client);
    void client.invalidateQueries({ queryKey: notificationKeys.told() });
  }, together);
  waiting.set(client, timer);
}
