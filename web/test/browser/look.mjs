// Opens every page of the built app in Chromium, under the real content security policy, at two widths and in both
// colour schemes. Takes screenshots, walks through open dialogs with the keyboard, and fails on any policy violation,
// console error, axe finding, layout shift or lost focus. LOOK_ONLY is a pattern for the start of the pages' names,
// LOOK_WIDTH the one width to look at. LOOK_LOCALE=pseudo builds the app with longer texts and
// finds those that are in no catalogue: see pseudo.mjs.
// Run `npm run build` first. CHROMIUM names the browser's binary, LOOK_DIR the folder for the pictures.
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { chromium } from 'playwright-core';
import { createServer } from 'vite';

const out = process.env.LOOK_DIR ?? 'node_modules/.look';
const only = process.env.LOOK_ONLY;
const pseudo = process.env.LOOK_LOCALE === 'pseudo';
const widths = process.env.LOOK_WIDTH ? [Number(process.env.LOOK_WIDTH)] : pseudo ? [390, 320] : [1280, 390, 360, 320];
const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const vite = await createServer({ server: { middlewareMode: true, hmr: false, ws: false }, appType: 'custom', logLevel: 'error' });
const { openStage } = await vite.ssrLoadModule('/test/browser/server.ts');
const fixtures = await vite.ssrLoadModule('/test/fixtures.ts');
const { makeFilm } = await vite.ssrLoadModule('/test/media.ts');
const { busyWorld, hugeWorld } = await vite.ssrLoadModule('/test/browser/scene.ts');
const { pages } = await import('./pages.mjs');
const { walkDialogs } = await import('./keys.mjs');
const { buildPseudo, speakBoth, strays, textsOf, valuesOf } = await import('./pseudo.mjs');
const dist = pseudo ? await buildPseudo() : 'dist';

await mkdir(out, { recursive: true });
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

// What may move under the reader's eyes while a page loads; 0.1 is what browsers' makers call good.
const mostShift = Number(process.env.LOOK_SHIFT ?? 0.02);
const mayShift = {
  // An act on many downloads shows above the list, which does not wait for the question whether one runs.
  'many-acts': 0.2,
  // The sign-in page loads little, and asks for the announcement when it is there.
  'announcement-sign-in': 0.05,
  // On phones rows turn out higher than expected, and push down what stands at the end while someone scrolls there.
  'any-jobs-huge': 0.2,
  'users-huge': 0.15,
  'list-huge': 0.05,
  // What stands below tens of thousands of files shows while they load, and is pushed down on phones.
  'files-choose-huge': 0.07,
  'files-search-huge': 0.07,
};

/** Names the elements that stick out of the window, each by its way down from the page. */
function stickingOut() {
  const way = (node) => (node.parentElement === document.body ? '' : `${way(node.parentElement)} > `) + node.tagName.toLowerCase() + (node.classList[0] ? `.${node.classList[0]}` : '');
  const scrolls = (node) => node !== document.body && (getComputedStyle(node).overflowX !== 'visible' || scrolls(node.parentElement));
  const edge = document.documentElement.clientWidth;
  const out = [...document.body.querySelectorAll('*')].filter((node) => node.getBoundingClientRect().right > edge && !scrolls(node.parentElement));
  return out.slice(-2).map((node) => way(node).split(' > ').slice(-4).join(' > ')).join(' | ');
}

