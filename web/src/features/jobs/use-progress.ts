import { useQuery } from '@tanstack/react-query';

import type { Job, Progress } from '@/api/model';

import { progressQuery } from './api';

/** Returns the latest progress of a job: from the event stream, or else what came with the job. */
export function useProgress(job: Job): Progress | null {
  const { data } = useQuery(progressQuery(job.id));
  return data === undefined ? job.progress : data;
}
