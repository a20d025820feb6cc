import type { Icon } from '@tabler/icons-react';

import type { Job, OwnedJob, Provider } from '@/api/model';
import { IconRoute } from '@/components/icons';
import { formatPlural } from '@/lib/format';
import { providerNames, providerTitles } from '@/lib/provider';

import { actionIcons } from '../components/job-menu';
import { actionLabels, nameOf } from '../state';
import type { AnyAct } from './api';

/** An act that some downloads allow, with where it leads. */
export interface Offer {
  act: AnyAct;
  to?: Provider;
}

const inOrder: readonly AnyAct[] = ['resume', 'retry', 'pause', 'move', 'cancel', 'delete'];
const providers: readonly Provider[] = ['agent', 'seedr'];

/** How long a note for the owner may be. */
export const maxNote = 300;

/** Reports whether the download allows what is offered. */
export function allows(job: Job, { act, to }: Offer): boolean {
  if (act === 'move') return to !== undefined && job.movableTo.includes(to);
  return job.actions.includes(act);
}

/** Everything that downloads may allow, in menu order. */
export const everyOffer: readonly Offer[] = inOrder.flatMap((act): Offer[] => (act === 'move' ? providers.map((to) => ({ act, to })) : [{ act }]));

/** Lists what at least one of the downloads allows, in menu order. */
export function offersOf(jobs: readonly Job[]): Offer[] {
  return everyOffer.filter((offer) => jobs.some((job) => allows(job, offer)));
}

/** Names an act on a button. */
export function offerLabel({ act, to }: Offer): string {
  return act === 'move' ? `Move to ${to ? providerTitles[to] : ''}` : actionLabels[act];
}

/** The icon of an act. */
export function offerIcon({ act }: Offer): Icon {
  return act === 'move' ? IconRoute : actionIcons[act];
}

/** Names downloads within a sentence: the only one by its name, several by their number. */
export function whatOf(jobs: readonly Job[]): string {
  return jobs.length === 1 && jobs[0] ? `“${nameOf(jobs[0])}”` : formatPlural(jobs.length, 'download', 'downloads');
}

const doing: Record<Exclude<AnyAct, 'move'>, string> = {
  pause: 'Pausing',
  resume: 'Resuming',
  retry: 'Retrying',
  cancel: 'Cancelling',
  delete: 'Deleted',
};

/** Says what was started. */
export function startedText({ act, to }: Offer, what: string): string {
  return act === 'move' ? `Moving ${what} to ${to ? providerNames[to] : ''}.` : `${doing[act]} ${what}.`;
}

/** Says what an act leads to, in full sentences. */
export function consequencesOf({ act, to }: Offer, jobs: readonly OwnedJob[]): string[] {
  const what = whatOf(jobs);
  const they = jobs.length === 1 ? 'It' : 'They';
  switch (act) {
    case 'pause':
      return [`${what} will stop. ${they} can be resumed later from where ${they.toLowerCase()} stopped.`];
    case 'resume':
      return [`${what} will queue for a free slot.`];
    case 'retry':
      return [`${what} will get another try, with what is already stored.`];
    case 'cancel':
      return [`${what} will stop. ${they} can be retried later, with what is stored.`];
    case 'delete':
      return [`This deletes ${what} with all files. It can't be undone.`];
    case 'move':
      return [`${what} will queue at ${to ? providerNames[to] : ''}. Files and parts in storage stay.`];
  }
}
