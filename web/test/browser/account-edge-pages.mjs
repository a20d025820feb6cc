// The account pages in edge cases: after a link worked, after it failed, with nothing, with a lot.
import { go, still } from './steps.mjs';

const longPassword = 'a quiet lantern over the harbour';
/** The longest possible address. */
export const longEmail = `${'operations-and-infrastructure-on-call.'.repeat(6).slice(0, 220)}@${'department.'.repeat(2)}example.org`;

function signedOut(stage) {
  stage.world.me = null;
  stage.world.registration = 'open';
}

/** Opens the sign-in page as it greets someone who was signed in. */
async function sentAway(page, stage, why, text) {
  signedOut(stage);
  await page.addInitScript((kept) => sessionStorage.setItem('longhaul-farewell', kept), why);
  await go(page, stage, '/login', text);
}

async function openSettings(page, stage, button) {
  await go(page, stage, '/settings', 'Command line');
  await page.getByRole('button', { name: button }).click();
}

async function followLink(page, stage, path, title, button) {
  signedOut(stage);
  await go(page, stage, path, title);
  await page.getByRole('button', { name: button }).click();
}

const before = [
  { name: 'login-left', open: (page, stage) => sentAway(page, stage, 'left', "You're signed out.") },
  { name: 'login-ended', narrow: true, open: (page, stage) => sentAway(page, stage, 'ended', 'You were signed out.') },
  { name: 'login-deleted', narrow: true, open: (page, stage) => sentAway(page, stage, 'deleted', 'Your account has been deleted.') },
  {
    name: 'login-no-account-yet',
    open: async (page, stage) => {
      signedOut(stage);
      stage.world.setupToken = 'first';
      await go(page, stage, '/login', 'Set up Longhaul');
    },
  },
  {
    name: 'login-no-server',
    expects: /50\d|Failed to load/,
    open: async (page, stage) => {
      signedOut(stage);
      await page.route('**/api/v1/config', (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }));
      await go(page, stage, '/login', "The server isn't responding");
    },
  },
  {
    name: 'register-off',
    open: async (page, stage) => {
      signedOut(stage);
      stage.world.registration = 'closed';
      await go(page, stage, '/register', 'Registration is closed');
    },
  },
  {
    name: 'register-invitation-used',
    open: async (page, stage) => {
      signedOut(stage);
      await go(page, stage, '/register?invitation=old', "This invitation doesn't work");
    },
  },
  {
    name: 'verify-password',
    open: async (page, stage) => {
      stage.world.links.add('once');
      signedOut(stage);
      await go(page, stage, '/verify?token=once', 'Confirm your address');
      await page.getByLabel('Password', { exact: true }).fill(longPassword);
      await page.getByRole('button', { name: 'Confirm and sign in' }).click();
      await page.getByText('This is not the password').waitFor();
    },
  },
  {
    name: 'verify-again-sent',
    open: async (page, stage) => {
      signedOut(stage);
      await go(page, stage, '/verify', 'Get a new link');
      await page.getByLabel('E-mail').fill(longEmail);
      await page.getByRole('button', { name: 'Send link' }).click();
      await page.getByText('Check your mail').waitFor();
    },
  },
  {
    name: 'confirm-email',
    open: async (page, stage) => {
      stage.world.links.add('once');
      await followLink(page, stage, '/confirm-email?token=once', 'Confirm your new address', 'Confirm new address');
      await page.getByText('Address changed').waitFor();
    },
  },
  {
    name: 'confirm-email-expired',
    open: async (page, stage) => {
      await followLink(page, stage, '/confirm-email?token=old', 'Confirm your new address', 'Confirm new address');
      await page.getByText('This link was already used').waitFor();
    },
  },
  {
    name: 'reset-sent',
    narrow: true,
    open: async (page, stage) => {
      signedOut(stage);
      await go(page, stage, '/reset', "We'll send you a link");
      await page.getByLabel('E-mail').fill(longEmail);
      await page.getByRole('button', { name: 'Send link' }).click();
      await page.getByText('Check your mail').waitFor();
    },
  },
  {
    name: 'reset-no-mail',
    open: async (page, stage) => {
      signedOut(stage);
      stage.world.mail = false;
      await go(page, stage, '/reset', "can't send mail");
    },
  },
  { name: 'reset-incomplete', open: (page, stage) => go(page, stage, '/reset/confirm', 'The link is incomplete') },
  {
    name: 'reset-expired',
    open: async (page, stage) => {
      signedOut(stage);
      await go(page, stage, '/reset/confirm?token=old', 'Choose a new password');
      await page.getByLabel('New password').fill(longPassword);
      await page.getByRole('button', { name: 'Set password' }).click();
      await page.getByText("This link doesn't work").waitFor();
    },
  },
  {
    name: 'reset-done',
    open: async (page, stage) => {
      signedOut(stage);
      stage.world.links.add('once');
      await go(page, stage, '/reset/confirm?token=once', 'Choose a new password');
      await page.getByLabel('New password').fill(longPassword);
      await page.getByRole('button', { name: 'Set password' }).click();
      await page.getByText('Password changed').waitFor();
    },
  },
];

