// Uses the built extension in Chromium against a running server as a person would. Arguments: the server's address,
// e-mail, password, address below which the server can fetch any file. Prints one JSON line with what it saw.
import { approve, arrived, barriers, connect, context, end, front, gate, id, inList, page, pick, popup, sent, until, worker } from './stand.mjs';

const file = process.argv[5];
const faults = []; // what axe finds

const entry = (name, word) => page.getByRole('listitem').filter({ hasText: name }).getByText(word, { exact: true });

/** Copies the link of what is ready and returns what it downloads. */
async function downloaded(name) {
  await page.evaluate(() => {
    globalThis.copied = new Promise((resolve) => (navigator.clipboard.writeText = async (text) => resolve(text)));
  });
  await inList('Ready', name).getByRole('button', { name: /^Copy link/ }).click();
  return (await fetch(await page.evaluate(() => globalThis.copied))).text();
}

/** Plays what is no film, and then what is one; returns the path of the page that opens. */
async function played() {
  await inList('Ready', 'plain').getByRole('button', { name: /^Play / }).click();
  await inList('Ready', 'plain').getByText('None of its files is a film or music.').waitFor();
  await pick({ menuItemId: 'link', linkUrl: `${file}/film.mp4` });
  const play = inList('Ready', 'film.mp4').getByRole('button', { name: /^Play / });
  await play.waitFor();
  const [opened] = await Promise.all([context.waitForEvent('page'), play.click()]);
  await opened.waitForURL(`${front}/**`);
  const { pathname } = new URL(opened.url());
  await opened.close();
  return pathname;
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
  faults.push(...(await barriers('links of a page')));
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
  await until(async () => (await chrome.storage.local.get('told')).told !== undefined);
  await popup();
  await pick({ menuItemId: 'link', linkUrl: `${file}/notified.bin` });
  const link = await inList('Ready', 'notified').getByRole('link').getAttribute('href');
  const job = link.split('/').at(-1);
  await until(async (wanted) => {
    await chrome.runtime.sendMessage('work').catch(() => undefined);
    return wanted in (await chrome.notifications.getAll());
  }, job);
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
  const window = await connect();
  faults.push(...(await barriers('settings before the connection')));
  await approve(window);
  faults.push(...(await barriers('settings')));
  await popup();
  await pick({ menuItemId: 'link', linkUrl: `${file}/plain.bin` });
  for (const linkUrl of ['javascript:alert(1)', 'file:///etc/passwd']) await pick({ menuItemId: 'link', linkUrl });
  // The popup was open before: it learns from the stream.
  await inList('Ready', 'plain').waitFor();
  faults.push(...(await barriers('popup')));
  const content = await downloaded('plain');
  await sent('plain');
  const items = await page.evaluate(async () => (await chrome.storage.local.get('items')).items.length);
  const player = await played();
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
  faults.push(...(await barriers('popup after the access was revoked')));
  const badge = await (await worker()).evaluate(() => chrome.action.getBadgeText({}));
  await approve(await connect());
  await popup();
  await sent('kept');

  await page.goto(`chrome-extension://${id}/options.html`);
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByText('The server no longer accepts this browser.').waitFor();
  console.log(JSON.stringify({ id, items, content, listed, counted, told, badge, player, faults, arrived }));
} finally {
  await end();
}
