// The providers page, in the states that an admin meets.
import { go, still } from './steps.mjs';

const seconds = (count) => new Date(Date.now() + count * 1000).toISOString();
const seedrOf = (stage) => stage.world.providers.list.find((info) => info.provider === 'seedr');

function fail(stage) {
  const info = seedrOf(stage);
  info.healthy = false;
  info.summary = 'Seedr cannot be reached.';
  Object.assign(info.seedr, { lastOkAt: seconds(-1_500), failedSince: seconds(-1_440), problem: 'seedr_failing', restUntil: seconds(290), restReason: 'transient', others: 3 });
  stage.world.providers.check = {
    provider: 'seedr', ok: false, problem: 'seedr_failing', message: 'Seedr did not answer within 20 seconds.', at: seconds(-1), plan: '', spaceMax: 0, spaceUsed: 0, slots: 0, taken: 0, agents: 0,
  };
}

export const providerPages = [
  {
    name: 'providers',
    narrow: true,
    open: (page, stage) => go(page, stage, '/admin/providers', 'a deleted account'),
  },
  {
    name: 'providers-unset',
    narrow: true,
    open: async (page, stage) => {
      const { providers } = stage.world;
      Object.assign(providers, { history: [], failover: 'none' });
      Object.assign(providers.list[0], { healthy: false, agents: 0, slots: 0, slotsFree: 0, running: 0, summary: 'No agent is online that takes work.' });
      Object.assign(providers.list[1], { healthy: false, running: 0, slots: 0, slotsFree: 0, summary: 'No worker has credentials of a Seedr account.' });
      Object.assign(providers.list[1].seedr, { configured: false, credentialsFrom: '', lastOkAt: null, plan: '' });
      await go(page, stage, '/admin/providers', 'No provider changes');
    },
  },
  {
    name: 'providers-verified',
    open: async (page, stage) => {
      await go(page, stage, '/admin/providers', 'a deleted account');
      stage.world.fresh = true;
      await page.getByRole('button', { name: 'Verify Seedr.cc' }).click();
      await page.getByText('4 transfers running').waitFor();
    },
  },
  {
    name: 'providers-failing',
    narrow: true,
    open: async (page, stage) => {
      fail(stage);
      await go(page, stage, '/admin/providers', 'a deleted account');
      stage.world.fresh = true;
      await page.getByRole('button', { name: 'Verify Seedr.cc' }).click();
      await page.getByText('Not usable').waitFor();
    },
  },
  {
    name: 'providers-switch',
    narrow: true,
    expects: /503/,
    open: async (page, stage) => {
      fail(stage);
      await go(page, stage, '/admin/providers', 'a deleted account');
      stage.world.fresh = true;
      await page.getByRole('button', { name: 'Switch to Seedr.cc' }).click();
      await page.getByLabel('Type seedr to confirm').fill('seedr');
      await page.getByRole('button', { name: 'Verify and switch' }).click();
      await page.getByText('Nothing changed').waitFor();
      await still(page);
    },
  },
  {
    name: 'providers-failover',
    open: async (page, stage) => {
      await go(page, stage, '/admin/providers', 'a deleted account');
      stage.world.fresh = true;
      await page.getByRole('button', { name: 'Change failover' }).click();
      await page.getByRole('dialog').waitFor();
      await still(page);
    },
  },
];
