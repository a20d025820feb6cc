// Uses the built app in Chromium while the browser's storage throws on every touch, as with "block all site data", and
// while it is full: pages work, and say what does not last. Without cookies the sign-in page says so. Run
// `npm run build` first; CHROMIUM names the browser's binary.
import { chromium } from 'playwright-core';
import { createServer } from 'vite';

import { paste } from './steps.mjs';

const vite = await createServer({ server: { middlewareMode: true, hmr: false, ws: false }, appType: 'custom', logLevel: 'error' });
const { openStage } = await vite.ssrLoadModule('/test/browser/server.ts');
const { busyWorld } = await vite.ssrLoadModule('/test/browser/scene.ts');
const { makeAnnouncement } = await vite.ssrLoadModule('/test/people.ts');
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
const soon = { timeout: 60_000 }; // on a busy machine
const faults = [];

/** Runs in the page: no storage can be touched. */
function block() {
  for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches']) {
    Object.defineProperty(globalThis, name, {
      get() {
        throw new DOMException('Access is denied for this document.', 'SecurityError');
      },
    });
  }
}

/** Runs in the page: storage can be read, and takes nothing. */
function fill() {
  Storage.prototype.setItem = () => {
    throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
  };
}

const lost = /is lost when you reload or close the page/;

async function addDownload(page, stage) {
  await page.goto(stage.app);
  await page.getByText(lost).waitFor(soon);
  await paste(page, `magnet:?xt=urn:btih:${'ab'.repeat(20)}&dn=Elephants+Dream`);
  await page.getByRole('list', { name: 'Ready to add' }).getByText('Elephants Dream').first().waitFor(soon);
  // Another page and back: the tab still knows.
  await page.getByRole('link', { name: 'Files', exact: true }).first().click();
  await page.getByRole('heading', { name: 'Files' }).waitFor(soon);
  await page.getByRole('link', { name: 'Downloads', exact: true }).first().click();
  await page.getByRole('button', { name: 'Add download' }).click();
  await page.getByText(/^Added “/).waitFor(soon);
}

const walks = {
  'adds a download': addDownload,
  'hides an announcement until the page is loaded again': async (page, stage) => {
    stage.world.admin.people.announcement = makeAnnouncement({ text: 'Quiet hours tonight.', dismissible: true });
    await page.goto(`${stage.app}/usage`);
    await page.getByRole('button', { name: 'Dismiss the announcement' }).click();
    await page.getByText(/^Hidden until you reload the page/).waitFor(soon);
    await page.getByText('Quiet hours tonight.').waitFor({ state: 'detached' });
  },
  'changes the colours until the page is loaded again': async (page, stage) => {
    await page.goto(`${stage.app}/settings`);
    await page.getByText(/so this lasts until you close or reload the page/).waitFor(soon);
    await page.getByText('Dark', { exact: true }).click();
    await page.locator('html[data-mantine-color-scheme=dark]').waitFor();
  },
  'opens a share with a password': async (page, stage) => {
    stage.world.me = null;
    stage.world.shares.password = 'sesame';
    await page.goto(`${stage.app}/s/token`);
    await page.getByText('a reload asks for the password again').waitFor(soon);
    await page.getByLabel('Password', { exact: true }).fill('sesame');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('README.txt').waitFor(soon);
  },
};

for (const [name, breakIt] of [['blocked', block], ['full', fill]]) {
  for (const [what, walk] of Object.entries(walks)) {
    const stage = await openStage(busyWorld(), 'dist');
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
    await context.addInitScript(breakIt);
    const page = await context.newPage();
    page.on('pageerror', (error) => faults.push(`storage ${name}, ${what}: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(`storage ${name}, ${what}: ${message.text()}`);
    });
    try {
      await walk(page, stage);
    } catch (error) {
      faults.push(`storage ${name}, ${what}: ${error.message.split('\n').slice(0, 4).join(' ')}`);
    }
    await context.close();
    stage.close();
  }
}

/** Signs in as someone whose browser keeps no cookie, which the browser may or may not admit. */
async function signInWithoutCookies(page, stage) {
  stage.world.me = null;
  stage.world.passkeys.list.passkeys = [];
  const answer = stage.world.answer.bind(stage.world);
  const open = /^\/api\/v1\/(auth|config|announcement)/;
  stage.world.answer = async (request) => {
    if (open.test(new URL(request.url).pathname)) return answer(request);
    return Response.json({ detail: 'Sign in first.', code: 'unauthorized', requestId: '01JD8ZC3' }, { status: 401 });
  };
  await page.route('**/api/v1/events', (route) => route.fulfill({ status: 401 })); // the stage has an answer of its own
  await page.goto(`${stage.app}/login`);
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText('Your browser blocks cookies.').waitFor(soon);
}

const cookieWalks = {
  'refused when it comes back': signInWithoutCookies,
  'switched off': async (page, stage) => {
    stage.world.me = null;
    await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'cookieEnabled', { get: () => false }));
    await page.goto(`${stage.app}/login`);
    await page.getByText('allow cookies for this site').waitFor(soon);
  },
};

for (const [what, walk] of Object.entries(cookieWalks)) {
  const stage = await openStage(busyWorld(), 'dist');
  const page = await browser.newPage();
  page.on('pageerror', (error) => faults.push(`cookies ${what}: ${error.message}`));
  try {
    await walk(page, stage);
  } catch (error) {
    faults.push(`cookies ${what}: ${error.message.split('\n').slice(0, 4).join(' ')}`);
  }
  await page.close();
  stage.close();
}

await browser.close();
await vite.close();
console.log(faults.length === 0 ? 'The app works without storage, and says what does not last and what needs a cookie.' : faults.join('\n'));
process.exitCode = faults.length === 0 ? 0 : 1;
