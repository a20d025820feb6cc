// Takes an account through its life in Chromium, as its owner would: register, confirm the address, sign in, set up
// two-step sign-in, sign in with it, reset the password, end another session, delete the account. Arguments: app
// address, mail catcher, source of the human check's answers, e-mail, folder for pictures. Prints one JSON line with
// what it saw; any failure exits with its message.
import { join } from 'node:path';

import { appCode, downloadsShown, launch, mailedLink, sendSignIn, signInShown, watchFaults } from './person.mjs';
import { still } from './steps.mjs';
import { standIn } from './turnstile.mjs';

const [app, catcher, answers, email, out] = process.argv.slice(2);
const firstPassword = 'walnut ladder over the quiet harbour';
const secondPassword = 'eleven herons beside the old canal';

const browser = await launch();
const faults = [];

async function person() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  await standIn(context, answers);
  // Not signed in, or no longer; the address isn't confirmed yet; the code was already used.
  watchFaults(context, faults, /401|403.*auth\/login$|422.*auth\/login\/totp$/);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  return page;
}

let pictures = 0;
async function picture(page, name) {
  await still(page);
  pictures += 1;
  await page.screenshot({ path: join(out, `${String(pictures).padStart(2, '0')}-${name}.png`) });
}

async function signOut(page) {
  await page.getByRole('button', { name: `Account ${email}` }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await signInShown(page);
}

async function sendCode(page, label, code) {
  await page.getByLabel(label, { exact: true }).fill(code);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function signInByRecoveryCode(page, code) {
  await sendSignIn(page, email, secondPassword);
  await page.getByRole('button', { name: 'Use a recovery code' }).click();
  await sendCode(page, 'Recovery code', code);
  await downloadsShown(page);
}

/** Returns how many milliseconds pass until the sign-in page shows. */
async function untilSignedOut(page, since) {
  await signInShown(page);
  return Date.now() - since;
}

async function register(page) {
  await page.goto(app);
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByRole('heading', { name: 'Create an account' }).waitFor();
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(firstPassword);
  await page.frameLocator('iframe').getByText('You are a person').waitFor();
  await picture(page, 'register');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByText('Check your mail').waitFor();
  await picture(page, 'register-sent');
  const link = await mailedLink(catcher, email, 1); // before it there is no account
  await page.getByRole('link', { name: 'Back to sign-in' }).click();
  await sendSignIn(page, email, firstPassword);
  await page.getByRole('link', { name: 'Send a new link' }).waitFor();
  await picture(page, 'not-confirmed');
  await page.goto(link);
  await picture(page, 'confirm');
  await page.getByLabel('Password', { exact: true }).fill(firstPassword);
  await page.getByRole('button', { name: 'Confirm and sign in' }).click();
  await downloadsShown(page);
  await picture(page, 'downloads');
}

/** Turns two-step sign-in on, and returns the key of the app and the recovery codes. */
async function enrol(page) {
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Turn on' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Or enter the key by hand').click();
  const key = await dialog.getByLabel('Key', { exact: true }).innerText();
  const code = appCode(key);
  await dialog.getByLabel('Code', { exact: true }).fill(code);
  await picture(page, 'two-step');
  await dialog.getByRole('button', { name: 'Turn on' }).click();
  const codes = await dialog.getByLabel('Recovery codes').innerText();
  await picture(page, 'recovery-codes');
  await dialog.getByRole('button', { name: "I've saved them" }).click();
  await page.getByRole('button', { name: 'New recovery codes' }).waitFor();
  return { key, code, codes: codes.trim().split(/\s+/) };
}

async function resetPassword(page) {
  await page.goto(`${app}/login`);
  await page.getByRole('link', { name: 'Forgot password?' }).click();
  // Until the page is loaded, the sign-in page's own field of this name is there.
  await page.getByRole('heading', { name: 'Reset password' }).waitFor();
  await page.getByLabel('E-mail').fill(email);
  await picture(page, 'reset');
  await page.getByRole('button', { name: 'Send link' }).click();
  await page.getByText('Check your mail').waitFor();
  await picture(page, 'reset-sent');
  // The mails about the registration and about two-step sign-in came before.
  await page.goto(await mailedLink(catcher, email, 3));
  await page.getByLabel('New password').fill(secondPassword);
  await picture(page, 'new-password');
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByText('Password changed').waitFor();
}

try {
  const first = await person();
  await register(first);
  const { key, code, codes } = await enrol(first);
  await signOut(first);

  await sendSignIn(first, email, firstPassword);
  await sendCode(first, 'Code', code);
  await first.getByText('The code is wrong').waitFor(); // it was used to turn two-step sign-in on
  await picture(first, 'code-again');
  await sendCode(first, 'Code', appCode(key, 1)); // clocks may be a step off
  await downloadsShown(first);

  const second = await person();
  await resetPassword(second);
  const afterReset = await untilSignedOut(first, Date.now());
  await picture(second, 'password-changed');
  await sendSignIn(first, email, firstPassword);
  await first.getByText('Wrong e-mail address or password').waitFor();
  await picture(first, 'old-password');
  await signInByRecoveryCode(first, codes[0]);
  await second.getByRole('link', { name: 'Sign in' }).click();
  await signInByRecoveryCode(second, codes[1]);

  await first.getByRole('link', { name: 'Settings' }).click();
  const others = first.getByRole('button', { name: /^End the session on/ });
  await others.waitFor();
  const sessions = await first.getByRole('list', { name: 'Sessions' }).getByRole('listitem').count();
  await picture(first, 'settings');
  const since = Date.now();
  await others.click();
  const afterRevocation = await untilSignedOut(second, since);
  await second.getByText('You were signed out.').waitFor();
  await picture(second, 'signed-out');
  await others.waitFor({ state: 'detached' });
  await picture(first, 'session-ended');

  await first.getByRole('button', { name: 'Delete account' }).click();
  const dialog = first.getByRole('dialog');
  const confirm = dialog.getByRole('button', { name: 'Delete everything' });
  await dialog.getByRole('textbox').fill('someone@else.test');
  const early = await confirm.isEnabled();
  await dialog.getByRole('textbox').fill(email);
  await picture(first, 'delete');
  await confirm.click();
  await signInShown(first);
  await first.getByText('Your account has been deleted.').waitFor();
  await picture(first, 'deleted');
  await sendSignIn(first, email, secondPassword);
  await first.getByText('Wrong e-mail address or password').waitFor();

  console.log(JSON.stringify({ afterReset, afterRevocation, sessions, early, faults }));
} finally {
  await browser.close();
}
