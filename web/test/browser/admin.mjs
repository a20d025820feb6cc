// Manages an account as an admin on a phone, while its owner is signed in elsewhere: disables it, finds that in the audit
// log, checks the log's integrity, enables it again, gives it limits of its own and announces something. Arguments: app address, source of the human check's answers, the
// admin's e-mail and password, the owner's, folder for pictures. Prints one JSON line with what it saw; any failure exits
// with its message.
import { join } from 'node:path';

import { downloadsShown, launch, sendSignIn, signInShown, watchFaults } from './person.mjs';
import { still } from './steps.mjs';
import { standIn } from './turnstile.mjs';

const [app, answers, adminEmail, adminPassword, email, password, out] = process.argv.slice(2);

const browser = await launch();
const faults = [];

async function person(viewport) {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce' });
  await standIn(context, answers);
  // Not signed in, or no longer.
  watchFaults(context, faults, /401/);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(`${app}/login`);
  return page;
}

let pictures = 0;
async function picture(page, name) {
  await still(page);
  pictures += 1;
  await page.screenshot({ path: join(out, `admin-${pictures}-${name}.png`) });
}

async function act(page, name) {
  await page.getByRole('button', { name: `Actions for ${email}` }).click();
  await page.getByRole('menuitem', { name }).click();
}

try {
  const owner = await person({ width: 1280, height: 900 });
  await sendSignIn(owner, email, password);
  await downloadsShown(owner);
  const admin = await person({ width: 390, height: 844 });
  await sendSignIn(admin, adminEmail, adminPassword);
  await downloadsShown(admin);

  await admin.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Admin' }).click();
  await admin.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name: 'Users' }).click();
  await admin.getByRole('searchbox').fill(email.slice(0, 6));
  await admin.getByText('1 account', { exact: true }).waitFor();
  await picture(admin, 'users');
  await act(admin, 'Disable');
  const dialog = admin.getByRole('dialog');
  const confirm = dialog.getByRole('button', { name: 'Disable' });
  await dialog.getByRole('textbox').fill(adminEmail);
  const early = await confirm.isEnabled();
  await dialog.getByRole('textbox').fill(email);
  await picture(admin, 'disable');
  const since = Date.now();
  await confirm.click();
  await signInShown(owner);
  const afterDisabling = Date.now() - since;
  await picture(owner, 'signed-out');
  await admin.getByText(`Disabled ${email}.`).waitFor();
  await sendSignIn(owner, email, password);
  await owner.getByText('Wrong e-mail address or password').waitFor();

  await act(admin, 'Audit log entries');
  const log = admin.getByRole('list', { name: 'Audit log' });
  await log.getByText('Disabled an account').waitFor();
  const [entry] = await log.getByRole('listitem').allInnerTexts();
  await picture(admin, 'audit');
  await admin.getByRole('button', { name: 'Check integrity' }).click();
  await admin.getByText('Intact', { exact: true }).waitFor();
  await picture(admin, 'chain');
  await admin.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();

  await admin.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name: 'Users' }).click();
  await act(admin, 'Enable');
  await admin.getByRole('dialog').getByRole('button', { name: 'Enable' }).click();
  await admin.getByText(`Enabled ${email}.`).waitFor();
  await sendSignIn(owner, email, password);
  await downloadsShown(owner);

  // Its page: limits of its own, which the owner sees, and a reset; then an announcement that reaches the owner's open page.
  await admin.getByRole('link', { name: email }).click();
  await admin.getByRole('button', { name: 'Give own limits' }).click();
  const limits = admin.getByRole('dialog');
  await limits.getByRole('combobox', { name: 'Storage' }).selectOption({ label: 'Other' });
  await limits.getByRole('textbox', { name: 'Storage (GiB)' }).fill('3');
  await limits.getByRole('textbox', { name: /Reason/ }).fill('Moving house');
  await picture(admin, 'limits');
  await limits.getByRole('button', { name: 'Save' }).click();
  await admin.getByText(/of 3\.0 GiB/).waitFor();
  await admin.getByRole('button', { name: 'Send password reset' }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
  await admin.getByText(`Mailed ${email} a link`).waitFor();
  await picture(admin, 'account');
  await owner.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Usage' }).click();
  await owner.getByText(/limits of your own: storage 3\.0 GiB/).waitFor();
  await admin.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name: 'Users' }).click();
  await admin.getByRole('navigation', { name: 'Users' }).getByRole('link', { name: 'Announcement' }).click();
  await admin.getByRole('textbox', { name: /Text/ }).fill('Maintenance tonight.');
  const told = Date.now();
  await admin.getByRole('button', { name: 'Announce', exact: true }).click();
  await owner.getByText('Maintenance tonight.').waitFor();
  const afterAnnouncing = Date.now() - told;
  await picture(owner, 'announcement');

  console.log(JSON.stringify({ afterDisabling, afterAnnouncing, early, entry, faults }));
} finally {
  await browser.close();
}
