// Measures the built app in Chromium with very many downloads and files, and prints one line per figure: when the
// first rows show, how smoothly the list scrolls, what it keeps in memory and what goes over the wire. The server is a
// stand-in in this process that holds the whole world in memory, so its share is small. Run `npm run build` first;
// CHROMIUM names the browser's binary, COUNT the downloads (50 000).
import { createRequire } from 'node:module';

import { chromium } from 'playwright-core';
import { createServer } from 'vite';

const count = Number(process.env.COUNT ?? 50_000);
const vite = await createServer({ server: { middlewareMode: true, hmr: false, ws: false }, appType: 'custom', logLevel: 'error' });
const { openStage } = await vite.ssrLoadModule('/test/browser/server.ts');
const { hugeWorld } = await vite.ssrLoadModule('/test/browser/scene.ts');
const { version } = createRequire(import.meta.url)('playwright-core/package.json');
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });

const mebibyte = 1024 * 1024;
const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const say = (what, figure) => console.log(`${what.padEnd(64)} ${figure}`);

/** Opens an address in a page and returns the milliseconds until a text shows, from the browser's start of the visit. */
async function shownAfter(page, address, text) {
  await page.addInitScript((wanted) => {
    const look = () => {
      if (document.body?.innerText.includes(wanted)) globalThis.shownAt ??= performance.now();
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, text);
  await page.goto(address);
  await page.waitForFunction(() => globalThis.shownAt !== undefined, undefined, { polling: 50, timeout: 60_000 });
  return page.evaluate(() => globalThis.shownAt);
}

/** Scrolls as a wheel does, and returns what 95 % of the frames stay under, in milliseconds. */
async function scrolled(page) {
  await page.evaluate(() => {
    globalThis.frames = [];
    let before = performance.now();
    const frame = (now) => {
      globalThis.frames.push(now - before);
      before = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  await page.mouse.move(600, 500);
  for (let step = 0; step < 200; step += 1) {
    await page.mouse.wheel(0, 400);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve())));
  }
  const frames = (await page.evaluate(() => globalThis.frames)).sort((a, b) => a - b);
  return frames[Math.floor(frames.length * 0.95)];
}

async function heapOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize;
}

/** Collects how large the answers of the API are. */
function weigh(page) {
  const answers = [];
  page.on('response', async (response) => {
    const { pathname } = new URL(response.url());
    if (!pathname.startsWith('/api/') || pathname.endsWith('/events')) return;
    const body = await response.body().catch(() => Buffer.alloc(0));
    answers.push({ pathname, bytes: body.length });
  });
  return answers;
}

const stage = await openStage(hugeWorld(count), 'dist');
console.log(`Chromium ${browser.version()}, playwright-core ${version}, ${count} downloads, a download of 49 000 files`);
const newest = `Archive volume ${count}`;
const newContext = () => browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });

const cold = [];
for (let run = 0; run < 5; run += 1) {
  const context = await newContext();
  cold.push(await shownAfter(await context.newPage(), stage.app, newest));
  await context.close();
}
say('list: first rows, nothing cached, median of 5', `${middle(cold).toFixed(0)} ms`);

const context = await newContext();
const warm = [];
for (let run = 0; run < 6; run += 1) {
  const page = await context.newPage();
  const took = await shownAfter(page, stage.app, newest);
  if (run > 0) warm.push(took);
  await page.close();
}
say('list: first rows, visited before, median of 5', `${middle(warm).toFixed(0)} ms`);

const list = await context.newPage();
const answers = weigh(list);
await shownAfter(list, stage.app, newest);
await list.getByText('Live', { exact: true }).waitFor();
say('list: what its first visit takes from the API', `${(answers.reduce((sum, { bytes }) => sum + bytes, 0) / 1024).toFixed(0)} KiB before compression`);
say('list: 95 % of frames while it scrolls by 80 000 px', `${(await scrolled(list)).toFixed(1)} ms`);
say('list: heap after it', `${((await heapOf(list)) / mebibyte).toFixed(0)} MiB`);
await list.close();

const long = stage.world.jobs.find((job) => job.name.startsWith('Every issue'));
const trees = [];
let largest = 0;
for (let run = 0; run < 5; run += 1) {
  const page = await context.newPage();
  const seen = weigh(page);
  trees.push(await shownAfter(page, `${stage.app}/jobs/${long.id}`, 'Newspaper'));
  await page.getByText('49,000 files', { exact: false }).first().waitFor();
  largest = Math.max(largest, ...seen.map(({ bytes }) => bytes));
  await page.close();
}
say('files: the tree shows, from the start of the visit, median of 5', `${middle(trees).toFixed(0)} ms`);
say('files: the largest answer', `${(largest / 1024).toFixed(0)} KiB before compression`);

await context.close();
stage.close();
await browser.close();
await vite.close();
