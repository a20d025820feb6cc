// Tries the sample that a new installation offers, as its first user would. Arguments: app address, e-mail, password.
// Prints one JSON line with the files it got; any failure exits with its message.
import { chromium } from 'playwright-core';

const [app, email, password] = process.argv.slice(2);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(60_000);
  await page.goto(app);
  await page.getByLabel(/e-?mail/i).fill(email);
  await page.getByLabel(/^password/i).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: 'Try a sample' }).click();
  await page.getByRole('link', { name: 'Longhaul sample' }).click();
  await page.getByText('Ready', { exact: true }).first().waitFor();
  const files = [];
  for (const name of ['picture.png', 'readme.txt', 'sound.wav']) {
    await page.getByText(name).first().waitFor();
    files.push(name);
  }
  console.log(JSON.stringify({ files }));
} finally {
  await browser.close();
}
