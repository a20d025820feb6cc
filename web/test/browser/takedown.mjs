// A takedown in the real app in Chromium, in two acts. "down": a stranger sends a notice with the public form and reads what
// became of it, the admin accepts it in the console, and the owner reads that the download is blocked and has a strike, and
// objects. "back": after the clock ran out the owner downloads the file again, and the strike no longer counts. Arguments:
// act, app address, the admin's e-mail and password, the owner's, the download's name, the location that the notice names,
// folder for pictures and the file. Prints one JSON line with what it saw.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { downloadsShown, launch, sendSignIn, watchFaults } from './person.mjs';
import { still } from './steps.mjs';

const [act, app, adminEmail, adminPassword, email, password, name, location, out] = process.argv.slice(2);
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const browser = await launch();
const faults = [];

async function tab(viewport) {
  const context = await browser.newContext({ viewport, acceptDownloads: true, reducedMotion: 'reduce' });
  watchFaults(context, faults, /status of 40[13]/); // not signed in yet, and the download that is refused
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  return page;
}

async function signedIn(viewport, as, secret) {
  const page = await tab(viewport);
  await page.goto(`${app}/login`);
  await sendSignIn(page, as, secret);
  await downloadsShown(page);
  return page;
}

async function check(page, where) {
  await still(page);
  await page.screenshot({ path: join(out, `takedown-${where}.png`) });
  const { violations } = await page.evaluate(`${axe}; axe.run()`);
  for (const { id } of violations) faults.push(`${where}: ${id}`);
}

/** Fills in the six elements of 17 U.S.C. § 512(c)(3)(A) and sends them. Returns the reference and the address of the status. */
async function sendNotice(page) {
  await page.goto(`${app}/dmca`);
  await page.getByRole('link', { name: 'notice form' }).click();
  await page.getByLabel('Copyrighted work').fill('The film “One Winter at the Harbour”');
  await page.getByLabel('Where it is here').fill(location);
  await page.getByLabel('Full name').fill('Ada Holder');
  await page.getByRole('textbox', { name: 'Rights holder' }).fill('Holder Films');
  await page.getByLabel('E-mail address').fill('ada@holder.example');
  await page.getByLabel('Phone number').fill('+1 555 0100');
  await page.getByLabel('Postal address').fill('1 Main Street, Springfield');
  await page.getByLabel(/good faith/).check();
  await page.getByLabel(/penalty of perjury/).check();
  await page.getByLabel('Signature').fill('Ada Holder');
  await check(page, 'form');
  await page.getByRole('button', { name: 'Send notice' }).click();
  await page.getByText('We received your notice').first().waitFor();
  const reference = await page.locator('code').first().innerText();
  await page.getByRole('link', { name: 'See what became of it' }).click();
  await page.getByText('An administrator will read it and decide.').waitFor();
  return { reference, status: page.url() };
}

async function accept(page, reference) {
  await page.goto(`${app}/admin/notices`);
  await page.getByRole('link').filter({ hasText: reference }).click();
  await page.getByText('1 Main Street, Springfield; phone +1 555 0100').waitFor();
  await check(page, 'console');
  await page.getByRole('button', { name: 'Accept', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Accept the notice?' });
  await dialog.getByLabel('Note for the owners').fill('It is the whole film.');
  await dialog.getByRole('button', { name: 'Accept' }).click();
  await page.getByText('blocked, covers 1 download').waitFor();
}

/** Opens the page of the download. */
async function openDownload(page) {
  await page.goto(app);
  await page.getByRole('link', { name }).first().click();
  await page.getByRole('heading', { name }).first().waitFor();
}

async function object(page) {
  await page.goto(`${app}/notices`);
  await page.getByText('1 strike counts against your account.').waitFor();
  await check(page, 'owner');
  await page.getByRole('button', { name: 'Object' }).click();
  const dialog = page.getByRole('dialog', { name: 'Object to the notice' });
  await dialog.getByLabel('Full name').fill('Grace Owner');
  await dialog.getByLabel('Phone number').fill('+1 555 0199');
  await dialog.getByLabel('Postal address').fill('2 Side Street, Springfield');
  await dialog.getByLabel('Why it’s a mistake').fill('I filmed it.');
  for (const box of await dialog.getByRole('checkbox').all()) await box.check();
  await dialog.getByLabel('Signature').fill('Grace Owner');
  await dialog.getByRole('button', { name: 'Send counter-notice' }).click();
  await page.getByText('You objected.').waitFor();
}

async function down() {
  const stranger = await tab({ width: 390, height: 844 });
  const { reference, status } = await sendNotice(stranger);
  await accept(await signedIn({ width: 1280, height: 900 }, adminEmail, adminPassword), reference);
  await stranger.reload();
  await stranger.getByText('Accepted. What it names is blocked.').waitFor();

  const owner = await signedIn({ width: 390, height: 844 }, email, password);
  await openDownload(owner);
  await owner.getByText('Blocked', { exact: true }).first().waitFor();
  await check(owner, 'blocked');
  const offered = await owner.getByRole('button', { name: `Download ${name}` }).count();
  await object(owner);
  await stranger.goto(status);
  await stranger.getByText('Accepted, and the owner objected.').waitFor();
  return { reference, offered };
}

async function back() {
  const owner = await signedIn({ width: 1280, height: 900 }, email, password);
  await owner.goto(`${app}/notices`);
  await owner.getByText('0 strikes count against your account.').waitFor();
  await owner.getByText('The notice was reversed. Its strike no longer counts.').waitFor();
  await check(owner, 'reversed');
  await openDownload(owner);
  await owner.getByText('Ready', { exact: true }).first().waitFor();
  const downloading = owner.waitForEvent('download');
  await owner.getByRole('button', { name: `Download ${name}` }).first().click();
  await (await downloading).saveAs(join(out, 'restored'));
  return {};
}

try {
  const saw = await { down, back }[act]();
  console.log(JSON.stringify({ ...saw, faults }));
} finally {
  await browser.close();
}
