// Deletes everything that a search finds in the real app. Arguments: app address, e-mail, password, the search, how
// many downloads it finds. Any failure exits with its message.
import { chromium } from 'playwright-core';

const [app, email, password, search, count] = process.argv.slice(2);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run', '--disable-background-networking'],
});
try {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(app);
  await page.getByLabel(/e-?mail/i).fill(email);
  await page.getByLabel(/^password/i).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('searchbox').fill(search);
  await page.getByText(`${count} found`, { exact: true }).waitFor({ state: 'attached' });
  await page.getByRole('checkbox', { name: /^Select / }).first().click();
  await page.getByRole('button', { name: 'Select all loaded' }).click();
  await page.getByRole('button', { name: `Select all ${count} that match` }).click();
  await page.getByRole('toolbar', { name: 'All downloads that match' }).getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: `Delete ${count} downloads?` });
  await dialog.getByLabel(/Type delete to confirm/).fill('delete');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByText(`${count} of ${count} done.`).waitFor();
  await page.getByRole('button', { name: 'Results' }).click();
  await page.getByRole('dialog', { name: `Deleted ${count} downloads` }).getByRole('list', { name: 'Results' }).waitFor();
} finally {
  await browser.close();
}
