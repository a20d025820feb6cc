// Takes the pictures of docs/screenshots from the scenes that `npm run look` walks through, with names that only try a
// page replaced by plain ones. Run `npm run build` first. Fails if a picture is larger than a page should load.
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { chromium } from 'playwright-core';
import { createServer } from 'vite';

const out = process.env.SHOTS_DIR ?? '../docs/screenshots';
const only = process.env.SHOTS_ONLY;
const most = 250 * 1024;

const desk = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };
// The picture's name, the page that is opened for it, and how it is looked at.
const shots = [
  ['dashboard', 'dashboard', desk, 'light'],
  ['dashboard-dark', 'dashboard', desk, 'dark'],
  ['download', 'job-running', { width: 1280, height: 1000 }, 'light'],
  ['files', 'library', desk, 'light'],
  ['share', 'share-visitor', desk, 'light'],
  ['submit', 'submit', desk, 'light'],
  ['overview', 'overview', { width: 1280, height: 1000 }, 'light'],
  ['all-downloads', 'any-jobs', desk, 'light'],
  ['help', 'help', desk, 'dark'],
  ['phone', 'dashboard', phone, 'light'],
  ['phone-download', 'job-running', phone, 'dark'],
];

const vite = await createServer({ server: { middlewareMode: true, hmr: false, ws: false }, appType: 'custom', logLevel: 'error' });
const { openStage } = await vite.ssrLoadModule('/test/browser/server.ts');
const fixtures = await vite.ssrLoadModule('/test/fixtures.ts');
const { busyWorld } = await vite.ssrLoadModule('/test/browser/scene.ts');
const { pages } = await import('./pages.mjs');

/** Reports whether a name is there to try a page: markup, other directions of writing, no end. */
const tries = (name) => /[<>\u202e\u0590-\u06ff]/u.test(name) || name.length > 70;

const plain = { 'Sintel.2010.2160p.Open.Movie.BluRay.x265-BLENDER': 'Sintel (2010), open movie in 4K', 'A label with a long name that no row has room for': 'To read' };

function tidied(name) {
  if (name.startsWith('Cosmos Laundromat')) return 'Cosmos Laundromat (2015)';
  return plain[name] ?? (tries(name) ? 'Elephants Dream (2006)' : name);
}

/** Gives a world the names that one would show around. */
function tidy(world) {
  const named = [...world.jobs, ...world.everybody.jobs, ...world.labels.list, ...world.shares.list, ...world.agents];
  for (const each of named) each.name = tidied(each.name);
  for (const { owner } of world.everybody.jobs) if (owner.email.length > 30) owner.email = 'ada@example.org';
  for (const { agent } of world.everybody.jobs) if (agent && agent.name.length > 20) agent.name = 'barge-3';
  world.library.files = world.library.files.filter(({ entry }) => !tries(entry.name) && !tries(entry.jobName));
  world.shares.files = world.shares.files.filter(({ path }) => !tries(path));
  return world;
}

await mkdir(out, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const faults = [];
for (const [name, scene, viewport, colorScheme] of shots) {
  if (only && !new RegExp(`^(?:${only})$`).test(name)) continue;
  const stage = await openStage(tidy(busyWorld()), 'dist');
  stage.fixtures = fixtures;
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await pages.find((each) => each.name === scene).open(page, stage);
  // A pointer over a row would colour it.
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.fonts.ready);
  const path = join(out, `${name}.png`);
  await page.screenshot({ path });
  const { size } = await stat(path);
  console.log(`${path}: ${Math.round(size / 1024)} KB`);
  if (size > most) faults.push(`${path} is larger than ${most / 1024} KB`);
  await context.close();
  stage.close();
}
await browser.close();
await vite.close();
if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exitCode = 1;
}
