// Watches a film of a share in the real app in Chromium, signed in nowhere, until the share
// is revoked: once its input ends, it is. Arguments: address of the share. Prints a JSON line for what it saw before, and one after.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { launch } from './person.mjs';

const [address] = process.argv.slice(2);
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const browser = await launch('--autoplay-policy=no-user-gesture-required');
const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })).newPage();
page.setDefaultTimeout(60_000);
const video = page.locator('video');

try {
  await page.goto(address);
  await page.getByRole('button', { name: 'Play Film.mkv' }).click();
  await page.waitForFunction(() => {
    const each = document.querySelector('video');
    return each && each.currentTime > 0.5 && !each.paused && each.getVideoPlaybackQuality().totalVideoFrames > 0 && each.webkitAudioDecodedByteCount > 0;
  });
  await page.getByRole('button', { name: 'Subtitles', exact: true }).press('Enter');
  const choice = page.getByRole('menuitemradio').nth(1);
  const name = await choice.innerText();
  await choice.click();
  const line = page.locator('[data-media-player] p[dir=auto]').first();
  await line.waitFor();
  const subs = [`${name}: ${await line.innerText()}`];
  const offers = await page.getByRole('menuitem', { name: /upload/i }).allInnerTexts();
  await page.keyboard.press('Escape');
  offers.push(...(await page.getByRole('main').getByRole('button', { name: /Open in|Copy link|Download|watched/ }).allInnerTexts()));
  const { violations } = await page.evaluate(`${axe}; axe.run()`);
  const saw = await video.evaluate((each) => ({
    frames: each.getVideoPlaybackQuality().totalVideoFrames, sound: each.webkitAudioDecodedByteCount, stream: each.currentSrc.startsWith('blob:'),
  }));
  console.log(JSON.stringify({ ...saw, subs, offers, axe: violations.map(({ id }) => id) }));
  await once(process.stdin.resume(), 'end');
  // Where nothing is loaded yet.
  await video.evaluate((each) => {
    each.currentTime = each.currentTime > each.duration / 2 ? each.duration * 0.05 : each.duration * 0.95;
  });
  await page.getByText('This share isn’t available').waitFor();
  await video.waitFor({ state: 'detached' });
  console.log(JSON.stringify({ says: await page.locator('main').innerText() }));
} finally {
  if (process.env.LOOK_DIR) await page.screenshot({ path: `${process.env.LOOK_DIR}/visitor-film.png` });
  await browser.close();
}
