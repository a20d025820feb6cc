// Acts on many downloads of all accounts.
import { go, still } from './steps.mjs';

async function dialog(page, stage, path, act) {
  await go(page, stage, path, 'Act on all');
  await page.getByRole('button', { name: /^Act on all/ }).click();
  await page.getByRole('menuitem', { name: act }).click();
  await page.getByRole('dialog').waitFor();
  await still(page);
}

export const bulkPages = [
  {
    name: 'bulk-menu',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/admin/jobs', 'Act on all');
      await page.getByRole('button', { name: /^Act on all/ }).click();
      await page.getByRole('menuitem', { name: 'Retry' }).waitFor();
      await still(page);
    },
  },
  { name: 'bulk-retry', narrow: true, open: (page, stage) => dialog(page, stage, '/admin/jobs?state=failed', 'Retry') },
  { name: 'bulk-delete', open: (page, stage) => dialog(page, stage, '/admin/jobs', 'Delete') },
  { name: 'bulk-acts', narrow: true, open: (page, stage) => go(page, stage, '/admin/jobs/acts', 'Retrying') },
  {
    name: 'bulk-results',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/admin/jobs/acts', 'Retrying');
      await page.getByRole('button', { name: 'Results' }).first().click();
      await page.getByRole('list', { name: 'Results' }).waitFor();
      await still(page);
    },
  },
  {
    name: 'bulk-none',
    open: async (page, stage) => {
      stage.world.everybody.bulkActs = [];
      await go(page, stage, '/admin/jobs/acts', 'None yet');
    },
  },
];
