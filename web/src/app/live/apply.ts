import type { QueryClient } from '@tanstack/react-query';

import type { ChangedPart, Job, Progress } from '@/api/model';
import { announcementKeys } from '@/features/announcement/api';
import { authKeys } from '@/features/auth/api';
import { fileKeys } from '@/features/files/api';
import { applyJob, applyProgress, applyRemoved, applyReset } from '@/features/jobs/cache';
import { refreshLabels } from '@/features/jobs/labels/api';
import { rereadLibrary } from '@/features/library/reread';
import { notificationKeys } from '@/features/notifications/api';
import { rereadAfter } from '@/features/notifications/cache';
import { overviewKeys } from '@/features/overview/api';
import { shareKeys } from '@/features/shares/api';
import { usageKeys } from '@/features/usage/api';
import { trashKeys } from '@/lib/trash/api';

const rereadWithin = 2_000;

// A stream that comes back tells again what happened to jobs, but not that these changed.
const toldOnce = [authKeys.me, announcementKeys.all, overviewKeys.all, usageKeys.summary(), notificationKeys.told()];

/** Writes one stream event to the cache. The stream comes from the app's own server, so its shapes are the API's. */
export function applyEvent(client: QueryClient, name: string, data: unknown): void {
  switch (name) {
    case 'job': {
      const job = data as Job;
      applyJob(client, job);
      void client.invalidateQueries({ queryKey: fileKeys.ofJob(job.id) });
      rereadAfter(client, job.state);
      if (job.finishedAt !== null) rereadLibrary(client);
      break;
    }
    case 'progress':
      applyProgress(client, data as Progress[]);
      break;
    case 'removed':
      applyRemoved(client, (data as { id: string }).id);
      rereadLibrary(client);
      void client.invalidateQueries({ queryKey: trashKeys.all });
      break;
    case 'features':
      rereadSoon(client, authKeys.me);
      break;
    case 'changed':
      applyChanged(client, (data as { part: ChangedPart }).part);
      break;
    case 'announcement':
      rereadSoon(client, announcementKeys.all);
      break;
    case 'overview':
      void client.invalidateQueries({ queryKey: overviewKeys.all });
      break;
    case 'reset':
      applyReset(client);
      break;
  }
}

/** Reads again a part of the account that another tab or device changed. */
function applyChanged(client: QueryClient, part: ChangedPart): void {
  switch (part) {
    case 'library':
      rereadLibrary(client);
      break;
    case 'shares':
      void client.invalidateQueries({ queryKey: shareKeys.all });
      break;
    case 'labels':
      refreshLabels(client);
      applyReset(client);
      break;
  }
}

/** Reads again what the page shows beside jobs: the stream is back, and everyone's may have broken with it. */
export function catchUp(client: QueryClient): void {
  for (const queryKey of toldOnce) rereadSoon(client, queryKey);
}

/** Reads something again, soon: everyone who is signed in may be told at once. */
function rereadSoon(client: QueryClient, queryKey: readonly string[]): void {
  setTimeout(() => void client.invalidateQueries({ queryKey }), Math.random() * rereadWithin);
}
