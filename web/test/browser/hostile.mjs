// Walks over every page that shows names from users, torrents and notices, with names made to break pages, in
// Chromium at two widths: nothing may run, ask another origin, widen the page, or reorder the text beside it, and what
// is cut has to be readable in full somewhere. Run `npm run build` first; CHROMIUM names the browser's binary, LOOK_DIR
// a folder for pictures, HOSTILE_ONLY a pattern for the pages.
import { join } from 'node:path';

import { chromium } from 'playwright-core';
import { createServer } from 'vite';

import { makeHostile } from './hostile-names.mjs';
import { hostilePages } from './hostile-pages.mjs';
import { lookForHarm } from './hostile-look.mjs';

const vite = await createServer({ server: { middlewareMode: true, hmr: false, ws: false }, appType: 'custom', logLevel: 'error' });
const { openStage } = await vite.ssrLoadModule('/test/browser/server.ts');
const { busyWorld } = await vite.ssrLoadModule('/test/browser/scene.ts');
const { notices } = await vite.ssrLoadModule('/test/browser/notice-scene.ts');
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
const only = new RegExp(`^(?:${process.env.HOSTILE_ONLY ?? '.*'})$`);
const faults = new Set();

for (const width of [1280, 390]) {
  const stage = await openStage(busyWorld(), 'dist');
  const context = await browser.newContext({ viewport: { width, height: 900 }, reducedMotion: 'reduce' });
  for (const { name, prepare, open } of hostilePages) {
    if (!only.test(name)) continue;
    const label = `${name}-${width}`;
    stage.world = busyWorld();
    stage.notices = notices;
    prepare?.(stage);
    const names = makeHostile(stage.world);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const fault = (text) => faults.add(`${label}: ${text}`);
    page.on('dialog', (dialog) => {
      fault(`a dialog opened: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('pageerror', (error) => fault(error.message));
    page.on('console', (message) => {
      // The walk itself ends the stream, and the stand-in's files are empty.
      if (message.type() === 'error' && !/\/api\/v1\/events|\/[fsz]\//.test(message.location().url)) fault(message.text());
    });
    page.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol.startsWith('http') && origin !== stage.app && origin !== stage.world.filesUrl) fault(`asks ${request.url()}`);
    });
    try {
      await open(page, stage);
      for (const harm of await page.evaluate(lookForHarm, names())) fault(harm);
      if (process.env.LOOK_DIR) await page.screenshot({ path: join(process.env.LOOK_DIR, `hostile-${label}.png`) });
    } catch (error) {
      fault(error.message.split('\n').slice(0, 3).join(' '));
      if (process.env.LOOK_DIR) await page.screenshot({ path: join(process.env.LOOK_DIR, `hostile-${label}-broken.png`) }).catch(() => undefined);
    }
    await page.close();
  }
  await context.close();
  stage.close();
}

await browser.close();
await vite.close();
console.log(faults.size === 0 ? 'No hostile name does harm.' : [...faults].join('\n'));
process.exitCode = faults.size === 0 ? 0 : 1;
