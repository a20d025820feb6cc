import { addCatalogue, text } from '@/lib/messages';

import en from './messages/hidden-for-now.json';

declare module '@/lib/messages' {
  interface Catalogues {
    hiddenForNow: typeof en;
  }
}

addCatalogue('hiddenForNow', en);

/** Says that what was hidden comes back with a reload, because the browser didn't keep that it is hidden. */
export async function sayHiddenForNow(): Promise<void> {
  const { toastDone } = await import('./toast');
  toastDone(text('hiddenForNow:hidden'));
}
