import { useMutation, useQueryClient } from '@tanstack/react-query';

import { toastDone, toastFailed } from '@/components/toast';
import { jobKeys, type JobFilter } from '@/features/jobs/api';
import { http, send } from '@/lib/http';
import { text } from '@/lib/messages';

import { refreshLabels } from './api';
import { matchOf } from './match';
import './messages/catalogue';

interface Change {
  /** Ids of downloads, or the filter that all of them match. */
  jobs: readonly string[] | JobFilter;
  add: readonly string[];
  remove: readonly string[];
}

/** Changes the labels of many downloads and says how that went. */
export function useLabelJobs() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ jobs, add, remove }: Change) =>
      send(http.POST('/api/v1/jobs/labels', { body: { ...('states' in jobs ? { match: matchOf(jobs) } : { jobs: [...jobs] }), add: [...add], remove: [...remove] } })),
    onSuccess: ({ changed, refused }) => {
      if (changed > 0) toastDone(text('labels:changed', { count: changed }));
      if (refused > 0) toastFailed(text('labels:couldnt'), new Error(text('labels:refused', { count: refused })));
      refreshLabels(client);
      void client.invalidateQueries({ queryKey: jobKeys.all });
    },
    onError: (error) => toastFailed(text('labels:couldnt'), error),
  });
}
