import { formatCount, formatPlural } from '@/lib/format';
import { providerNames } from '@/lib/provider';

import { moveLabel } from '../detail/move-job';
import { consequenceOf, movedText, type Offer } from '../everybody/acts';
import type { AnyAct } from '../everybody/api';
import { actionLabels } from '../state';
import { isOpen, isOwn, type AnyBulkAct } from './api';

const running: Record<AnyAct, string> = { pause: 'Pausing', resume: 'Resuming', retry: 'Retrying', cancel: 'Cancelling', delete: 'Deleting', move: 'Moving' };
const ended: Record<AnyAct, string> = { pause: 'Paused', resume: 'Resumed', retry: 'Retried', cancel: 'Cancelled', delete: 'Deleted', move: 'Moved' };

/** Names an act on a button. */
export function labelOf({ act, to }: Offer): string {
  if (act !== 'move') return actionLabels[act];
  return to ? moveLabel(to, false) : '';
}

/** Says what an act does or did. */
export function titleOf(act: AnyBulkAct): string {
  const verb = isOpen(act) ? running[act.act] : ended[act.act];
  const number = isOpen(act) ? act.total : act.done;
  const provider = isOwn(act) ? '' : act.provider;
  const to = provider === 'agent' || provider === 'seedr' ? ` to ${providerNames[provider]}` : '';
  return act.state === 'finding' ? `${verb} downloads${to}` : `${verb} ${formatPlural(number, 'download', 'downloads')}${to}`;
}

/** Says how far an act is. */
export function progressOf(act: AnyBulkAct): string {
  const refused = act.refused > 0 ? `, ${formatCount(act.refused)} refused` : '';
  const left = act.total - act.done - act.refused;
  switch (act.state) {
    case 'finding':
      return `Finding the downloads: ${formatCount(act.total)} so far.`;
    case 'acting':
      return `${formatCount(act.done)} of ${formatCount(act.total)} done${refused}.`;
    case 'stopped':
      return `Stopped: ${formatCount(act.done)} done${refused}, ${formatCount(left)} left as they were.`;
    case 'done':
      return act.total === 0 ? 'There was nothing to do.' : `${formatCount(act.done)} of ${formatCount(act.total)} done${refused}.`;
  }
}

/** Asks whether an act is to be done to so many downloads, given in words. */
export function questionOf({ act, to }: Offer, many: string): string {
  return act === 'move' ? `Move ${many} to ${to ? providerNames[to] : ''}?` : `${actionLabels[act]} ${many}?`;
}

/** Says what an act on everything that was found leads to. */
export function consequenceOfAll({ act, to }: Offer, several: boolean): string {
  if (act === 'move') return `${several ? 'They' : 'It'} will queue at ${to ? providerNames[to] : ''}. ${movedText}`;
  const what = act === 'delete' ? (several ? 'them' : 'it') : several ? 'They' : 'It';
  return consequenceOf(act, what, several);
}
