// Steps that many pages share.

/** Opens a page of the stage and waits for a text on it. */
export async function go(page, stage, path, text) {
  await page.goto(stage.app + path);
  await page.getByText(text).first().waitFor();
}

/** Waits until nothing moves any more. */
export async function still(page) {
  await page.waitForFunction(() => document.getAnimations().length === 0);
}

/** Pastes a text anywhere in the page, by the keyboard: what moves because of it is the user's own doing. */
export async function paste(page, text) {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate((data) => navigator.clipboard.writeText(data), text);
  await page.keyboard.press('ControlOrMeta+V');
}
