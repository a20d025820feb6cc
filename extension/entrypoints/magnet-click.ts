import { browser } from 'wxt/browser';
import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';

import { clickedMagnet, type MagnetClick, type Outcome } from '@/lib/magnet-click';
import { text } from '@/lib/text';
import { showToast } from '@/lib/toast';

const words = { sent: 'magnetToastSent', waiting: 'magnetToastWaiting', kept: 'magnetToastKept', refused: 'magnetToastRefused' } as const;

async function send(magnet: string, stop: () => void): Promise<void> {
  const outcome = await browser.runtime.sendMessage<MagnetClick, Outcome | undefined>({ magnet }).catch(() => undefined);
  if (outcome !== undefined && outcome !== 'off') {
    showToast(text(words[outcome]));
    return;
  }
  // Turned off since the page was opened, or the extension is gone: from here on, links are the browser's again.
  stop();
  location.assign(magnet);
}

/** Runs in pages of the sites for which the user turned it on, once each. */
export default defineUnlistedScript(() => {
  const here = globalThis as { longhaulHears?: boolean };
  if (here.longhaulHears) return;
  here.longhaulHears = true;
  const onClick = (event: MouseEvent) => {
    const magnet = clickedMagnet(event);
    if (magnet === undefined) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.detail < 2) void send(magnet, stop); // the second click of a double click says nothing new
  };
  const stop = () => {
    here.longhaulHears = false;
    removeEventListener('click', onClick, true);
  };
  addEventListener('click', onClick, true);
});
