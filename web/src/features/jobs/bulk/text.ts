import type { BulkAct } from '@/api/model';
import { formatCount, formatPlural } from '@/lib/format';
import { providerNames } from '@/lib/provider';

import { moveLabel } from '../detail/move-job';
import type { Offer } from '../everybody/acts';
import type { AnyAct } from '../everybody/api';
import { actionLabels } from '../state';
import { isOpen } from './api';

const running: Record<AnyAct, string> = { pause: 'Pausing', resume: 'Resuming', retry: 'Retrying', cancel: 'Cancelling', delete: 'Deleting', move: 'Moving' };
const ended: Record<AnyAct, string> = { pause: 'Paused', resume: 'Resumed', retry: 'Retried', cancel: 'Cancelled', delete: 'Deleted', move: 'Moved' };

/** Names an act on a button. */
export function labelOf({ act, to }: Offer): string {
  if (act !== 'move') return actionLabels[act];
  return to ? moveLabel(to, false) : '';
}

/** Says what an act does or did. */
export function titleOf(act: BulkAct): string {
  const verb = isOpen(act) ? running[act.act] : ended[act.act];
  const number = isOpen(act) ? act.total : act.done;
  const to = act.provider === 'agent' || act.provider === 'seedr' ? ` to ${providerNames[act.provider]}` : '';
  return act.state === 'finding' ? `${verb} downloads${to}` : `${verb} ${formatPlural(number, 'download', 'downloads')}${to}`;
}

/** Says how far an act is. */
export function progressOf(act: BulkAct): string {
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

/** Says what an act on everything that was found leads to. */
export function consequenceOf({ act, to }: Offer): string {
  switch (act) {
    case 'pause':
      return 'They will stop, and can be resumed later from where they stopped.';
    case 'resume':
      return 'They will queue for free slots.';
    case 'retry':
      return 'They will get another try, with what is already stored.';
    case 'cancel':
      return 'They will stop, and can be retried later, with what is stored.';
    case 'delete':
      return "They will be deleted with all files. It can't be undone.";
    case 'move':
      return `They will queue at ${to ? providerNames[to] : ''}. Files and parts in storage stay.`;
  }
}
