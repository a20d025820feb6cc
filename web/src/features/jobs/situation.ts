import type { Job, Progress } from '@/api/model';
import { forUsers } from '@/lib/problem';
import { nextOf, whyOf } from '@/lib/reasons/reasons';

import { isRunning } from './state';

/** Where a job stands, in the reader's words. */
export interface Situation {
  why: string;
  next: string;
  /** It runs, but no bytes come. */
  stuck: boolean;
}

/** Says why a job is where it is, or why no bytes come, and what happens next. */
export function situationOf(job: Job, progress: Progress | null, now: number): Situation {
  const { state, attempt, maxAttempts } = job;
  const waiting = isRunning(state) ? progress?.waiting : null;
  if (waiting) {
    const deadline = progress?.givesUpAt ?? null;
    return { why: whyOf(waiting, now), next: nextOf(waiting, { state, deadline, attempt, maxAttempts }, now), stuck: true };
  }
  const next = nextOf(job.reason, { state, deadline: job.deadline, attempt, maxAttempts }, now);
  return { why: whyOf(job.reason, now), next: next === '' ? forUsers(job.nextAction) : next, stuck: false };
}

/** The same in a line of the list, without what its state and figures already say. The next step is told where it has a time. */
export function briefOf(job: Job, progress: Progress | null, now: number): string {
  const { why, next, stuck } = situationOf(job, progress, now);
  if (stuck) return `${why} ${next}`;
  // A reason with the name of the state adds nothing to it.
  if (job.reason.code === job.state || (job.state === 'downloading' && progress)) return '';
  return job.deadline === null ? why : `${why} ${next}`;
}
