// The page of an account, and the plans.
import { go, still } from './steps.mjs';

const gib = 1024 ** 3;

/** Opens the page of an account that has limits of its own. */
async function account(page, stage, email = 'grace@example.org') {
  const { admin } = stage.world;
  const user = admin.users.find((each) => each.email === email);
  user.secondFactor = true;
  admin.audit[0].targetId = user.id;
  admin.events[0].userId = user.id;
  const override = {
    limits: [{ limit: 'storageBytes', value: 40 * gib }, { limit: 'maxFiles', value: null }, { limit: 'rateLimit', value: 10 * 1024 ** 2 }],
    until: '2031-01-01T00:00:00Z', reason: 'Moves its archive here from the old server until the end of the year.', by: 'ada@example.org', createdAt: '2030-06-01T00:00:00Z',
  };
  admin.people.more.set(user.id, { ...admin.people.moreOf(user.id), override });
  await go(page, stage, `/admin/users/${user.id}`, 'Second factors');
  return user;
}

const announced = (given = {}) => ({
  id: '0191d1c2-0000-7000-8000-000000000001', text: 'Maintenance tonight from 22:00 to about 23:30 UTC: downloads pause meanwhile and continue after that.', level: 'warning',
  from: '2026-01-01T00:00:00Z', until: null, dismissible: true, public: true, createdAt: '2026-01-01T00:00:00Z', ...given,
});

async function dialog(page, button) {
  await page.getByRole('button', { name: button }).first().click();
  await page.getByRole('dialog').waitFor();
  await still(page);
}

export const peoplePages = [
  { name: 'user', narrow: true, open: (page, stage) => account(page, stage) },
  {
    name: 'user-disabled',
    narrow: true,
    open: (page, stage) => account(page, stage, 'gone@example.org'),
  },
  {
    name: 'user-mails',
    open: async (page, stage) => {
      await account(page, stage);
      await page.getByText('Mails', { exact: true }).click();
      await page.getByRole('list', { name: 'Mails' }).waitFor();
    },
  },
  {
    name: 'user-unknown',
    narrow: true,
    expects: /404/,
    open: (page, stage) => go(page, stage, '/admin/users/0191d1c2-0000-7000-8000-000000000000', 'Account not found'),
  },
  {
    name: 'user-override',
    narrow: true,
    open: async (page, stage) => {
      await account(page, stage);
      await dialog(page, 'Edit own limits');
    },
  },
  {
    name: 'user-pool',
    narrow: true,
    open: async (page, stage) => {
      const { people, plans } = stage.world.admin;
      for (const plan of plans) plan.agentPool = 'slow';
      const user = await account(page, stage);
      people.more.set(user.id, { ...people.moreOf(user.id), agentPool: { own: 'a-pool-with-a-name-of-forty-characters-x', current: '' } });
      await page.reload();
      await page.getByText('whatever its plan says').waitFor();
      await dialog(page, 'Change pool');
    },
  },
  {
    name: 'user-factors',
    narrow: true,
    open: async (page, stage) => {
      await account(page, stage);
      await dialog(page, 'Reset second factor');
    },
  },
  {
    name: 'user-delete',
    open: async (page, stage) => {
      await account(page, stage);
      await page.getByRole('button', { name: 'Actions for grace@example.org' }).click();
      await page.getByRole('menuitem', { name: 'Delete account' }).click();
      await page.getByRole('dialog').waitFor();
      await still(page);
    },
  },
  {
    name: 'announcement',
    narrow: true,
    open: async (page, stage) => {
      stage.world.admin.people.announcement = announced();
      await go(page, stage, '/admin/users/announcement', 'Shows now');
    },
  },
  { name: 'announcement-none', open: (page, stage) => go(page, stage, '/admin/users/announcement', 'Show it on the sign-in page') },
  {
    name: 'announcement-sign-in',
    narrow: true,
    expects: /401/,
    open: async (page, stage) => {
      stage.world.me = null;
      stage.world.admin.people.announcement = announced({ level: 'info', dismissible: false });
      await go(page, stage, '/login', 'Maintenance tonight');
    },
  },
  {
    name: 'plans', narrow: true,
    open: (page, stage) => {
      stage.world.admin.plans[0].agentPool = 'fast';
      return go(page, stage, '/admin/users/plans', 'Move accounts');
    },
  },
  {
    name: 'plans-edit',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/admin/users/plans', 'Move accounts');
      await dialog(page, 'Edit the Free plan');
      await page.getByLabel('Storage (GiB)').fill('5');
      await page.getByText('stores more than that').or(page.getByText('store more than that')).waitFor();
    },
  },
  {
    name: 'plans-move',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/admin/users/plans', 'Move accounts');
      await dialog(page, 'Move accounts of the Free plan');
    },
  },
];
