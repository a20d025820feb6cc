import { useMutation, useQueryClient } from '@tanstack/react-query';

import type { Job } from '@/api/model';
import { toastDone, toastFailed } from '@/components/toast';
import { formatPlural } from '@/lib/format';
import { inLines } from '@/lib/in-lines';

import { act, type PlainAction } from './api';
import { applyJob, applyRemoved } from './cache';
import { nameOf } from './state';

/** This many requests run at a time. */
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

/** Performs an action on one or many jobs, writes the answers to the cache and reports the outcome. */
export function useAct(onDone?: () => void) {
  const client = useQueryClient();

  async function one(job: Job, action: PlainAction): Promise<void> {
    const answer = await act(job.id, action);
    if (answer) applyJob(client, answer);
    else applyRemoved(client, job.id);
  }

  return useMutation({
    mutationFn: ({ jobs, action }: Act) => inLines(jobs, lines, (job) => one(job, action)),
    onSuccess: ({ succeeded, failed }, { action, jobs }) => {
      const what = (list: readonly Job[]) =>
        list.length === 1 && list[0] ? `“${nameOf(list[0])}”` : formatPlural(list.length, 'download', 'downloads');
      if (succeeded.length > 0) toastDone(done[action](what(succeeded)));
      if (failed.length > 0) {
        toastFailed(jobs.length === 1 ? "That didn't work" : `Couldn't change ${what(failed.map(({ item }) => item))}`, failed[0]?.error);
      }
      if (succeeded.length > 0) onDone?.();
    },
  });
}
