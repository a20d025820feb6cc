// The built extension in Chromium before a running server. The script's first arguments are the server's address, e-mail
// and password.
//
// Three things differ from an installed extension. Its copy here has the host permissions of the server and of the
// test's site, and the one for notifications, from the start, because a browser without a window has nobody to grant
// them. The items of the context menu, which belong to the desktop, are dispatched to their listener. And the popup is a
// tab, so it is told which tab the user looks at.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

const [server, email, password] = process.argv.slice(2);
const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const work = await mkdtemp(join(tmpdir(), 'longhaul-extension-'));

/** What the server was asked by the extension. */
export const arrived = [];

/** Stands between the extension and the server, and stops a submission where the test wants the browser to die. */
export const gate = { stop: 'nowhere', reached: undefined, release: undefined };

const pause = () =>
  new Promise((resolve) => {
    gate.release = resolve;
    gate.reached();
  });

const proxy = createServer(async (asked, answer) => {
  const body = [];
  for await (const chunk of asked) body.push(chunk);
  const submits = asked.method === 'POST' && asked.url === '/api/v1/jobs';
  if (asked.headers.origin?.startsWith('chrome-extension://')) {
    const { origin, cookie, 'sec-fetch-site': site } = asked.headers;
    arrived.push({ what: `${asked.method} ${asked.url}`, origin, site, cookie: cookie !== undefined });
  }
  if (submits && gate.stop === 'before') {
    await pause();
    answer.destroy();
    return;
  }
  const target = new URL(asked.url, server);
  const onward = request(target, { method: asked.method, headers: { ...asked.headers, host: target.host } }, async (got) => {
    if (submits && gate.stop === 'after') {
      got.resume();
      await pause();
      answer.destroy();
      return;
    }
    answer.writeHead(got.statusCode, got.headers);
    got.pipe(answer);
  });
  answer.on('close', () => onward.destroy());
  onward.on('error', () => answer.destroy());
  onward.end(Buffer.concat(body));
});
await new Promise((resolve) => proxy.listen(0, 'localhost', resolve));

/** The server's address for the browser. */
export const front = `http://localhost:${proxy.address().port}`;

const copy = join(work, 'extension');
await cp(new URL('../.output/chrome', import.meta.url), copy, { recursive: true });
const manifest = JSON.parse(await readFile(join(copy, 'manifest.json'), 'utf8'));
await writeFile(join(copy, 'manifest.json'), JSON.stringify({ ...manifest, host_permissions: ['http://localhost/*', 'http://127.0.0.1/*'], permissions: [...manifest.permissions, 'notifications'], optional_permissions: [] }));


export const context = await chromium.launchPersistentContext(join(work, 'profile'), {
  executablePath: process.env.CHROMIUM ?? '/usr/lib/chromium/chromium',
  ignoreDefaultArgs: ['--disable-extensions'],
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-sync',
    `--disable-extensions-except=${copy}`, `--load-extension=${copy}`, '--disable-features=DisableLoadExtensionCommandLineSwitch',
  ],
});
context.setDefaultTimeout(60_000);

/** The extension's background. */
export const worker = async () => context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));

export const id = new URL((await worker()).url()).host;
export const page = await context.newPage();

/** Picks an item of the context menu. */
export async function pick(info) {
  await (await worker()).evaluate((given) => chrome.contextMenus.onClicked.dispatch(given), info);
}

/** Asks for a connection and returns the window in which the server asks. */
export async function connect() {
  await page.goto(`chrome-extension://${id}/options.html`);
  await page.getByLabel('Address of your server').fill(front);
  const [window] = await Promise.all([context.waitForEvent('page'), page.getByRole('button', { name: 'Connect' }).click()]);
  return window;
}

/** Signs in if need be and approves. */
export async function approve(window) {
  const button = window.getByRole('button', { name: 'Connect', exact: true });
  const mail = window.getByLabel(/e-?mail/i);
  await button.or(mail).first().waitFor();
  if (await mail.isVisible()) {
    await mail.fill(email);
    await window.getByLabel(/^password/i).fill(password);
    await window.getByRole('button', { name: 'Sign in', exact: true }).click();
  }
  await button.click();
  await page.getByRole('button', { name: 'Disconnect' }).waitFor();
}

export const popup = () => page.goto(`chrome-extension://${id}/popup.html`);
export const inList = (list, name) => page.getByRole('list', { name: list, exact: true }).getByRole('listitem').filter({ hasText: name });

/** Waits until a question to the extension's page is answered with yes. (For waitForFunction, a promise is a yes.) */
export async function until(question, about) {
  const end = Date.now() + 60_000;
  while (!(await page.evaluate(question, about))) {
    if (Date.now() > end) throw new Error(`not within a minute: ${question}`);
    await page.waitForTimeout(100);
  }
}

/** Waits until the extension knows that the server has it. */
export async function sent(name) {
  await until(async (part) => (await chrome.storage.local.get('items')).items?.some(({ state, source }) => state === 'sent' && source.includes(part)), name);
}

/** What axe has against the extension's page as it is now, in both colour schemes. */
export async function barriers(where) {
  const out = [];
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axeSource);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    for (const { id: rule, nodes } of violations) out.push(`${where}, ${colorScheme}: ${rule}: ${nodes.slice(0, 3).map(({ target, failureSummary }) => `${target} ${failureSummary}`).join(' | ')}`);
  }
  await page.emulateMedia({ colorScheme: null });
  return out;
}

/** Ends the browser and takes away what it left. */
export async function end() {
  await context.close();
  proxy.close();
  proxy.closeAllConnections();
  await rm(work, { recursive: true, force: true });
}
