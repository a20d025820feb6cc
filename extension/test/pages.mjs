// Uses the built extension in Chromium on pages that wish it ill, and on a site that gives torrent files only to those
// who are signed in. Arguments: the server's address, e-mail, password. Prints one JSON line with what it saw.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

import { approve, connect, context, end, id, inList, page, pick, popup, sent, until, worker } from './stand.mjs';

const hash = () => randomBytes(20).toString('hex');
const evil = encodeURIComponent('<img src=x onerror="globalThis.pwned=1"><script>globalThis.pwned=1</script>');
const magnets = { clicked: hash(), self: hash(), told: hash(), framed: hash(), modified: hash(), later: hash() };
const linkTo = (name) => `<a id="${name}" href="magnet:?xt=urn:btih:${magnets[name]}&amp;dn=${evil}">${name}</a>`;

// What it can do without a user's click: click links itself, dress up as the extension, and look for a way to it.
const hostile = `<!doctype html><title>hostile</title><form name="querySelector"></form>
  ${linkTo('clicked')} ${linkTo('self')} ${linkTo('modified')} ${linkTo('later')}
  <a id="script" href="javascript:globalThis.pwned=1">x</a> <a id="data" href="data:text/html,x">x</a> <a id="local" href="file:///etc/passwd">x</a>
  <iframe name="inner" srcdoc='${linkTo('framed')}'></iframe>
  <script>
    addEventListener('click', (event) => (globalThis.seen = event.target.id), true);
    const link = document.getElementById('self');
    globalThis.clickMyself = () => {
      link.click();
      link.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, composed: true }));
      globalThis.acted = true;
    };
    const message = { magnet: 'magnet:?xt=urn:btih:${magnets.told}' };
    postMessage(message, '*');
    for (const event of ['message', 'longhaul', 'magnet']) dispatchEvent(new CustomEvent(event, { detail: message }));
    // It holds on to what is shown over it, to read it at leisure.
    new MutationObserver((list) => list.forEach(({ removedNodes }) => document.documentElement.append(...removedNodes))).observe(document.documentElement, { childList: true });
    globalThis.reaches = typeof globalThis.chrome?.runtime?.sendMessage === 'function';
    globalThis.readable = fetch('chrome-extension://' + '${id}' + '/magnet-click.js').then(() => true, () => false);
  </script>`;

const name = `here-${hash()}.bin`;
const torrent = Buffer.concat([Buffer.from(`d4:infod6:lengthi16384e4:name${name.length}:${name}12:piece lengthi16384e6:pieces20:`), randomBytes(20), Buffer.from('ee')]);

const site = createServer((asked, answer) => {
  const html = (body, headers = {}) => answer.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...headers }).end(body);
  const signedIn = asked.headers.cookie?.includes('site=ada');
  if (asked.url === '/hostile') html(hostile);
  else if (asked.url === '/sign-in') html('signed in <a href="/own.torrent">own</a>', { 'Set-Cookie': 'site=ada; HttpOnly; SameSite=Lax' });
  else if (asked.url === '/own.torrent' && signedIn) answer.writeHead(200, { 'Content-Type': 'application/x-bittorrent' }).end(torrent);
  else html('Please sign in');
});
await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${site.address().port}`;

const items = () => page.evaluate(async () => (await chrome.storage.local.get('items')).items ?? []);

/** Opens the popup over a tab, which it takes for the one that the user looks at. */
async function popupOver(url) {
  const tab = await (await worker()).evaluate(async (path) => (await chrome.tabs.query({})).find((each) => each.url?.endsWith(path)), url);
  await page.addInitScript((found) => (chrome.tabs.query = async () => [found]), tab);
  await popup();
}

/** Everything that is written on a page, also where its own scripts can't look. */
async function writtenOn(tab) {
  const session = await context.newCDPSession(tab);
  const { root } = await session.send('DOM.getDocument', { depth: -1, pierce: true });
  await session.detach();
  return JSON.stringify(root);
}

async function clicks() {
  const tab = await context.newPage();
  await tab.goto(`${origin}/hostile`);
  await popupOver('/hostile');
  const choice = page.getByRole('checkbox', { name: 'Send magnet links that I click on 127.0.0.1' });
  await choice.check();
  await until(async () => (await chrome.scripting.getRegisteredContentScripts()).length === 1);
  await tab.bringToFront();
  await tab.reload(); // the page's scripts act again, now with ours in the page
  await tab.click('#modified', { modifiers: ['Alt'] });
  for (const other of ['#script', '#data', '#local']) await tab.click(other);
  await tab.evaluate(() => delete globalThis.pwned); // what its own link did
  await tab.frameLocator('[name=inner]').locator('#framed').click();
  await tab.dblclick('#clicked');
  await sent(magnets.clicked);
  await tab.waitForFunction(() => document.documentElement.lastElementChild.localName === 'div');
  const told = (await writtenOn(tab)).includes('Sent to Longhaul');
  const knows = await tab.evaluate(async () => {
    globalThis.clickMyself();
    const { textContent, lastElementChild } = document.documentElement;
    return { acted: globalThis.acted, reaches: globalThis.reaches, readable: await globalThis.readable, text: textContent.includes('Sent to'), root: lastElementChild.shadowRoot !== null };
  });
  await popup();
  await choice.uncheck();
  await until(async () => (await chrome.scripting.getRegisteredContentScripts()).length === 0);
  await tab.bringToFront();
  await tab.click('#later'); // our script is still in the page, and nobody hears it
  await pick({ menuItemId: 'link', linkUrl: `magnet:?xt=urn:btih:${magnets.clicked}&dn=${evil}&x=menu` });
  // The server has it already, and says so: it had both.
  await until(async () => (await chrome.storage.local.get('items')).items.some(({ state, source }) => state === 'refused' && source.includes('x=menu')));
  await popup();
  const pwned = (await page.evaluate(() => globalThis.pwned)) ?? (await tab.evaluate(() => globalThis.pwned));
  await tab.close();
  return { told, ...knows, pwned: pwned ?? 0, sent: (await items()).map(({ source }) => source.slice(0, 60)) };
}

async function torrents() {
  await pick({ menuItemId: 'torrent', linkUrl: `${origin}/own.torrent` });
  await until(async () => (await chrome.storage.local.get('items')).items.some(({ here, state }) => here && state === 'refused'));
  const refused = (await items()).find(({ here }) => here).answer.title;
  const tab = await context.newPage();
  await tab.goto(`${origin}/sign-in`);
  await popupOver('/sign-in');
  await page.getByRole('button', { name: 'Find links on this page' }).click();
  await page.getByRole('checkbox', { name: 'own.torrent' }).check();
  await page.getByRole('checkbox', { name: 'Let me choose the files first' }).check();
  await page.getByRole('checkbox', { name: 'Fetch torrent files here' }).check();
  await page.getByRole('button', { name: 'Send 1 link' }).click();
  await inList('Downloads', name).getByText('Choose files').waitFor();
  await tab.close();
  return refused;
}

try {
  await approve(await connect());
  const saw = await clicks();
  const refused = await torrents();
  await page.goto(`chrome-extension://${id}/options.html`);
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByText('The server no longer accepts this browser.').waitFor();
  console.log(JSON.stringify({ ...saw, magnets, refused, name }));
} finally {
  await end();
  site.close();
  site.closeAllConnections();
}
