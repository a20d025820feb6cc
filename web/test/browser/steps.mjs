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

/** Pastes a text anywhere in the page. */
export async function paste(page, text) {
  await page.evaluate((data) => {
    const transfer = new DataTransfer();
    transfer.setData('text/plain', data);
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }));
  }, text);
}
