// What a keyboard-only user meets.

/** This many presses are more than any dialog has tab stops. */
const presses = 24;

const shownDialogs = (page) => page.getByRole('dialog').filter({ visible: true }).count();

const focus = (page) =>
  page.evaluate(() => {
    const active = document.activeElement;
    return { lost: active === null || active === document.body, inDialog: active?.closest('[role="dialog"]') !== null };
  });

/**
 * Tabs through the open dialogs, closes them one by one with Escape, and returns the faults. Some close together: a
 * question goes with the act that it is about.
 */
export async function walkDialogs(page, { together = false } = {}) {
  const faults = [];
  let open = await shownDialogs(page);
  if (open === 0) return faults;
  if (!(await focus(page)).inDialog) faults.push('the dialog does not have the focus');
  for (let press = 0; press < presses; press += 1) {
    await page.keyboard.press(press % 3 === 2 ? 'Shift+Tab' : 'Tab');
    if (!(await focus(page)).inDialog) {
      faults.push('Tab leads out of the dialog');
      break;
    }
  }
  while (open > 0) {
    await page.keyboard.press('Escape');
    await page.waitForFunction((before) => document.querySelectorAll('[role="dialog"]').length < before, open, { timeout: 5_000 });
    const left = await shownDialogs(page);
    if (left < open - 1 && !together) faults.push('Escape closes more than one dialog');
    open = left;
  }
  await page
    .waitForFunction(() => document.activeElement !== document.body, undefined, { timeout: 2_000 })
    .catch(() => faults.push('the focus is lost when the dialog closes'));
  return faults;
}
