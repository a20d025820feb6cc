// The account pages: before sign-in, and the settings.
import { go, still } from './steps.mjs';

const longPassword = 'a quiet lantern over the harbour';

function signedOut(stage) {
  stage.world.me = null;
  stage.world.registration = 'open';
}

async function signIn(page, stage, password) {
  signedOut(stage);
  await go(page, stage, '/login', 'Submit and forget');
  await page.getByLabel('E-mail').fill('ada@example.org');
  await page.getByLabel('Password', { exact: true }).fill(password ?? stage.world.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function openSettings(page, stage, button) {
  await go(page, stage, '/settings', 'Command line');
  await page.getByRole('button', { name: button }).click();
}

function withPasskeys(stage) {
  const days = (count) => new Date(Date.now() - count * 86_400_000).toISOString();
  const passkey = { id: 'a', name: 'Phone', host: 'localhost', usable: true, synced: true, createdAt: days(10), lastUsedAt: days(1) };
  stage.world.passkeys.list.passkeys = [
    passkey,
    { ...passkey, id: 'b', name: 'The blue security key on the ring with the keys of the workshop', synced: false, lastUsedAt: null },
    { ...passkey, id: 'c', name: 'Laptop', host: 'downloads.example.org', usable: false },
  ];
  stage.world.totp.recoveryCodesLeft = 2;
}

/** The API's 401, 403, 422 and 429 aren't faults of the page. */
const refused = /40[13]|42[29]/;

const before = [
  {
    name: 'login',
    narrow: true,
    open: async (page, stage) => {
      signedOut(stage);
      await go(page, stage, '/', 'Submit and forget');
    },
  },
  {
    name: 'login-wrong',
    narrow: true,
    open: async (page, stage) => {
      await signIn(page, stage, 'wrong');
      await page.getByText('Wrong e-mail address or password').waitFor();
    },
  },
  {
    name: 'login-empty',
    open: async (page, stage) => {
      signedOut(stage);
      await go(page, stage, '/login', 'Submit and forget');
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByText('Enter your password.').waitFor();
    },
  },
  {
    name: 'login-limited',
    open: async (page, stage) => {
      stage.world.limited = true;
      await signIn(page, stage);
      await page.getByText('Try again in').waitFor();
    },
  },
  {
    name: 'login-unverified',
    open: async (page, stage) => {
      stage.world.verified = false;
      await signIn(page, stage);
      await page.getByText('Send a new link').waitFor();
    },
  },
  {
    name: 'login-code',
    narrow: true,
    open: async (page, stage) => {
      stage.world.totp.enabled = true;
      await signIn(page, stage);
      await page.getByLabel('Code').fill('1234567');
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByText('The code is wrong').waitFor();
    },
  },
  {
    name: 'login-recovery',
    open: async (page, stage) => {
      stage.world.totp.enabled = true;
      await signIn(page, stage);
      await page.getByRole('button', { name: 'Use a recovery code' }).click();
      await page.getByLabel('Recovery code').fill('k7qd-1000-mw2x');
    },
  },
  {
    name: 'login-passkey',
    narrow: true,
    open: async (page, stage) => {
      withPasskeys(stage);
      await signIn(page, stage);
      await page.getByRole('button', { name: 'Continue with a passkey' }).waitFor();
    },
  },
  {
    name: 'setup',
    open: async (page, stage) => {
      signedOut(stage);
      stage.world.setupToken = 'first';
      await go(page, stage, '/setup?token=first', 'Create the first account');
    },
  },
  {
    name: 'register',
    narrow: true,
    open: async (page, stage) => {
      signedOut(stage);
      await go(page, stage, '/register', 'Create an account');
      await page.getByLabel('E-mail').fill('a.very.long.name.of.a.person.with.many.names@department.example.org');
      await page.getByLabel('Password', { exact: true }).fill('short');
      await page.getByRole('button', { name: 'Create account' }).click();
      await page.getByText('Use at least 15 characters.', { exact: true }).waitFor();
    },
  },
  {
    name: 'register-sent',
    narrow: true,
    open: async (page, stage) => {
      signedOut(stage);
      await go(page, stage, '/register', 'Create an account');
      await page.getByLabel('E-mail').fill('a.very.long.name.of.a.person.with.many.names@department.example.org');
      await page.getByLabel('Password', { exact: true }).fill(longPassword);
      await page.getByRole('button', { name: 'Create account' }).click();
      await page.getByText('Check your mail').waitFor();
    },
  },
  {
    name: 'register-invitation',
    open: async (page, stage) => {
      signedOut(stage);
      stage.world.links.add('invited');
      await go(page, stage, '/register?invitation=invited', "You're invited");
      await page.getByLabel('Password', { exact: true }).fill(longPassword);
    },
  },
  {
    name: 'register-closed',
    open: async (page, stage) => {
      signedOut(stage);
      stage.world.registration = 'invitation';
      await go(page, stage, '/register', 'You need an invitation');
    },
  },
  {
    name: 'verify',
    open: async (page, stage) => {
      signedOut(stage);
      await go(page, stage, '/verify?token=old', 'Confirm your address');
      await page.getByLabel('Password', { exact: true }).fill('a quiet lantern over the harbour');
      await page.getByRole('button', { name: 'Confirm and sign in' }).click();
      await page.getByText('This link was already used').waitFor();
    },
  },
  {
    name: 'verify-again',
    open: async (page, stage) => {
      signedOut(stage);
      await go(page, stage, '/verify', 'Get a new link');
    },
  },
  {
    name: 'reset',
    narrow: true,
    open: async (page, stage) => {
      signedOut(stage);
      await go(page, stage, '/reset', "We'll send you a link");
    },
  },
  {
    name: 'reset-confirm',
    narrow: true,
    open: async (page, stage) => {
      signedOut(stage);
      await go(page, stage, '/reset/confirm?token=reset', 'Choose a new password');
      await page.getByLabel('New password').fill('password password');
      await page.getByRole('button', { name: 'Set password' }).click();
      await page.getByText('This password is too common.').waitFor();
    },
  },
];

const settings = [
  { name: 'usage', narrow: true, open: (page, stage) => go(page, stage, '/usage', 'Deleted download') },
  { name: 'settings', narrow: true, open: (page, stage) => go(page, stage, '/settings', 'Command line') },
  {
    name: 'settings-email',
    open: async (page, stage) => {
      stage.world.fresh = true;
      await openSettings(page, stage, 'Change address');
      await page.getByLabel('New address').fill('nonsense');
      await page.getByRole('button', { name: 'Send link' }).click();
      await page.getByText("This isn't an e-mail address.").waitFor();
      await still(page);
    },
  },
  {
    name: 'settings-password',
    narrow: true,
    open: async (page, stage) => {
      await openSettings(page, stage, 'Change password');
      await page.getByLabel('New password').fill(longPassword);
      await still(page);
    },
  },
  {
    name: 'settings-confirm',
    narrow: true,
    open: async (page, stage) => {
      stage.world.me.secondFactor = true;
      await openSettings(page, stage, 'Change password');
      await page.getByLabel('New password').fill(longPassword);
      await page.getByRole('button', { name: 'Set password' }).click();
      const dialog = page.getByRole('dialog', { name: "Confirm it's you" });
      await dialog.getByLabel('Password', { exact: true }).fill('wrong');
      await dialog.getByRole('button', { name: 'Confirm' }).click();
      await dialog.getByText('The password is wrong.').waitFor();
      await still(page);
    },
  },
  {
    name: 'settings-totp',
    narrow: true,
    open: async (page, stage) => {
      stage.world.fresh = true;
      await openSettings(page, stage, 'Turn on');
      await page.getByText('Or enter the key by hand').click();
      await page.getByLabel('Code', { exact: true }).fill('123456');
      await still(page);
    },
  },
  {
    name: 'settings-codes',
    narrow: true,
    open: async (page, stage) => {
      stage.world.fresh = true;
      await openSettings(page, stage, 'Turn on');
      await page.getByLabel('Code', { exact: true }).fill(stage.world.code);
      await page.getByRole('dialog').getByRole('button', { name: 'Turn on' }).click();
      await page.getByText("I've saved them").waitFor();
      await still(page);
    },
  },
  {
    name: 'settings-passkey',
    narrow: true,
    open: async (page, stage) => {
      await openSettings(page, stage, 'Add a passkey');
      await page.getByLabel('Name', { exact: true }).waitFor();
      await still(page);
    },
  },
  {
    name: 'settings-passkeys',
    narrow: true,
    open: async (page, stage) => {
      withPasskeys(stage);
      await go(page, stage, '/settings', 'Laptop');
    },
  },
  {
    name: 'settings-passkey-remove',
    open: async (page, stage) => {
      withPasskeys(stage);
      await openSettings(page, stage, 'Remove the passkey Phone');
      await page.getByRole('dialog').waitFor();
      await still(page);
    },
  },
  {
    name: 'settings-token',
    narrow: true,
    open: async (page, stage) => {
      await openSettings(page, stage, 'New token');
      await page.getByLabel('Name', { exact: true }).waitFor();
      await still(page);
    },
  },
  {
    name: 'settings-token-made',
    open: async (page, stage) => {
      stage.world.fresh = true;
      await openSettings(page, stage, 'New token');
      await page.getByLabel('Name', { exact: true }).fill('laptop');
      await page.getByRole('button', { name: 'Create token' }).click();
      await page.getByText('Copy it now').waitFor();
      await still(page);
    },
  },
  {
    name: 'settings-delete',
    narrow: true,
    open: async (page, stage) => {
      await openSettings(page, stage, 'Delete account');
      await page.getByRole('dialog').waitFor();
      await still(page);
    },
  },
  {
    name: 'enrol-gate',
    open: async (page, stage) => {
      stage.world.me.secondFactorRequired = true;
      await go(page, stage, '/', 'One more step');
    },
  },
];

export const accountPages = [...before, ...settings].map((each) => ({ expects: refused, ...each }));