const connectAddress = `/connect?${new URLSearchParams({
  client: 'extension', name: 'Chromium on Linux', redirect_uri: 'https://ghiljdkhfeahfigdcoocoimhcghpoopn.chromiumapp.org/',
  state: '0123456789abcdefgh', code_challenge: 'A'.repeat(43), scope: 'jobs:write jobs:read files:read',
}).toString()}`;

const settings = [
  {
    name: 'connect',
    open: (page, stage) => go(page, stage, connectAddress, 'The answer goes to'),
  },
  {
    name: 'settings-many',
    narrow: true,
    open: async (page, stage) => {
      Object.assign(stage.world.me, { email: longEmail, role: 'user' });
      stage.world.sessions = Array.from({ length: 40 }, (_, at) => stage.fixtures.makeSession({ current: at === 17, ip: at % 2 === 0 ? '2001:db8:85a3:1234:5678:8a2e:370:7334' : '198.51.100.4' }));
      stage.world.tokens = Array.from({ length: 100 }, (_, at) => stage.fixtures.makeToken({ name: at === 0 ? 'x'.repeat(100) : `token ${at}` }));
      await go(page, stage, '/settings', 'Show all 100');
    },
  },
  {
    name: 'settings-all',
    open: async (page, stage) => {
      stage.world.sessions = Array.from({ length: 40 }, (_, at) => stage.fixtures.makeSession({ current: at === 0 }));
      await go(page, stage, '/settings', 'Show all 40');
      await page.getByRole('button', { name: 'Show all 40' }).click();
      await page.getByText('Show fewer').waitFor();
    },
  },
  {
    name: 'settings-new',
    open: async (page, stage) => {
      Object.assign(stage.world, { sessions: [stage.fixtures.makeSession({ current: true })], tokens: [], mail: false });
      await go(page, stage, '/settings', 'No tokens yet.');
    },
  },
  {
    name: 'settings-failing',
    expects: /50\d|Failed to load/,
    open: async (page, stage) => {
      await page.route('**/api/v1/{auth/sessions,auth/tokens,auth/totp}', (route) =>
        route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"detail":"The database is away.","code":"unavailable","requestId":"01JD8ZC3"}' }),
      );
      await page.goto(`${stage.app}/settings`);
      await page.getByText("Couldn't load your tokens").waitFor();
    },
  },
  {
    name: 'settings-email-sent',
    open: async (page, stage) => {
      stage.world.fresh = true;
      await openSettings(page, stage, 'Change address');
      await page.getByLabel('New address').fill(longEmail);
      await page.getByRole('button', { name: 'Send link' }).click();
      await page.getByText('We sent a link to').waitFor();
      await still(page);
    },
  },
  {
    name: 'settings-confirm-code',
    together: true,
    open: async (page, stage) => {
      stage.world.me.secondFactor = true;
      stage.world.totp = { enabled: true, required: false, recoveryCodesLeft: 2 };
      await openSettings(page, stage, 'Turn off');
      await page.getByRole('dialog').getByRole('button', { name: 'Turn off' }).click();
      await page.getByRole('button', { name: 'Use a code' }).click();
      await page.getByLabel('Code').fill('000000');
      await page.getByRole('button', { name: 'Confirm' }).click();
      await page.getByText('The code is wrong.').waitFor();
      await still(page);
    },
  },
  {
    name: 'settings-totp-on',
    open: async (page, stage) => {
      stage.world.totp = { enabled: true, required: true, recoveryCodesLeft: 2 };
      await go(page, stage, '/settings', '2 recovery codes left');
    },
  },
  {
    name: 'settings-totp-off',
    open: async (page, stage) => {
      stage.world.totp = { enabled: true, required: false, recoveryCodesLeft: 0 };
      await openSettings(page, stage, 'Turn off');
      await page.getByRole('dialog').waitFor();
      await still(page);
    },
  },
  {
    name: 'settings-codes-new',
    open: async (page, stage) => {
      stage.world.fresh = true;
      stage.world.totp = { enabled: true, required: false, recoveryCodesLeft: 1 };
      await openSettings(page, stage, 'New recovery codes');
      await page.getByRole('button', { name: 'Make new ones' }).click();
      await page.getByRole('dialog', { name: 'Your recovery codes' }).waitFor();
      await still(page);
    },
  },
  {
    name: 'settings-token-unnamed',
    open: async (page, stage) => {
      await openSettings(page, stage, 'New token');
      await page.getByRole('button', { name: 'Create token' }).click();
      await page.getByText('Enter a name.').waitFor();
      await still(page);
    },
  },
  {
    name: 'settings-revoke',
    open: async (page, stage) => {
      await openSettings(page, stage, 'Revoke the token laptop');
      await page.getByRole('dialog').waitFor();
      await still(page);
    },
  },
  {
    name: 'settings-revoke-link',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/shares', 'Cosmos Laundromat');
      await page.getByRole('button', { name: /^Revoke the link to Cosmos/ }).click();
      await page.getByRole('dialog', { name: 'Revoke link?' }).waitFor();
      await still(page);
    },
  },
  {
    name: 'settings-delete-long',
    narrow: true,
    open: async (page, stage) => {
      stage.world.me.email = longEmail;
      await openSettings(page, stage, 'Delete account');
      await page.getByRole('dialog').getByRole('textbox').fill(longEmail);
      await still(page);
    },
  },
];

export const accountEdgePages = [...before, ...settings].map((each) => ({ expects: /40[13]|42[29]/, ...each }));
