// What users are told, and their webhooks.
import { go, still } from './steps.mjs';

const page = (tab, stage) => go(tab, stage, '/settings/notifications', 'Dashboard');

async function asked(tab, stage, button) {
  await page(tab, stage);
  await tab.getByRole('button', { name: button }).first().click();
  await tab.getByRole('dialog').waitFor();
  await still(tab);
}

async function chosen(tab, stage, item) {
  await page(tab, stage);
  await tab.getByRole('button', { name: 'More for Chat' }).click();
  await tab.getByRole('menuitem', { name: item }).click();
  await tab.getByRole('dialog').waitFor();
  await still(tab);
}

async function bell(tab, stage) {
  await go(tab, stage, '/usage', 'Usage');
  await tab.getByRole('button', { name: /^Notifications, / }).click();
  await tab.getByRole('link', { name: 'Notification settings' }).waitFor();
  await still(tab);
}

export const notificationPages = [
  { name: 'notify', narrow: true, open: page },
  { name: 'notify-bell', narrow: true, open: bell },
  {
    name: 'notify-bell-empty',
    open: async (tab, stage) => {
      stage.world.notifications.list = [];
      await bell(tab, stage);
    },
  },
  {
    name: 'notify-new',
    open: async (tab, stage) => {
      stage.world.notifications.webhooks = [];
      await go(tab, stage, '/settings/notifications', 'No webhooks yet');
    },
  },
  { name: 'notify-add', narrow: true, open: (tab, stage) => asked(tab, stage, 'Add webhook') },
  {
    name: 'notify-secret',
    open: async (tab, stage) => {
      await chosen(tab, stage, 'New secret');
      await tab.getByRole('button', { name: 'Replace' }).click();
      await tab.getByText('Copy secret').waitFor();
    },
  },
  { name: 'notify-delete', open: (tab, stage) => chosen(tab, stage, 'Delete') },
  {
    name: 'notify-test',
    open: async (tab, stage) => {
      await asked(tab, stage, 'Send a test to Chat');
      await tab.getByRole('dialog').getByRole('button', { name: 'Send a test' }).click();
      await tab.getByText('The test arrived.').waitFor();
    },
  },
  {
    name: 'notify-log',
    narrow: true,
    open: async (tab, stage) => {
      await asked(tab, stage, 'Deliveries to Chat');
      await tab.getByRole('button', { name: /^Details of / }).first().click();
      await tab.getByLabel('What is sent').waitFor();
    },
  },
];
