// Uses the real app in Chromium as a person would: sign in, submit an address, watch it download live, play the video
// with a seek, download it. Arguments: app address, e-mail, password, source address, folder for the download and
// pictures. Prints one JSON line with what it saw; any failure exits with its message.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

const [app, email, password, source, out] = process.argv.slice(2);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--autoplay-policy=no-user-gesture-required',
  ],
});

const faults = [];
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on('console', (message) => {
    // Before the sign-in, the app gets a 401.
    if (message.type() === 'error' && !/401/.test(message.text())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));

  await page.goto(app);
  await page.getByLabel(/e-?mail/i).fill(email);
  await page.getByLabel(/^password/i).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();

  const box = page.getByLabel(/Magnet links, URLs or info hashes/);
  await box.fill(source);
  await box.press('Enter');

  // Live: the percentage of the running download has to take several values without a reload.
  const name = decodeURIComponent(new URL(source).pathname.split('/').at(-1));
  const row = page.getByRole('listitem').filter({ hasText: name }).first();
  await row.waitFor();
  const seen = new Set();
  const ready = row.getByText('Ready', { exact: true });
  while (!(await ready.isVisible())) {
    const percent = /(\d+(?:\.\d+)?)\s?%/.exec(await row.innerText());
    if (percent) seen.add(percent[1]);
    if (seen.size === 2) await page.screenshot({ path: join(out, 'live.png') });
    await page.waitForFunction(([before, text]) => {
      const found = [...document.querySelectorAll('[role=listitem]')].find((each) => each.textContent?.includes(text));
      // It may have become ready since the loop looked.
      return found?.textContent !== before || found.textContent.includes('Ready');
    }, [await row.evaluate((each) => each.textContent), name]);
  }

  await row.getByRole('link', { name }).click();
  await page.getByRole('heading', { name: 'Files' }).waitFor();
  await page.screenshot({ path: join(out, 'detail.png'), fullPage: true });

  const downloading = page.waitForEvent('download');
  await page.getByLabel(`Download ${name}`).click();
  const download = await downloading;
  const path = join(out, 'downloaded');
  await download.saveAs(path);
  const digest = createHash('sha256').update(await readFile(path)).digest('hex');

  await page.getByRole('link', { name: /^Play/ }).first().click();
  const video = page.locator('video');
  await video.waitFor();
  await page.waitForFunction(() => document.querySelector('video')?.currentTime > 0.5);
  const length = await video.evaluate((each) => each.duration);
  await video.evaluate((each) => {
    each.currentTime = each.duration * 0.75;
  });
  await page.waitForFunction(() => {
    const each = document.querySelector('video');
    return !each.seeking && each.currentTime > each.duration * 0.75 && each.readyState >= 2;
  });
  await page.screenshot({ path: join(out, 'play.png') });
  const position = await video.evaluate((each) => each.currentTime);

  const kept = await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);
  kept.push(...(await page.context().cookies(app)).map((cookie) => cookie.name));
  console.log(JSON.stringify({ kept, percents: [...seen], digest, suggested: download.suggestedFilename(), length, position, faults }));
} finally {
  await browser.close();
}
