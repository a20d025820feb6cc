// Plays films in Chromium under the real content security policy: as they are and as streams, with subtitles, another
// sound track, a busy server, an expired link, a lost connection, and the next one of a season. Run `npm run build` first; needs ffmpeg.
import { join } from 'node:path';

import { chromium } from 'playwright-core';
import { createServer } from 'vite';

import { makeMp4, makeStream } from './film.mjs';

const vite = await createServer({ server: { middlewareMode: true, hmr: false, ws: false }, appType: 'custom', logLevel: 'error' });
const { openStage } = await vite.ssrLoadModule('/test/browser/server.ts');
const { makeFile, makeJob } = await vite.ssrLoadModule('/test/fixtures.ts');
const { makeFilm } = await vite.ssrLoadModule('/test/media.ts');
const { World } = await vite.ssrLoadModule('/test/world.ts');

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--autoplay-policy=no-user-gesture-required'] });
const faults = [];
const stream = makeStream();
const mp4 = makeMp4();

const world = new World();
const job = makeJob({ name: 'A season', state: 'ready', fileCount: 4 });
world.jobs = [job];
const files = ['E01.mkv', 'E02.mp4', 'E03.mkv', 'Extras/HEVC.mkv'].map((name, index) => makeFile(index, `A season/${name}`, { contentType: name.endsWith('mp4') ? 'video/mp4' : 'video/x-matroska', previewable: true }));
world.files.set(job.id, files);
const [first, second, third, hevc] = files;
const english = { index: 1, codec: 'ac3', codecs: 'ac-3', channels: 6, sampleRate: 48_000, title: '', language: 'en', default: true };
const chapters = [{ start: 0, end: 15, title: 'Opening' }, { start: 15, end: 150, title: 'The rest' }];
for (const file of [first, third]) world.media.info.set(file.id, makeFilm({ duration: 150, container: 'matroska,webm', audio: [english, { ...english, index: 2, language: 'de', default: false }], chapters }));
world.media.info.set(second.id, makeFilm({ duration: 150 }));
world.media.info.set(hevc.id, makeFilm({ container: 'matroska,webm', video: [{ ...makeFilm().video[0], codec: 'hevc', codecs: 'hvc1.2.4.L153.B0' }] }));
world.media.subtitles.set(first.id, [{ item: { id: 'beside:9', origin: 'beside', name: 'E01.en.srt', language: 'en', title: '', forced: false }, text: 'WEBVTT\n\n00:00.000 --> 00:30.000\n<i>Beside</i> &amp; <b>shown</b>\n' }]);

const stage = await openStage(world, 'dist');
for (const [name, file] of stream) for (const { id } of [first, third]) stage.contents.set(`${id}/${name}`, file);
stage.contents.set(second.id, mp4);

