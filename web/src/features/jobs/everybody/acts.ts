import type { Icon } from '@tabler/icons-react';

import type { Job, OwnedJob, Provider } from '@/api/model';
import { IconRoute } from '@/components/icons';
import { formatBytes, formatPlural } from '@/lib/format';
import { providerNames } from '@/lib/provider';

import { actionIcons } from '../components/job-menu';
import { moveLabel, moveTexts } from '../detail/move-job';
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

/** Reports whether all that can move there are there already: they go to another agent. */
function alreadyAt(to: Provider, jobs: readonly Job[]): boolean {
  return jobs.filter((job) => job.movableTo.includes(to)).every((job) => job.provider === to);
}

/** Names an act on a button. */
export function offerLabel({ act, to }: Offer, jobs: readonly Job[]): string {
  if (act !== 'move') return actionLabels[act];
  return to ? moveLabel(to, alreadyAt(to, jobs)) : '';
}

/** Names where a move leads within a sentence. */
export function goalOf({ to }: Offer, jobs: readonly Job[]): string {
  if (!to) return '';
  return alreadyAt(to, jobs) ? 'another agent' : providerNames[to];
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
export function startedText(offer: Offer, jobs: readonly Job[]): string {
  const what = whatOf(jobs);
  return offer.act === 'move' ? `Moving ${what} to ${goalOf(offer, jobs)}.` : `${doing[offer.act]} ${what}.`;
}

/** Says what an act, other than a move, leads to: for one download or for several. */
export function consequenceOf(act: Exclude<AnyAct, 'move'>, what: string, many: boolean, finished = 0): string {
  const they = many ? 'They' : 'It';
  switch (act) {
    case 'pause':
      return `${what} will stop. ${they} can be resumed later from where ${they.toLowerCase()} stopped.`;
    case 'resume':
      return `${what} will queue for ${many ? 'free slots' : 'a free slot'}.`;
    case 'retry':
      return `${what} will get another try, with what is already stored.`;
    case 'cancel':
      return `${what} will stop. ${they} can be retried later, with what is stored.`;
    case 'delete':
      return `This deletes ${what} with everything stored${finished > 0 ? `, ${formatBytes(finished)} of finished files` : ''}. Owners can restore it from their trash for a while, unless the trash is off or you delete it for good.`;
  }
}

/** Says where downloads that move go on, wherever they are. */
export const movedText = 'Files and parts in storage stay; what is fetched but not stored may be fetched again.';

/** Says what an act leads to, in full sentences. */
export function consequencesOf({ act, to }: Offer, jobs: readonly OwnedJob[]): string[] {
  const what = whatOf(jobs);
  const only = jobs.length === 1 ? jobs[0] : undefined;
  if (act !== 'move') {
    const finished = jobs.reduce((sum, job) => (job.state === 'ready' ? sum + (job.size ?? 0) : sum), 0);
    return [consequenceOf(act, what, jobs.length > 1, finished)];
  }
  if (only && to) return [`${what} is with ${providerNames[only.provider]} now.`, ...moveTexts(only, to)];
  return [`${what} will queue again. ${movedText}`];
}
