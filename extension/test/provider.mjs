// Sends a magnet link of a page to a provider other than the server's. Arguments: the server's address, e-mail,
// password, the magnet link, the provider.
import { approve, connect, context, end, front, page, popup, until, worker } from './stand.mjs';

const [, , , , , magnet, provider] = process.argv;

try {
  await approve(await connect());
  const site = await context.newPage();
  await site.route('**/links', (route) => route.fulfill({ contentType: 'text/html', body: `<a href="${magnet.replaceAll('&', '&amp;')}">x</a>` }));
  await site.goto(`${front}/links`);
  const tab = await (await worker()).evaluate(async (url) => (await chrome.tabs.query({ url })).at(-1).id, `${front.replace(/:\d+$/, '')}/links`);
  await popup();
  await page.evaluate((chosen) => (chrome.tabs.query = async () => [{ id: chosen }]), tab);
  await page.getByRole('button', { name: 'Find links on this page' }).click();
  await page.getByRole('list', { name: 'Links on this page' }).getByRole('checkbox').check();
  await page.getByLabel('Provider').selectOption(provider);
  await page.getByRole('button', { name: 'Send 1 link' }).click();
  await until(async () => (await chrome.storage.local.get('items')).items?.some(({ state }) => state === 'sent'));
  console.log(await page.evaluate(async () => (await chrome.storage.local.get('items')).items[0].jobId));
} finally {
  await end();
}