const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
await context.addInitScript(() => {
  document.addEventListener('securitypolicyviolation', (event) => console.error(`CSP ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
});
const page = await context.newPage();
page.setDefaultTimeout(40_000);
page.on('pageerror', (error) => faults.push(error.message));
page.on('console', (message) => {
  if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) faults.push(message.text());
});

const expect = (holds, what) => {
  if (!holds) faults.push(what);
  console.log(`${holds ? 'ok' : 'NOT OK'}: ${what}`);
};
const open = (file) => page.goto(`${stage.app}/jobs/${job.id}/play/${file.id}`);
const video = page.locator('video');
const at = () => video.evaluate((each) => each.currentTime);
const plays = async () => {
  await video.waitFor({ state: 'attached' });
  const from = await at();
  await page.waitForFunction((before) => document.querySelector('video')?.currentTime > before + 0.4, from);
};
const seek = async (time) => {
  await video.evaluate((each, to) => {
    each.currentTime = to;
  }, time);
  await page.waitForFunction((to) => !document.querySelector('video').seeking && document.querySelector('video').currentTime >= to, time);
};
const button = (name) => page.getByRole('button', { name, exact: true });
const step = async (name, act) => {
  try {
    await act();
  } catch (error) {
    expect(false, `${name}: ${error.message.split('\n')[0]}`);
    if (process.env.LOOK_DIR) await page.screenshot({ path: join(process.env.LOOK_DIR, `player-${name.replaceAll(' ', '-')}.png`) });
  }
};

await step('a stream', async () => {
  await open(first);
  await plays();
  const { frames, sound } = await video.evaluate((each) => ({ frames: each.webkitDecodedFrameCount, sound: each.webkitAudioDecodedByteCount }));
  expect(frames > 0 && sound > 0, `an MKV with AC-3 plays with picture (${frames} frames) and sound (${sound} bytes)`);
});

await step('subtitles', async () => {
  await page.keyboard.press('c');
  const words = page.getByText('Beside & shown');
  await words.waitFor();
  expect(await page.locator('p i', { hasText: 'Beside' }).count() === 1, 'subtitles beside the film show by the C key, in italics');
  await page.keyboard.press('c');
  await words.waitFor({ state: 'detached' });
  await button('Subtitles').press('Enter');
  await page.getByRole('menuitemradio', { name: 'English' }).first().click();
  await words.waitFor();
  for (let times = 0; times < 2; times += 1) await page.getByRole('menuitem', { name: /later/ }).click();
  expect(await page.getByText('+0.2 s').count() === 1, 'the offset moves by a tenth of a second');
  await page.keyboard.press('Escape');
  expect(await page.evaluate((id) => localStorage.getItem('longhaul-subtitle-offsets').includes(id), first.id), 'the offset is kept for the film');
});

await step('another sound track', async () => {
  await button('Audio').press('Enter');
  await Promise.all([page.waitForRequest((request) => request.url().includes('part-Deutsch')), page.getByRole('menuitemradio', { name: /German/ }).click()]);
  await page.keyboard.press('Escape');
  await plays();
  expect(true, 'the German sound track plays');
});

await step('keys', async () => {
  await page.locator('h1').click();
  const before = await at();
  await page.keyboard.press('l');
  await page.waitForFunction((from) => document.querySelector('video').currentTime > from + 4, before);
  await page.keyboard.press('>');
  await page.waitForFunction(() => document.querySelector('video').playbackRate > 1);
  await page.keyboard.press('<');
  await page.keyboard.press('k');
  await page.locator('[data-media-player][data-paused]').waitFor();
  await page.keyboard.press('k');
  await plays();
  expect(true, 'L, K, > and < lead through the film');
});

await step('a busy server', async () => {
  stage.refuse = (path) => (path.includes('.m4s') ? 503 : undefined);
  await video.evaluate((each) => {
    each.currentTime = 120;
  });
  await page.getByText('The server is busy').waitFor();
  stage.refuse = () => undefined;
  await page.waitForFunction(() => document.querySelector('video').currentTime > 120.3);
  await page.getByText('The server is busy').waitFor({ state: 'detached' });
  expect(true, 'a busy server is named, and the film continues');
});

await step('an expired link', async () => {
  // It opens near its end, with nothing loaded of what comes before.
  await open(first);
  await plays();
  const old = world.media.streams;
  stage.refuse = (path) => (path.includes(`~${old}/`) ? 404 : undefined);
  await seek(30);
  await plays();
  expect(world.media.streams > old && (await at()) > 30, 'an expired link is replaced while the film plays');
  stage.refuse = () => undefined;
});

await step('a lost connection', async () => {
  await open(first);
  await plays();
  stage.refuse = (path) => (path.includes('.m4s') ? 0 : undefined);
  await video.evaluate((each) => {
    each.currentTime = 140;
  });
  await page.getByText('No connection.').waitFor();
  stage.refuse = () => undefined;
  await page.waitForFunction(() => document.querySelector('video').currentTime > 140.3);
  expect(true, 'a lost connection is named, and the film continues where it was');
});

await step('resume', async () => {
  await seek(18);
  await page.keyboard.press('k');
  await page.waitForFunction(() => document.querySelector('video').paused);
  const from = await at();
  await page.getByRole('link', { name: 'All files' }).click();
  await page.getByRole('heading', { name: 'Files' }).waitFor();
  const saved = world.media.playback.get(first.id)?.position ?? 0;
  expect(Math.abs(saved - from) < 1, `the position is saved on leaving (${saved.toFixed(1)} of ${from.toFixed(1)} s)`);
  await page.getByRole('img', { name: /Watched up to/ }).waitFor();
  await open(first);
  await page.getByText('Resumed at 0:18').waitFor();
  await plays();
  expect((await at()) >= saved - 0.1, 'the film starts where it was left');
  await button('Start over').click();
  await page.waitForFunction(() => document.querySelector('video').currentTime < 5);
});

await step('a season', async () => {
  await seek(148.5);
  await button('Cancel').click();
  expect(await page.getByText('Next: E02.mp4').count() === 0, 'the next film can be cancelled');
  await page.keyboard.press('k');
  await plays();
  await seek(148.5);
  await button('Play now').click();
  await page.getByRole('heading', { name: 'E02.mp4' }).waitFor();
  await plays();
  expect(world.media.playback.get(first.id).watched, 'a film that ended is watched, and the next one plays');
  expect((await page.locator('video source').getAttribute('src')).includes(`/f/${second.id}/`), 'an MP4 plays as it is');
});

await step('a file whose link expires', async () => {
  await seek(12);
  const before = world.changes.length;
  const links = () => world.changes.slice(before).filter((change) => change.startsWith(`POST /files/${second.id}/link`)).length;
  // The first link is refused, the second one works.
  stage.refuse = (path) => (links() < 2 && path.includes(second.id) ? 404 : undefined);
  await open(second);
  await plays();
  expect(links() === 2 && (await at()) > 11, 'a file continues with a new link where it was');
});

await step('a file that the server looks at meanwhile', async () => {
  stage.refuse = () => undefined;
  const known = world.media.info.get(second.id);
  world.media.info.set(second.id, { ...known, state: 'waiting' });
  await open(second);
  await plays();
  await video.evaluate((each) => each.setAttribute('data-first', ''));
  world.media.info.set(second.id, { ...known, chapters: [{ start: 0, end: 150, title: 'All of it' }] });
  await page.getByText('All of it').first().waitFor({ state: 'attached' });
  expect(await page.locator('video[data-first]').count() === 1, 'a film keeps playing while the server looks at its file');
  await plays();
});

await step('what cannot be played', async () => {
  stage.refuse = () => undefined;
  await open(hevc);
  await page.getByText('It can’t decode HEVC (H.265) video.').waitFor();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Open in VLC/ }).click();
  const list = await downloading;
  expect(list.suggestedFilename() === 'HEVC.xspf', `HEVC is refused with its reason, and opens in VLC (${list.suggestedFilename()})`);
});

await step('a file that fails', async () => {
  world.media.info.delete(hevc.id);
  await open(hevc);
  await page.getByText('It couldn’t decode the file').waitFor();
  expect(await button('Try again').count() === 1, 'a file that the server knows nothing of and the browser can’t open says so');
});

await browser.close();
stage.close();
await vite.close();
console.log(faults.length === 0 ? 'The player does what it should.' : [...new Set(faults)].join('\n'));
process.exitCode = faults.length === 0 ? 0 : 1;
