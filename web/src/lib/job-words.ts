import type { components } from '../api/schema.gen';
import { isolated } from './isolated';

type Job = components['schemas']['Job'];

/** What users call each state of a download, here and in the browser extension. */
export const stateWords: Record<Job['state'], string> = {
  queued: 'Queued',
  resolving: 'Looking up',
  awaiting_selection: 'Choose files',
  downloading: 'Downloading',
  storing: 'Storing',
  ready: 'Ready',
  paused: 'Paused',
  needs_attention: 'Needs attention',
  failed: 'Failed',
  cancelled: 'Cancelled',
  expired: 'Expired',
};

/** What a download is called, also before its name is known. */
export function nameOf({ name, infoHash }: Pick<Job, 'name' | 'infoHash'>): string {
  if (name !== '') return isolated(name);
  return infoHash === '' ? 'New download' : `Magnet ${infoHash.slice(0, 12)}…`;
}
