import { useMutation, useQueryClient } from '@tanstack/react-query';

import type { Job } from '@/api/model';
import { toastDone, toastFailed } from '@/components/toast';
import { toastTrashed } from '@/components/undo-toast';
import { formatCount } from '@/lib/format';
import { inLines } from '@/lib/in-lines';
import { text } from '@/lib/messages';
import { deleteJob, trashKeys } from '@/lib/trash/api';

import './messages/catalogue';
import { act, type OwnerAct } from './api';
import { applyJob, applyRemoved } from './cache';
import { nameOf } from './state';

/** This many requests run at a time. */
const lines = 4;

const done: Record<OwnerAct, (what: string) => string> = {
  pause: (what) => text('jobs:useAct.pausing', { what }),
  resume: (what) => text('jobs:useAct.resuming', { what }),
  retry: (what) => text('jobs:useAct.retrying', { what }),
  keepPage: (what) => text('jobs:useAct.keepingTheWeb', { what }),
  cancel: (what) => text('jobs:useAct.cancelling', { what }),
  delete: (what) => text('jobs:useAct.deleted', { what }),
};

export interface Act {
  jobs: readonly Job[];
  action: OwnerAct;
}

/** A download that can be restored until then. */
interface Trashed {
  job: Job;
  until: string;
}

/** Performs an action on one or many jobs, writes the answers to the cache and reports the outcome. */
export function useAct(onDone?: (action: OwnerAct) => void) {
  const client = useQueryClient();

  async function one(job: Job, action: OwnerAct, trashed: Trashed[]): Promise<void> {
    if (action !== 'delete') {
      applyJob(client, await act(job.id, action));
      return;
    }
    const { until } = await deleteJob(job.id);
    applyRemoved(client, job.id);
    if (until !== null) trashed.push({ job, until });
  }

  return useMutation({
    mutationFn: async ({ jobs, action }: Act) => {
      const trashed: Trashed[] = [];
      const outcome = await inLines(jobs, lines, (job) => one(job, action, trashed));
      return { ...outcome, trashed };
    },
    onSuccess: ({ succeeded, failed, trashed }, { action, jobs }) => {
      const what = (list: readonly Job[]) =>
        list.length === 1 && list[0] ? `“${nameOf(list[0])}”` : text('jobs:useAct.downloads', { count: list.length, number: formatCount(list.length) });
      const ended = succeeded.filter((job) => !trashed.some((each) => each.job === job));
      if (ended.length > 0) toastDone(done[action](what(ended)));
      const first = trashed[0];
      if (first) {
        const restorable = trashed.map(({ job }) => job);
        const until = trashed.reduce((earliest, each) => (each.until < earliest ? each.until : earliest), first.until);
        toastTrashed(client, { what: what(restorable), ids: restorable.map(({ id }) => id), until });
        void client.invalidateQueries({ queryKey: trashKeys.all });
      }
      if (failed.length > 0) {
        toastFailed(jobs.length === 1 ? text('jobs:useAct.thatDidntWork') : text('jobs:useAct.couldntChange', { what: what(failed.map(({ item }) => item)) }), failed[0]?.error);
      }
      if (succeeded.length > 0) onDone?.(action);
    },
  });
}
