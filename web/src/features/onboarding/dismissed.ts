import { keep, kept } from '@/lib/kept';

const dismissedKey = 'longhaul-dismissed-checklist';

/** Reports whether the admin hid the checklist in this browser. */
export function isDismissed(): boolean {
  return kept('local', dismissedKey) !== null;
}

/** Hides the checklist in this browser. Returns false if that lasts only as long as the page. */
export function dismiss(): boolean {
  return keep('local', dismissedKey, '1');
}
