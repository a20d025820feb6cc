const dismissedKey = 'longhaul-dismissed-checklist';

/** Reports whether the admin hid the checklist in this browser. A browser that keeps nothing shows it again. */
export function isDismissed(): boolean {
  try {
    return localStorage.getItem(dismissedKey) !== null;
  } catch {
    return false;
  }
}

/** Hides the checklist in this browser. */
export function dismiss(): void {
  try {
    localStorage.setItem(dismissedKey, '1');
  } catch {
    // It is hidden until the page is left.
  }
}
