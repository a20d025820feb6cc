import type { Icon } from '@tabler/icons-react';

import type { Job, OwnedJob, Provider } from '@/api/model';
import { IconRoute } from '@/components/icons';
import { formatBytes, formatCount } from '@/lib/format';
import { text } from '@/lib/messages';
import { providerNames } from '@/lib/provider';

import { actionIcons } from '../components/job-menu';
import { moveTexts } from '../detail/move-dialog';
import { moveLabel } from '../detail/move-label';
import { actionLabels, nameOf } from '../state';
import './messages/catalogue';
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
  return alreadyAt(to, jobs) ? text('everybody:acts.anotherAgent') : providerNames[to];
}

/** The icon of an act. */
export function offerIcon({ act }: Offer): Icon {
  return act === 'move' ? IconRoute : actionIcons[act];
}

/** Names downloads within a sentence: the only one by its name, several by their number. */
export function whatOf(jobs: readonly Job[]): string {
  return jobs.length === 1 && jobs[0] ? `“${nameOf(jobs[0])}”` : text('everybody:acts.downloads', { count: jobs.length, number: formatCount(jobs.length) });
}

const doing: Record<Exclude<AnyAct, 'move'>, string> = {
  pause: text('everybody:acts.pausing'),
  resume: text('everybody:acts.resuming'),
  retry: text('everybody:acts.retrying'),
  cancel: text('everybody:acts.cancelling'),
  delete: text('everybody:acts.deleted'),
};

/** Says what was started. */
export function startedText(offer: Offer, jobs: readonly Job[]): string {
  const what = whatOf(jobs);
  return offer.act === 'move' ? text('everybody:acts.movingTo', { what, goalOf: goalOf(offer, jobs) }) : `${doing[offer.act]} ${what}.`;
}

/** Says what an act, other than a move, leads to: for one download or for several. */
export function consequenceOf(act: Exclude<AnyAct, 'move'>, what: string, many: boolean, finished = 0): string {
  const count = many ? 2 : 1;
  switch (act) {
    case 'pause':
      return text('everybody:acts.willStopResumable', { count, what });
    case 'resume':
      return many ? text('everybody:acts.willQueueFor', { what }) : text('everybody:acts.willQueueForA', { what });
    case 'retry':
      return text('everybody:acts.willGetAnother', { what });
    case 'cancel':
      return text('everybody:acts.willStopRetriable', { count, what });
    case 'delete':
      return finished > 0 ? text('everybody:acts.thisDeletesWith', { what, finished: formatBytes(finished) }) : text('everybody:acts.thisDeletesWithEverything', { what });
  }
}

/** Says where downloads that move go on, wherever they are. */
export const movedText = text('everybody:acts.filesAndParts');

/** Says what an act leads to, in full sentences. */
export function consequencesOf({ act, to }: Offer, jobs: readonly OwnedJob[]): string[] {
  const what = whatOf(jobs);
  const only = jobs.length === 1 ? jobs[0] : undefined;
  if (act !== 'move') {
    const finished = jobs.reduce((sum, job) => (job.state === 'ready' ? sum + (job.size ?? 0) : sum), 0);
    return [consequenceOf(act, what, jobs.length > 1, finished)];
  }
  if (only && to) return [text('everybody:acts.isWithNow', { what, providerNames: providerNames[only.provider] }), ...moveTexts(only, to)];
  return [text('everybody:acts.willQueueAgain', { what, movedText })];
}
