// Shares a folder of the library in the real app in Chromium, in two acts. "share": the owner shares the folder, and a
// stranger reads what is in it and saves one file and the zip. "revoke": a stranger reads it again, and the owner ends the
// share. Arguments: act, app address, the owner's e-mail and password, name of the folder, address of the share, folder for
// what is saved. Prints one JSON line with what it saw.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { downloadsShown, launch, sendSignIn, watchFaults } from './person.mjs';
import { still } from './steps.mjs';

const [act, app, email, password, folder, address, out] = process.argv.slice(2);
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const browser = await launch();
const faults = [];

async function tab(viewport) {
  const context = await browser.newContext({ viewport, acceptDownloads: true, reducedMotion: 'reduce' });
  watchFaults(context, faults, /status of 40[149]/); // not signed in yet, and the share that has ended
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  return page;
}

async function signedIn() {
  const page = await tab({ width: 1280, height: 900 });
  await page.goto(`${app}/login`);
  await sendSignIn(page, email, password);
  await downloadsShown(page);
  return page;
}

/** Opens the share as a stranger, and returns the page with the names that it lists. */
async function visit(at) {
  const page = await tab({ width: 390, height: 844 });
  await page.goto(at);
  await page.getByRole('heading', { name: folder }).waitFor();
  const saves = page.getByRole('button', { name: /^Download \S+\.bin$/ });
  await saves.first().waitFor();
  await still(page);
  const { violations } = await page.evaluate(`${axe}; axe.run()`);
  for (const { id } of violations) faults.push(`visitor: ${id}`);
  const names = await saves.evaluateAll((all) => all.map((each) => each.getAttribute('aria-label').replace('Download ', '')));
  return { page, names: names.sort() };
}

async function save(page, button, as) {
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  await (await downloading).saveAs(join(out, as));
}

async function share() {
  const owner = await signedIn();
  await owner.goto(`${app}/files`);
  await owner.getByRole('button', { name: `Actions for ${folder}` }).click();
  await owner.getByRole('menuitem', { name: 'Share' }).click();
  await owner.getByRole('dialog', { name: 'Share files' }).getByRole('button', { name: 'Create share' }).click();
  const made = await owner.getByLabel('Link to the share').inputValue();
  const { page, names } = await visit(made);
  await save(page, 'Download second.bin', 'saved');
  await save(page, /zip/i, 'zip');
  return { address: made, names };
}

async function revoke() {
  const { page, names } = await visit(address);
  const owner = await signedIn();
  await owner.goto(`${app}/shares`);
  await owner.getByRole('button', { name: /^Actions for/ }).click();
  await owner.getByRole('menuitem', { name: 'Revoke' }).click();
  await owner.getByRole('dialog', { name: 'Revoke share?' }).getByRole('button', { name: 'Revoke' }).click();
  await owner.getByText('Revoked', { exact: true }).waitFor();
  await page.reload();
  await page.getByText('This share isn’t available').waitFor();
  return { names, gone: true };
}

try {
  const saw = act === 'share' ? await share() : await revoke();
  console.log(JSON.stringify({ ...saw, faults }));
} finally {
  await browser.close();
}
