// Shares a download in the real app in Chromium and visits the share as a stranger: a wrong password, the right one, a
// download, a video; then the owner revokes the share while the stranger streams. Arguments: app address, e-mail,
// password, source address, folder for pictures. Prints one JSON line with what it saw.
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

const [app, email, password, source, out] = process.argv.slice(2);
const sharePassword = 'salt over the shoulder';
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

const faults = [];
const axeFaults = [];

async function tab(viewport) {
  const context = await browser.newContext({ viewport, acceptDownloads: true, permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on('console', (message) => {
    // A refused sign-in, password or share is a failed request; the page tells of it.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  return page;
}

async function check(page, where) {
  const { violations } = await page.evaluate(`${axe}; axe.run()`);
  for (const { id } of violations) axeFaults.push(`${where}: ${id}`);
}

try {
  const owner = await tab({ width: 1280, height: 900 });
  await owner.goto(app);
  await owner.getByLabel(/e-?mail/i).fill(email);
  await owner.getByLabel(/^password/i).fill(password);
  await owner.getByRole('button', { name: 'Sign in', exact: true }).click();
  const box = owner.getByLabel(/Magnet links, URLs or info hashes/);
  await box.fill(source);
  await box.press('Enter');
  const name = decodeURIComponent(new URL(source).pathname.split('/').at(-1));
  const row = owner.getByRole('listitem').filter({ hasText: name }).first();
  await row.getByText('Ready', { exact: true }).waitFor({ timeout: 120_000 });
  await row.getByRole('link', { name }).click();

  await owner.getByRole('button', { name: 'Share', exact: true }).click();
  const dialog = owner.getByRole('dialog', { name: 'Share files' });
  await dialog.getByLabel('Password', { exact: true }).fill(sharePassword);
  await dialog.getByLabel('Download limit').fill('5');
  await owner.screenshot({ path: join(out, 'share-dialog.png') });
  await dialog.getByRole('button', { name: 'Create share' }).click();
  const address = await owner.getByLabel('Link to the share').inputValue();

  const visitor = await tab({ width: 390, height: 844 });
  const answer = await visitor.goto(address);
  const robots = answer.headers()['x-robots-tag'] ?? '';
  await visitor.getByRole('heading', { name: 'This share is protected' }).waitFor();
  const title = await visitor.title();
  const leaks = (await visitor.content()).includes(name.split('.')[0]);
  await check(visitor, 'locked');
  await visitor.getByLabel('Password', { exact: true }).fill('something else');
  await visitor.getByRole('button', { name: 'Open' }).click();
  await visitor.getByText('Wrong password.').waitFor();
  const wrong = !(await visitor.content()).includes(name.split('.')[0]);
  await visitor.getByLabel('Password', { exact: true }).fill(sharePassword);
  await visitor.getByRole('button', { name: 'Open' }).click();
  const save = visitor.getByRole('button', { name: `Download ${name}` });
  await save.waitFor();
  await check(visitor, 'open');
  await visitor.screenshot({ path: join(out, 'share-visitor.png') });

  const downloading = visitor.waitForEvent('download');
  await save.click();
  const path = join(out, 'shared');
  await (await downloading).saveAs(path);
  const { size } = await stat(path);

  await visitor.getByRole('button', { name: `Play ${name}` }).click();
  const video = visitor.locator('video');
  await video.waitFor();
  await visitor.waitForFunction(() => document.querySelector('video').duration > 0);
  const length = await video.evaluate((each) => each.duration);
  const url = await video.evaluate((each) => each.currentSrc);

  await owner.goto(`${app}/shares`);
  const counted = (await owner.getByText(/of 5 downloads/).innerText()).trim();
  const visits = (await owner.getByText(/\d visits?/).first().innerText()).trim();
  await check(owner, 'list');
  await owner.screenshot({ path: join(out, 'shares.png') });

  // The stranger reads slowly, so that the stream lasts; the owner revokes in the middle.
  await visitor.evaluate((from) => {
    window.stream = { bytes: 0, ended: false, done: false };
    void (async () => {
      try {
        const reader = (await fetch(from, { cache: 'no-store' })).body.getReader();
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          window.stream.bytes += value.length;
          await new Promise((resolve) => setTimeout(resolve, value.length / 8000)); // 8 MB a second, however large a chunk is
        }
      } catch {
        window.stream.ended = true;
      }
      window.stream.done = true;
    })();
  }, url);
  await visitor.waitForFunction(() => window.stream.bytes > 0);
  await owner.getByRole('button', { name: /^Actions for/ }).first().click();
  await owner.getByRole('menuitem', { name: 'Revoke' }).click();
  await owner.getByRole('dialog', { name: 'Revoke share?' }).getByRole('button', { name: 'Revoke' }).click();
  await owner.getByText('Revoked', { exact: true }).waitFor();
  await visitor.waitForFunction(() => window.stream.done);
  const { bytes: streamed, ended } = await visitor.evaluate(() => window.stream);
  const stranger = await tab({ width: 390, height: 844 });
  await stranger.goto(address);
  await stranger.getByText('This share isn’t available').waitFor();
  // The stream that was cut is what the test is about.
  const others = faults.filter((fault) => !String(fault).includes('ERR_CONTENT_LENGTH_MISMATCH'));
  console.log(JSON.stringify({ title, leaks, robots, wrong, size, counted, visits, length, streamed, ended, gone: true, axe: axeFaults, faults: others }));
} finally {
  await browser.close();
}
