// Takes a passkey through its life in Chromium, with a virtual authenticator as fingerprint reader: add one, sign
// in with it alone and after the password, rename it, remove it. Arguments: app address, where the check of persons
// gets its answers, e-mail, password, folder for pictures. Prints one JSON line with what was seen; any failure exits
// with its message.
import { join } from 'node:path';

import { downloadsShown, launch, sendSignIn, signInShown, watchFaults } from './person.mjs';
import { still } from './steps.mjs';
import { standIn } from './turnstile.mjs';

const [app, answers, email, password, out] = process.argv.slice(2);

const browser = await launch();
const faults = [];

let pictures = 0;
async function picture(page, name) {
  await still(page);
  pictures += 1;
  await page.screenshot({ path: join(out, `passkey-${String(pictures).padStart(2, '0')}-${name}.png`) });
}

/** Plugs in an authenticator that keeps passkeys and verifies its user. */
async function plugIn(context, page) {
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    verifies: (isUserVerified) => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    passkeys: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
  };
}

async function signOut(page) {
  await page.getByRole('button', { name: `Account ${email}` }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await signInShown(page);
}

/** Adds a passkey and returns the recovery codes that come with it. */
async function add(page, name) {
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await picture(page, 'new');
  await dialog.getByRole('button', { name: 'Add passkey' }).click();
  const codes = await dialog.getByLabel('Recovery codes').innerText();
  await dialog.getByRole('button', { name: "I've saved them" }).click();
  await page.getByRole('list', { name: 'Passkeys' }).getByText(name).waitFor();
  await picture(page, 'added');
  return codes.trim().split(/\s+/);
}

try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  await standIn(context, answers);
  watchFaults(context, faults, /401/); // not signed in
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const authenticator = await plugIn(context, page);

  await page.goto(`${app}/login`);
  await sendSignIn(page, email, password);
  await downloadsShown(page);
  const codes = await add(page, 'Virtual key');
  const [passkey] = await authenticator.passkeys();
  await signOut(page);

  await picture(page, 'sign-in');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await downloadsShown(page);
  await signOut(page);

  await sendSignIn(page, email, password);
  await page.getByRole('button', { name: 'Use a recovery code' }).waitFor();
  await picture(page, 'second-step');
  await page.getByRole('button', { name: 'Continue with a passkey' }).click();
  await downloadsShown(page);
  await signOut(page);

  await authenticator.verifies(false);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByText('No passkey was used').waitFor();
  await picture(page, 'not-verified');
  await authenticator.verifies(true);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await downloadsShown(page);

  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Rename the passkey Virtual key' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Old key');
  await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('button', { name: 'Remove the passkey Old key' }).click();
  await picture(page, 'remove');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByText('No passkeys yet').waitFor();
  await signOut(page);
  await sendSignIn(page, email, password);
  await downloadsShown(page);

  console.log(JSON.stringify({ codes: codes.length, host: passkey.rpId, resident: passkey.isResidentCredential, faults }));
} finally {
  await browser.close();
}
