// Takedown notices, for admins and for owners.
import { go, still } from './steps.mjs';

function one(stage, state) {
  return `/admin/notices/${stage.world.notices.list.find((notice) => notice.state === state).id}`;
}

async function press(page, name) {
  await page.getByRole('button', { name, exact: true }).click();
  await page.getByRole('dialog').waitFor();
  await still(page);
}

export const noticePages = [
  { name: 'notices', narrow: true, open: (page, stage) => go(page, stage, '/admin/notices', 'overdue') },
  {
    name: 'notices-none',
    open: async (page, stage) => {
      stage.world.notices.list = [];
      await go(page, stage, '/admin/notices', 'No notice waits');
    },
  },
  {
    name: 'notices-record',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/admin/notices', 'Record a notice');
      await press(page, 'Record a notice');
    },
  },
  { name: 'notice-received', narrow: true, open: (page, stage) => go(page, stage, one(stage, 'received'), 'What it says') },
  { name: 'notice-incomplete', narrow: true, open: (page, stage) => go(page, stage, one(stage, 'incomplete'), 'It lacks a signature') },
  { name: 'notice-countered', narrow: true, open: (page, stage) => go(page, stage, one(stage, 'countered'), 'Counter-notice') },
  ...['Accept', 'Reject'].map((act) => ({
    name: `notice-${act.toLowerCase()}`,
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, one(stage, 'received'), 'What it says');
      await press(page, act);
    },
  })),
  ...['Uphold', 'Restore', 'Extend', 'Withdraw'].map((act) => ({
    name: `notice-${act.toLowerCase()}`,
    open: async (page, stage) => {
      await go(page, stage, one(stage, 'countered'), 'Counter-notice');
      await press(page, act);
    },
  })),
  {
    name: 'notice-edit',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, one(stage, 'incomplete'), 'It lacks a signature');
      await press(page, 'Edit');
    },
  },
  {
    name: 'notice-counter',
    narrow: true,
    open: async (page, stage) => {
      const notice = stage.world.notices.list.find(({ state }) => state === 'received');
      Object.assign(notice, { state: 'accepted', actAt: null, overdue: false, acts: ['counter', 'restore', 'withdraw'] });
      await go(page, stage, `/admin/notices/${notice.id}`, 'Owners object in the app');
      await press(page, 'Record a counter-notice');
    },
  },
  {
    name: 'notice-strike',
    open: async (page, stage) => {
      await go(page, stage, one(stage, 'countered'), 'Strikes');
      await press(page, 'Withdraw the strike of grace@example.org');
    },
  },
  { name: 'own-notices', narrow: true, open: (page, stage) => go(page, stage, '/notices', 'Two Winters') },
  {
    name: 'own-notices-none',
    open: async (page, stage) => {
      stage.world.notices.own = [];
      await go(page, stage, '/notices', 'No notices');
    },
  },
  {
    name: 'own-notices-object',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/notices', 'Two Winters');
      await press(page, 'Object');
    },
  },
];
