import type { Provider } from '@/api/model';
import { text } from '@/lib/messages';
import { providerTitles } from '@/lib/provider';

import './messages/catalogue';

/** Names a move: jobs that are with the agents already go to another one. */
export function moveLabel(to: Provider, already: boolean): string {
  return already ? text('detail:moveJob.moveToAnother') : text('detail:moveJob.moveTo', { to: providerTitles[to] });
}