async function look(page, { name, scheme, width, answers }) {
  const label = `${name}-${width}-${scheme}`;
  const { shift, moved } = await page.evaluate(() => ({ shift: globalThis.shifted, moved: globalThis.moved }));
  if (shift > (mayShift[name] ?? mostShift)) faults.push(`${label}: layout shift ${shift.toFixed(3)}: ${moved.join(' | ')}`);
  if (!name.endsWith('-huge')) {
    // As tall as the page: the list renders only what the window shows.
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ width, height: Math.min(3000, Math.max(height, 800)) });
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  }
  await page.screenshot({ path: join(out, `${label}.png`) });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (overflow > 0) faults.push(`${label}: ${overflow} px wider than the window: ${await page.evaluate(stickingOut)}`);
  if (pseudo) for (const text of strays(await page.evaluate(textsOf), answers)) faults.push(`${name}: in no catalogue: ${text}`);
  // The policy blocks axe's script; the debugger's evaluate doesn't.
  await page.evaluate(axeSource);
  const found = await page.evaluate((ignored) => globalThis.axe.run(document, { resultTypes: ['violations'], rules: Object.fromEntries(ignored.map((rule) => [rule, { enabled: false }])) }), pseudo ? ['label-content-name-mismatch'] : []);
  for (const violation of found.violations) {
    const nodes = violation.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${node.failureSummary?.split('\n')[1] ?? ''}`);
    faults.push(`${label}: axe ${violation.id}: ${nodes.join(' | ')}`);
  }
}

let bothSpoken = false;

/** Keeps what the server answers, and lets the ways to pages find longer texts. */
async function hear(page, answers) {
  if (!bothSpoken) speakBoth(page);
  bothSpoken = true;
  page.on('response', (response) => {
    if (response.url().includes('/api/')) response.json().then((body) => answers.push(...valuesOf(body)), () => undefined);
  });
}

for (const scheme of pseudo ? ['light'] : ['light', 'dark']) {
  for (const width of widths) {
    // Below 390 px only the room changes, not the colours.
    if (width < 390 && scheme === 'dark') continue;
    const stage = await openStage(busyWorld(), dist);
    const context = await browser.newContext({ viewport: { width, height: width < 500 ? 844 : 900 }, colorScheme: scheme, reducedMotion: 'reduce' });
    await context.addInitScript(() => {
      globalThis.shifted = 0;
      globalThis.moved = [];
      new PerformanceObserver((list) => {
        for (const { hadRecentInput, value, sources } of list.getEntries()) {
          if (hadRecentInput) continue;
          globalThis.shifted += value;
          const { node, previousRect, currentRect } = sources[0] ?? {};
          const what = node instanceof Element ? `${node.tagName.toLowerCase()}.${node.classList[0] ?? ''}` : 'something';
          globalThis.moved.push(`${value.toFixed(3)} ${what} ${previousRect?.top}→${currentRect?.top}`);
        }
      }).observe({ type: 'layout-shift', buffered: true });
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`CSP ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`);
      });
    });
    for (const each of pages) {
      if (only && !new RegExp(`^(?:${only})`).test(each.name)) continue;
      if (width === 360 && !each.narrow) continue;
      stage.fixtures = fixtures;
      stage.makeFilm = makeFilm;
      stage.world = each.huge ? hugeWorld(10_000) : busyWorld();
      const page = await context.newPage();
      const answers = [];
      if (pseudo) await hear(page, answers);
      page.on('console', (message) => {
        if (message.type() === 'error' && !each.expects?.test(message.text())) faults.push(`${each.name}-${width}-${scheme}: ${message.text()}`);
      });
      page.on('pageerror', (error) => faults.push(`${each.name}-${width}-${scheme}: ${error.message}`));
      try {
        await each.open(page, stage);
        await look(page, { name: each.name, scheme, width, answers });
        if (scheme === 'light' && width === 1280) for (const fault of await walkDialogs(page, each)) faults.push(`${each.name}: ${fault}`);
      } catch (error) {
        faults.push(`${each.name}-${width}-${scheme}: ${error.message.split('\n').slice(0, 4).join(' ')}`);
        await page.screenshot({ path: join(out, `${each.name}-${width}-${scheme}-broken.png`) }).catch(() => undefined);
      }
      await page.close();
    }
    await context.close();
    stage.close();
  }
}

await browser.close();
await vite.close();
const unique = [...new Set(faults)];
console.log(unique.length === 0 ? `No fault. Pictures are in ${out}.` : unique.join('\n'));
process.exitCode = unique.length === 0 ? 0 : 1;
