// Uses the built extension in Chromium against a running server as a person would. Arguments: the server's address,
// e-mail, password, address below which the server can fetch any file. Prints one JSON line with what it saw.
//
// Three things differ from an installed extension. Its copy here has the server's host permission and the one for
// notifications from the start, because a browser without a window has nobody to grant them. The items of the context
// menu, which belong to the desktop, are dispatched to their listener. And the popup is a tab, so it is told which tab
// the user looks at.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

const [server, email, password, file] = process.argv.slice(2);
const work = await mkdtemp(join(tmpdir(), 'longhaul-extension-'));
const arrived = [];

// Stands between the extension and the server, and stops a submission where the test wants the browser to die.
const gate = { stop: 'nowhere', reached: undefined, release: undefined };

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
const front = `http://localhost:${proxy.address().port}`;

const copy = join(work, 'extension');
await cp(new URL('../.output/chrome', import.meta.url), copy, { recursive: true });
const manifest = JSON.parse(await readFile(join(copy, 'manifest.json'), 'utf8'));
await writeFile(join(copy, 'manifest.json'), JSON.stringify({ ...manifest, host_permissions: ['http://localhost/*'], permissions: [...manifest.permissions, 'notifications'], optional_permissions: [] }));

const context = await chromium.launchPersistentContext(join(work, 'profile'), {
  executablePath: process.env.CHROMIUM ?? '/usr/lib/chromium/chromium',
  ignoreDefaultArgs: ['--disable-extensions'],
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-sync',
    `--disable-extensions-except=${copy}`, `--load-extension=${copy}`, '--disable-features=DisableLoadExtensionCommandLineSwitch',
  ],
});
context.setDefaultTimeout(60_000);

const worker = async () => context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));

const id = new URL((await worker()).url()).host;
const page = await context.newPage();

async function pick(info) {
  await (await worker()).evaluate((given) => chrome.contextMenus.onClicked.dispatch(given), info);
}

async function connect() {
  await page.goto(`chrome-extension://${id}/options.html`);
  await page.getByLabel('Address of your server').fill(front);
  const [window] = await Promise.all([context.waitForEvent('page'), page.getByRole('button', { name: 'Connect' }).click()]);
  return window;
}

