// Takes the pictures of the stores' listing, store/*.png, with the built extension in Chromium against a running server.
// Arguments: the server's address, e-mail, password. The server's agents fetch from this script, so AGENT_ALLOW_CIDRS has
// to have 127.0.0.0/8. What was downloaded is deleted afterwards. Fails if a picture is larger than 150 KiB.
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { approve, connect, context, end, front, inList, page, pick, popup, sent, until, worker } from './stand.mjs';

const most = 150 * 1024;
const [, , , email, password] = process.argv;
const store = new URL('../store/', import.meta.url);
const megabyte = Buffer.alloc(1 << 20);
const files = new Map([
  ['/Elephants.Dream.2006.1080p.mkv', { size: 96, first: 61 }],
  ['/Tears.of.Steel.2012.1080p.mkv', { size: 120, first: 27 }],
  ['/Big.Buck.Bunny.2008.720p.mp4', { size: 24, first: 24 }],
  ['/Moby-Dick.audiobook.zip', { size: 9, first: 9 }],
]);

const films = ['Big Buck Bunny (2008)', 'Sintel (2010)', 'Tears of Steel (2012)', 'Cosmos Laundromat (2015)', 'Spring (2019)', 'Coffee Run (2020)', 'Sprite Fright (2021)', 'Charge (2022)', 'Wing It! (2023)'];
const hash = (at) => (at + 17).toString(16).padStart(2, '0').repeat(20);
const row = (name, at) => `<li><b>${name}</b><a href="magnet:?xt=urn:btih:${hash(at)}&amp;dn=${encodeURIComponent(name)}">Magnet link</a></li>`;
const archive = `<!doctype html><html lang="en"><title>Open films</title>
  <style>
    :root { color-scheme: light dark; font: 18px/1.5 system-ui, sans-serif; background: light-dark(#eef2f5, #10161b); color: light-dark(#1c2630, #dfe6ec) }
    main { max-width: 1120px; margin: 56px 64px } h1 { margin: 0 0 4px; font-size: 40px } p { margin: 0 0 28px }
    ul { margin: 0; padding: 0; list-style: none } li { display: flex; justify-content: space-between; padding: 13px 0; border-top: 1px solid light-dark(#ccd6de, #2c3842) }
    li { max-width: 640px } a { color: light-dark(#0a5c8f, #7fc4f5) }
  </style><main><h1>Open films</h1><p>Free to watch, share and remix.</p><ul>${films.map(row).join('')}</ul></main></html>`;

/** The beginning of a file at once, and the rest slowly. */
async function* pieces({ size, first }) {
  for (let at = 0; at < size; at += 1) {
    if (at >= first) await new Promise((resolve) => setTimeout(resolve, 700));
    yield megabyte;
  }
}

/** Gives a file for as long as it is asked for. */
function serve(answer, file) {
  answer.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': file.size << 20 });
  pipeline(Readable.from(pieces(file)), answer).catch(() => undefined);
}

const site = createServer((asked, answer) => {
  const file = files.get(asked.url);
  if (file) serve(answer, file);
  else answer.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(archive);
});
await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${site.address().port}`;

async function keep(name, from) {
  const picture = await from.screenshot({ animations: 'disabled' });
  if (picture.length > most) throw new Error(`${name} has ${picture.length} bytes`);
  await writeFile(new URL(`${name}.png`, store), picture);
}

const inline = (picture) => `data:image/png;base64,${picture.toString('base64')}`;

/** Shows the popup over the site, where the browser shows it. */
async function keepPopup(name, tab, colorScheme) {
  await tab.emulateMedia({ colorScheme });
  await page.emulateMedia({ colorScheme });
  await page.evaluate(() => (document.documentElement.style.zoom = '1.25'));
  const [under, over] = [await tab.screenshot(), await page.locator('body').screenshot()];
  const both = await context.newPage();
  await both.setViewportSize({ width: 1280, height: 800 });
  await both.setContent(
    `<body style="margin:0;overflow:hidden"><img src="${inline(under)}" style="display:block"><img src="${inline(over)}"
      style="position:fixed;top:16px;right:32px;max-height:768px;border-radius:10px;box-shadow:0 0 0 1px #8886,0 12px 40px #0006">`,
  );
  await both.waitForFunction(() => [...document.images].every(({ complete }) => complete));
  await keep(name, both);
  await both.close();
}

async function siteTab() {
  const tab = await context.newPage();
  await tab.setViewportSize({ width: 1280, height: 800 });
  await tab.goto(`${origin}/films`);
  const known = await (await worker()).evaluate(async () => (await chrome.tabs.query({})).find(({ url }) => url?.endsWith('/films')));
  await page.addInitScript((found) => (chrome.tabs.query = async () => [found]), known);
  return tab;
}

async function keepConnection() {
  const app = await context.newPage();
  await app.goto(`${front}/login`);
  await app.getByLabel(/e-?mail/i).fill(email);
  await app.getByLabel(/^password/i).fill(password);
  await app.getByRole('button', { name: 'Sign in', exact: true }).click();
  await app.getByRole('navigation', { name: 'Pages' }).waitFor();
  await app.close();
  const window = await connect();
  await window.setViewportSize({ width: 1280, height: 800 });
  await window.getByRole('button', { name: 'Connect', exact: true }).waitFor();
  await keep('connect', window);
  await approve(window);
}

/** Deletes what the pictures needed. */
async function clear() {
  await page.evaluate(async () => {
    const { connection, items = [] } = await chrome.storage.local.get();
    for (const { jobId } of items) if (jobId) await fetch(`${connection.server}/api/v1/jobs/${jobId}?final=true`, { method: 'DELETE', headers: { Authorization: `Bearer ${connection.token}` } });
  });
}

try {
  await keepConnection();
  const tab = await siteTab();
  await popup();
  for (const path of [...files.keys()].reverse()) {
    await pick({ menuItemId: 'link', linkUrl: origin + path });
    await sent(path);
  }
  for (const name of ['Moby', 'Big']) await inList('Ready', name).waitFor();
  await popup(); // with what is stored now
  await inList('Ready', 'Moby').waitFor();
  for (const name of ['Elephants', 'Tears']) await inList('Downloads', name).getByText(/ left$/).waitFor();
  await keepPopup('popup', tab, 'light');

  await popup();
  await page.getByRole('button', { name: 'Find links on this page' }).click();
  for (const name of films.slice(3, 6)) await page.getByRole('checkbox', { name }).check();
  await keepPopup('links', tab, 'dark');

  await popup();
  await page.getByRole('checkbox', { name: 'Send magnet links that I click on 127.0.0.1' }).check();
  await until(async () => (await chrome.scripting.getRegisteredContentScripts()).length === 1);
  await tab.emulateMedia({ colorScheme: 'light' });
  await tab.bringToFront();
  await tab.getByRole('link', { name: 'Magnet link' }).nth(1).click();
  await sent(hash(1));
  await tab.waitForFunction(() => document.documentElement.lastElementChild.localName === 'div');
  await keep('click', tab);
  await clear();
  await page.goto(page.url().replace('popup', 'options'));
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByText('The server no longer accepts this browser.').waitFor();
} finally {
  await end();
  site.close();
  site.closeAllConnections();
}
