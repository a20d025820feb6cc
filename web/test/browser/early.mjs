// Opens the downloads as someone who is signed in, and counts what goes to the server: what it names along with the
// page must go there once, and again if it failed. Arguments: app address, e-mail, password. Prints one JSON line.
import assert from 'node:assert/strict';

import { chromium } from 'playwright-core';

const [app, email, password] = process.argv.slice(2);
const early = ['/api/v1/me', '/api/v1/jobs?sort=-created&limit=100', '/api/v1/config'];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

/** Counts the requests of a context's pages, by path and status. */
function countIn(context) {
  const counts = {};
  context.on('response', (response) => {
    const { pathname, search } = new URL(response.url());
    const key = `${pathname}${search} ${response.status()}`;
    counts[key] = (counts[key] ?? 0) + 1;
  });
  return counts;
}

const context = await browser.newContext();
const stranger = countIn(context);
const page = await context.newPage();
page.setDefaultTimeout(60_000);
await page.goto(app);
await page.getByLabel(/e-?mail/i).waitFor();
assert.deepEqual(Object.keys(stranger).filter((key) => key.endsWith(' 401')), ['/api/v1/me 401'], 'what a stranger is refused');
assert.equal(stranger['/api/v1/me 401'], 1, 'how often a stranger is refused');
await page.getByLabel(/e-?mail/i).fill(email);
await page.getByLabel(/^password/i).fill(password);
await page.getByRole('button', { name: 'Sign in', exact: true }).click();
await page.getByRole('button', { name: 'Try a sample' }).waitFor();
await page.close();

const counts = countIn(context);
const again = await context.newPage();
again.setDefaultTimeout(60_000);
await again.goto(app);
await again.getByRole('button', { name: 'Try a sample' }).waitFor();
const links = await again.evaluate(() => performance.getEntriesByType('resource').map(({ name, initiatorType }) => [name, initiatorType]));
for (const path of early) {
  assert.equal(counts[`${path} 200`], 1, `how often the page asked for ${path}`);
  assert.ok(links.some(([name, kind]) => name === app.replace(/\/$/, '') + path && kind !== 'fetch'), `${path} did not go along with the page`);
}
await again.close();

// What goes along fails; the page asks itself.
const failed = {};
await context.route(
  (url) => early.includes(url.pathname + url.search),
  async (route) => {
    const { pathname } = new URL(route.request().url());
    failed[pathname] = (failed[pathname] ?? 0) + 1;
    if (failed[pathname] === 1) await route.abort('connectionreset');
    else await route.continue();
  },
);
const broken = await context.newPage();
broken.setDefaultTimeout(60_000);
await broken.goto(app);
await broken.getByRole('button', { name: 'Try a sample' }).waitFor();
console.log(JSON.stringify({ counts, failed }));
await browser.close();
