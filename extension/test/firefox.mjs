// Uses the built extension in Firefox against a running server: connects, turns on clicks on magnet links, clicks on a
// page that forbids scripts and styles, sees the download in the popup and disconnects. Arguments: the server's address,
// e-mail, password. Prints one JSON line with what it saw.
//
// The browser doesn't ask before it grants permissions, as nobody could answer, and the extension's address is fixed.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

import puppeteer from 'puppeteer-core';

const [server, email, password] = process.argv.slice(2);
const uuid = '5d8c1f0e-6a0b-4b7a-9d55-0d3f6a1c2b34';
const magnet = randomBytes(20).toString('hex');

const site = createServer((_, answer) => {
  answer
    .writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': "default-src 'none'" })
    .end(`<title>site</title><a id="magnet" href="magnet:?xt=urn:btih:${magnet}">magnet</a>`);
});
await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${site.address().port}/`;

const browser = await puppeteer.launch({
  browser: 'firefox',
  executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
  headless: true,
  args: ['--remote-allow-system-access'], // without, it opens no page of an extension
  extraPrefsFirefox: { 'extensions.webextensions.uuids': JSON.stringify({ 'extension@longhaul': uuid }), 'extensions.webextOptionalPermissionPrompts': false },
});

const page = await browser.newPage();

/** Opens a page of the extension. That it is loaded is not reported; what is on it tells. */
async function open(path, selector) {
  void page.goto(`moz-extension://${uuid}/${path}`).catch(() => undefined);
  await page.waitForSelector(selector, { timeout: 60_000 });
}

const textOn = (tab, words) => tab.waitForFunction((wanted) => document.body?.innerText.includes(wanted), { timeout: 60_000 }, words);
const button = (tab, name) => tab.waitForSelector(`::-p-xpath(//button[normalize-space()="${name}"])`, { timeout: 60_000 });

/** Waits for the window in which the server asks. */
async function asked() {
  const target = await browser.waitForTarget((each) => each.url().includes('/connect?') || each.url().includes('/login'), { timeout: 60_000 });
  return target.page();
}

async function connect() {
  await open('options.html', '#server');
  await page.type('#server', server);
  await page.click('button[type=submit]');
  const window = await asked();
  await (await window.waitForSelector('input[type=email]', { timeout: 60_000 })).type(email);
  await (await window.waitForSelector('input[type=password]')).type(password);
  await (await button(window, 'Sign in')).click();
  await (await button(window, 'Connect')).click();
  await textOn(page, 'Disconnect');
}

/** Waits until the extension knows that the server has it. */
const sent = (part) =>
  page.waitForFunction(async (wanted) => (await globalThis.browser.storage.local.get('items')).items?.some(({ state, source }) => state === 'sent' && source.includes(wanted)), { timeout: 60_000, polling: 200 }, part);

try {
  await browser.installExtension(new URL('../.output/firefox', import.meta.url).pathname);
  await connect();
  await (await page.waitForSelector('::-p-xpath(//label[contains(., "On every site")]/input)')).click();
  await page.waitForFunction(async () => (await globalThis.browser.scripting.getRegisteredContentScripts()).length === 1, { polling: 200 });
  const tab = await browser.newPage();
  await tab.goto(origin);
  await tab.click('#magnet');
  await sent(magnet);
  await page.bringToFront();
  await open('popup.html', 'ul[aria-label="Downloads"], ul[aria-label="Ready"]');
  await textOn(page, magnet.slice(0, 12));
  const shown = await page.evaluate(() => document.body.innerText);
  await open('options.html', 'dl');
  await (await button(page, 'Disconnect')).click();
  await textOn(page, 'The server no longer accepts this browser.');
  console.log(JSON.stringify({ magnet, shown }));
} finally {
  await browser.close();
  site.close();
  site.closeAllConnections();
}
