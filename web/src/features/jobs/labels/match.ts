import type { JobFilter } from '@/features/jobs/api';

/** Returns what the server calls the downloads that match. */
export function matchOf({ states, q, label }: JobFilter) {
  return { ...(states.length > 0 && { states: [...states] }), ...(q !== '' && { q }), ...(label !== '' && { label }) };
}