async function approve(window) {
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

const popup = () => page.goto(`chrome-extension://${id}/popup.html`);
const inList = (list, name) => page.getByRole('list', { name: list, exact: true }).getByRole('listitem').filter({ hasText: name });
const entry = (name, word) => page.getByRole('listitem').filter({ hasText: name }).getByText(word, { exact: true });

/** Waits until the extension knows that the server has it. */
async function sent(name) {
  await page.waitForFunction(async (part) => (await chrome.storage.local.get('items')).items?.some(({ state, source }) => state === 'sent' && source.includes(part)), name);
}

/** Copies the link of what is ready and returns what it downloads. */
async function downloaded(name) {
  await page.evaluate(() => {
    globalThis.copied = new Promise((resolve) => (navigator.clipboard.writeText = async (text) => resolve(text)));
  });
  await inList('Ready', name).getByRole('button', { name: /^Copy link/ }).click();
  return (await fetch(await page.evaluate(() => globalThis.copied))).text();
}

/** Chooses two of the links of a page that does what it can against being read, and sends them. */
async function scan() {
  const site = await context.newPage();
  const links = Array.from({ length: 10_000 }, (_, at) => `<a href="${file}/scan-${at}.torrent">x</a>`).join('');
  const body =
    `<form name="querySelectorAll"></form><form name="querySelector"></form><form name="body"></form><a href="javascript:alert(1)//.torrent">x</a>` +
      `<a href="file:///etc/x.torrent">x</a><a href="magnet:?xt=urn:btih:${'ab'.repeat(20)}&amp;dn=%3Cimg src=x onerror=alert(1)%3E">x</a>${links}`;
  await site.route('**/hostile', (route) => route.fulfill({ contentType: 'text/html', body }));
  await site.goto(`${front}/hostile`);
  const tab = await (await worker()).evaluate(async (url) => (await chrome.tabs.query({ url })).at(-1).id, `${front.replace(/:\d+$/, '')}/hostile`);
  await popup();
  await page.evaluate((chosen) => (chrome.tabs.query = async () => [{ id: chosen }]), tab);
  await page.getByRole('button', { name: 'Find links on this page' }).click();
  await page.getByRole('checkbox', { name: '<img src=x onerror=alert(1)>' }).waitFor();
  const listed = await page.getByRole('list', { name: 'Links on this page' }).getByRole('listitem').count();
  const counted = await page.getByRole('heading', { level: 2 }).innerText();
  for (const name of ['scan-3.torrent', 'scan-4.torrent']) await page.getByRole('checkbox', { name }).check();
  await page.getByRole('button', { name: 'Send 2 links' }).click();
  for (const name of ['scan-3.torrent', 'scan-4.torrent']) await sent(name);
  await site.close();
  return { listed, counted };
}

/** Turns notifications on, sends a link, is notified once it is ready and clicks. */
async function notified() {
  await page.goto(`chrome-extension://${id}/options.html`);
  await page.getByRole('checkbox', { name: 'Ready' }).check();
  await page.waitForFunction(async () => (await chrome.storage.local.get('told')).told !== undefined);
  await popup();
  await pick({ menuItemId: 'link', linkUrl: `${file}/notified.bin` });
  const link = await inList('Ready', 'notified').getByRole('link').getAttribute('href');
  const job = link.split('/').at(-1);
  await page.waitForFunction(
    async (wanted) => {
      await chrome.runtime.sendMessage('work').catch(() => undefined);
      return wanted in (await chrome.notifications.getAll());
    },
    job,
    { polling: 500 },
  );
  const [opened] = await Promise.all([context.waitForEvent('page'), (await worker()).evaluate((given) => chrome.notifications.onClicked.dispatch(given), job)]);
  await opened.waitForURL(link);
  await opened.close();
}

async function kill() {
  const session = await context.newCDPSession(page);
  await session.send('ServiceWorker.enable');
  await session.send('ServiceWorker.stopAllWorkers');
  await session.detach();
}

/** Sends a link and kills the worker at the moment that the promise waits for; afterwards the user tries again. */
async function killed(name, moment) {
  await popup();
  const reached = moment();
  await pick({ menuItemId: 'link', linkUrl: `${file}/${name}.bin` });
  await reached;
  await kill();
  gate.stop = 'nowhere';
  gate.release?.();
  await page.getByRole('button', { name: 'Try now' }).click();
  await sent(name);
}

/** The moment at which the gate stops a submission. */
function stopped(stop) {
  gate.stop = stop;
  return new Promise((resolve) => (gate.reached = resolve));
}

/** The moment at which the worker has the answer and stores it, which it never finishes. */
async function unstored() {
  await (await worker()).evaluate(() => {
    const area = chrome.storage.local;
    const set = area.set.bind(area);
    globalThis.held = new Promise((resolve) => {
      area.set = (given) => {
        if (!given.items?.some(({ state, source }) => state === 'sent' && source.includes('killed-unstored'))) return set(given);
        resolve();
        return new Promise(() => undefined);
      };
    });
  });
  return { reached: (await worker()).evaluate(() => globalThis.held) };
}

try {
  await approve(await connect());
  await popup();
  await pick({ menuItemId: 'link', linkUrl: `${file}/plain.bin` });
  for (const linkUrl of ['javascript:alert(1)', 'file:///etc/passwd']) await pick({ menuItemId: 'link', linkUrl });
  // The popup was open before: it learns from the stream.
  await inList('Ready', 'plain').waitFor();
  const content = await downloaded('plain');
  await sent('plain');
  const items = await page.evaluate(async () => (await chrome.storage.local.get('items')).items.length);
  const { listed, counted } = await scan();
  await notified();

  await killed('killed-before', () => stopped('before'));
  await killed('killed-after', () => stopped('after'));
  const { reached } = await unstored();
  await killed('killed-unstored', () => reached);

  // The account's owner revokes the device in the app.
  const app = await context.newPage();
  await app.goto(`${front}/settings`);
  await app.getByRole('button', { name: /^Revoke the token Chromium on / }).click();
  await app.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await app.getByText('No tokens yet.').or(app.getByText(/Revoked the token/)).first().waitFor();
  await pick({ menuItemId: 'selection', selectionText: `see ${file}/kept.bin.` });
  await popup();
  const told = await page.getByRole('alert').innerText();
  await entry('kept', 'Waiting').waitFor();
  const badge = await (await worker()).evaluate(() => chrome.action.getBadgeText({}));
  await approve(await connect());
  await popup();
  await sent('kept');

  await page.goto(`chrome-extension://${id}/options.html`);
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByText('The server no longer accepts this browser.').waitFor();
  console.log(JSON.stringify({ id, items, content, listed, counted, told, badge, arrived }));
} finally {
  await context.close();
  proxy.close();
  proxy.closeAllConnections();
  await rm(work, { recursive: true, force: true });
}
