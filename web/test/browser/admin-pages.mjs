// The admin pages, in the states that admins meet.
import { go, still } from './steps.mjs';

async function menu(page, email, item) {
  await page.getByRole('button', { name: `Actions for ${email}` }).click();
  await page.getByRole('menuitem', { name: item }).click();
  await page.getByRole('dialog').waitFor();
  await still(page);
}

/** Makes an address of the API fail. */
const fail = (page, path) =>
  page.route(`**/api/v1/admin/${path}*`, (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      body: JSON.stringify({ status: 503, code: 'unavailable', title: 'Away', detail: 'The database is not reachable right now.', requestId: 'req-7' }),
    }),
  );

export const adminPages = [
  { name: 'users', narrow: true, open: (page, stage) => go(page, stage, '/admin/users', 'full@example.org') },
  {
    name: 'users-menu',
    open: async (page, stage) => {
      await go(page, stage, '/admin/users', 'full@example.org');
      await page.getByRole('button', { name: 'Actions for grace@example.org' }).click();
      await page.getByRole('menuitem', { name: 'Disable' }).waitFor();
      await still(page);
    },
  },
  {
    name: 'users-disable',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/admin/users', 'full@example.org');
      await menu(page, 'grace@example.org', 'Disable');
    },
  },
  {
    name: 'users-last-admin',
    expects: /409/,
    open: async (page, stage) => {
      stage.world.admin.users = stage.world.admin.users.filter((user) => user.role === 'user' || user.email === 'ada@example.org');
      await go(page, stage, '/admin/users', 'full@example.org');
      await menu(page, 'ada@example.org', 'Remove admin role');
      stage.world.fresh = true;
      await page.getByLabel(/^Type/).fill('ada@example.org');
      await page.getByRole('button', { name: 'Remove admin role' }).click();
      await page.getByText('last admin').waitFor();
    },
  },
  {
    name: 'users-plan',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/admin/users', 'full@example.org');
      await menu(page, 'grace@example.org', 'Change plan');
      await page.getByText('unlimited storage').waitFor();
    },
  },
  { name: 'users-no-match', open: (page, stage) => go(page, stage, '/admin/users?q=stranger&state=disabled', 'No matches') },
  {
    name: 'users-error',
    expects: /503/,
    open: async (page, stage) => {
      await fail(page, 'users');
      await go(page, stage, '/admin/users', "Couldn't load the accounts");
    },
  },
  {
    name: 'users-huge',
    huge: true,
    open: async (page, stage) => {
      await go(page, stage, '/admin/users', 'person-10000@example.org');
      await page.getByText('10,000 accounts', { exact: true }).waitFor();
      for (let more = 0; more < 3; more += 1) {
        const height = await page.evaluate(() => document.documentElement.scrollHeight);
        await page.mouse.wheel(0, 30_000);
        await page.waitForFunction((before) => document.documentElement.scrollHeight > before, height);
      }
      await page.mouse.wheel(0, 30_000);
      await page.getByText(/^person-98\d\d@/).first().waitFor({ state: 'attached' });
    },
  },
  { name: 'invitations', narrow: true, open: (page, stage) => go(page, stage, '/admin/users/invitations', 'linus@example.org') },
  {
    name: 'invitations-none',
    open: async (page, stage) => {
      stage.world.admin.invitations = [];
      stage.world.mail = false;
      await go(page, stage, '/admin/users/invitations', 'No open invitations');
    },
  },
  {
    name: 'invitations-made',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/admin/users/invitations', 'linus@example.org');
      stage.world.fresh = true;
      await page.getByRole('button', { name: 'Invite', exact: true }).click();
      await page.getByLabel('E-mail address').fill('kay@example.org');
      await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
      await page.getByText('We mailed the link').waitFor();
      await still(page);
    },
  },
  { name: 'audit', narrow: true, open: (page, stage) => go(page, stage, '/admin/audit', 'entry 1279') },
  {
    name: 'audit-verified',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/admin/audit', 'entry 1279');
      await page.getByRole('button', { name: 'Check integrity' }).click();
      await page.getByText('Intact').waitFor();
      await still(page);
    },
  },
  {
    name: 'audit-broken',
    open: async (page, stage) => {
      stage.world.admin.check = { intact: false, entries: 418, headId: 417, headHash: '', brokenId: 418, fault: 'Its content was changed after it was written.' };
      await go(page, stage, '/admin/audit', 'entry 1279');
      await page.getByRole('button', { name: 'Check integrity' }).click();
      await page.getByText('Broken at entry 418').waitFor();
      await still(page);
    },
  },
  { name: 'audit-no-match', narrow: true, open: (page, stage) => go(page, stage, '/admin/audit?actor=stranger&action=user.set_role&from=2026-01-01', 'No matches') },
  {
    name: 'audit-error',
    expects: /503/,
    open: async (page, stage) => {
      await fail(page, 'audit');
      await go(page, stage, '/admin/audit', "Couldn't load the entries");
    },
  },
  { name: 'security-events', narrow: true, open: (page, stage) => go(page, stage, '/admin/audit/security', 'curl/8.5.0') },
  {
    name: 'security-none',
    open: async (page, stage) => {
      stage.world.admin.events = [];
      await go(page, stage, '/admin/audit/security', 'Nothing yet');
    },
  },
  { name: 'mails', narrow: true, open: (page, stage) => go(page, stage, '/admin/audit/mails', 'no mail server') },
  {
    name: 'agents-remove',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/admin/agents', 'barge-2');
      await page.getByRole('button', { name: 'Remove' }).first().click();
      await page.getByRole('dialog').waitFor();
      await still(page);
    },
  },
  {
    name: 'job-move',
    narrow: true,
    open: async (page, stage) => {
      const job = stage.world.jobs.find((each) => each.name.startsWith('Sintel'));
      await go(page, stage, `/jobs/${job.id}`, 'Given to agent barge-1');
      await page.getByRole('button', { name: 'Move to Seedr.cc' }).click();
      await page.getByRole('dialog').waitFor();
      await still(page);
    },
  },
];
