import { useMutation, useQueryClient } from '@tanstack/react-query';

import type { Job } from '@/api/model';
import { toastDone, toastFailed } from '@/components/toast';
import { formatPlural } from '@/lib/format';

import { act, type PlainAction } from './api';
import { applyJob, applyRemoved } from './cache';
import { nameOf } from './state';

/** This many requests run at a time, so that a big selection doesn't flood the server. */
const lines = 4;

const done: Record<PlainAction, (what: string) => string> = {
  pause: (what) => `Pausing ${what}.`,
  resume: (what) => `Resuming ${what}.`,
  retry: (what) => `Retrying ${what}.`,
  cancel: (what) => `Cancelling ${what}.`,
  delete: (what) => `Deleted ${what}.`,
};

export interface Act {
  jobs: readonly Job[];
  action: PlainAction;
}

interface Outcome {
  succeeded: Job[];
  failed: Job[];
  firstError: unknown;
}

/** Performs an action on one or many jobs, writes the answers to the cache and reports the outcome. */
export function useAct(onDone?: () => void) {
  const client = useQueryClient();

  async function one(job: Job, action: PlainAction): Promise<void> {
    const answer = await act(job.id, action);
    if (answer) applyJob(client, answer);
    else applyRemoved(client, job.id);
  }

  async function all({ jobs, action }: Act): Promise<Outcome> {
    const outcome: Outcome = { succeeded: [], failed: [], firstError: undefined };
    const waiting = [...jobs];
    const line = async () => {
      for (let job = waiting.shift(); job; job = waiting.shift()) {
        try {
          await one(job, action);
          outcome.succeeded.push(job);
        } catch (error) {
          outcome.failed.push(job);
          outcome.firstError ??= error;
        }
      }
    };
    await Promise.all(Array.from({ length: lines }, line));
    return outcome;
  }

  return useMutation({
    mutationFn: all,
    onSuccess: ({ succeeded, failed, firstError }, { action, jobs }) => {
      const what = (list: readonly Job[]) =>
        list.length === 1 && list[0] ? `“${nameOf(list[0])}”` : formatPlural(list.length, 'download', 'downloads');
      if (succeeded.length > 0) toastDone(done[action](what(succeeded)));
      if (failed.length > 0) {
        toastFailed(jobs.length === 1 ? "That didn't work" : `Couldn't change ${what(failed)}`, firstError);
      }
      if (succeeded.length > 0) onDone?.();
    },
  });
}
