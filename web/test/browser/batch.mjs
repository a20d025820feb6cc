// Pastes many sources into the real app, adds them, and closes the tab at once. Arguments: app address, e-mail,
// password, sources separated by line breaks. Any failure exits with its message.
import { chromium } from 'playwright-core';

const [app, email, password, sources] = process.argv.slice(2);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run', '--disable-background-networking'],
});
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  // Another tab keeps the browser going, as a person's other tabs do.
  await context.newPage();
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(app);
  await page.getByLabel(/e-?mail/i).fill(email);
  await page.getByLabel(/^password/i).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  const box = page.getByLabel(/Magnet links, URLs or info hashes/);
  const add = page.getByRole('button', { name: `Add ${sources.split('\n').length} downloads` });
  await box.evaluate((field, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, sources);
  await add.waitFor();
  await add.evaluate((button) => {
    button.click();
    globalThis.close();
  });
  await page.close();
} finally {
  await browser.close();
}
