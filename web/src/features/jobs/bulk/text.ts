import { formatCount } from '@/lib/format';
import { text } from '@/lib/messages';
import { providerNames } from '@/lib/provider';

import { moveLabel } from '../detail/move-label';
import { consequenceOf, movedText, type Offer } from '../everybody/acts';
import type { AnyAct } from '../everybody/api';
import { actionLabels } from '../state';
import './messages/catalogue';
import { isOpen, isOwn, type AnyBulkAct } from './api';

const running: Record<AnyAct, string> = { pause: text('bulk:text.pausing'), resume: text('bulk:text.resuming'), retry: text('bulk:text.retrying'), cancel: text('bulk:text.cancelling'), delete: text('bulk:text.deleting'), move: text('bulk:text.moving') };
const ended: Record<AnyAct, string> = { pause: text('bulk:text.paused'), resume: text('bulk:text.resumed'), retry: text('bulk:text.retried'), cancel: text('bulk:text.cancelled'), delete: text('bulk:text.deleted'), move: text('bulk:text.moved') };

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
  const to = provider === 'agent' || provider === 'seedr' ? text('bulk:text.to', { providerNames: providerNames[provider] }) : '';
  return act.state === 'finding' ? text('bulk:text.downloads', { verb, to }) : text('bulk:text.downloads2', { count: number, number: formatCount(number), verb, to });
}

/** Says how far an act is. */
export function progressOf(act: AnyBulkAct): string {
  const refused = act.refused > 0 ? text('bulk:text.refused', { refused: formatCount(act.refused) }) : '';
  const left = act.total - act.done - act.refused;
  switch (act.state) {
    case 'finding':
      return text('bulk:text.findingTheDownloads', { total: formatCount(act.total) });
    case 'acting':
      return text('bulk:text.ofDone', { done: formatCount(act.done), total: formatCount(act.total), refused });
    case 'stopped':
      return text('bulk:text.stoppedDoneLeft', { done: formatCount(act.done), refused, left: formatCount(left) });
    case 'done':
      return act.total === 0 ? text('bulk:text.thereWasNothing') : text('bulk:text.ofDone', { done: formatCount(act.done), total: formatCount(act.total), refused });
  }
}

/** Asks whether an act is to be done to so many downloads, given in words. */
export function questionOf({ act, to }: Offer, many: string): string {
  return act === 'move' ? text('bulk:text.moveTo', { many, what: to ? providerNames[to] : '' }) : `${actionLabels[act]} ${many}?`;
}

/** Says what an act on everything that was found leads to. */
export function consequenceOfAll({ act, to }: Offer, several: boolean): string {
  if (act === 'move') return several ? text('bulk:text.theyWillQueue', { what: to ? providerNames[to] : '', movedText }) : text('bulk:text.itWillQueue', { what: to ? providerNames[to] : '', movedText });
  const what = text(act === 'delete' ? 'bulk:text.whatWithin' : 'bulk:text.whatFirst', { count: several ? 2 : 1 });
  return consequenceOf(act, what, several);
}
