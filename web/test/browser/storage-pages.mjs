// What is stored, and clean-ups.
import { go, still } from './steps.mjs';

async function opened(page, stage, button) {
  await go(page, stage, '/admin/storage', 'Clean-ups');
  await page.getByRole('button', { name: button }).first().click();
  await page.getByRole('dialog').waitFor();
  await still(page);
}

async function listed(page, stage, list) {
  await go(page, stage, '/admin/storage', 'Clean-ups');
  await page.getByText(list, { exact: true }).click();
  await page.getByRole('list', { name: list }).waitFor();
  await still(page);
}

export const storagePages = [
  { name: 'storage', narrow: true, open: (page, stage) => go(page, stage, '/admin/storage', 'Clean-ups') },
  { name: 'storage-largest', open: (page, stage) => listed(page, stage, 'Largest') },
  { name: 'storage-expiring', open: (page, stage) => listed(page, stage, 'Expiring') },
  { name: 'storage-orphans', narrow: true, open: (page, stage) => listed(page, stage, 'Orphans') },
  { name: 'storage-damaged', narrow: true, open: (page, stage) => listed(page, stage, 'Damaged files') },
  { name: 'storage-look', narrow: true, open: (page, stage) => opened(page, stage, 'Look for orphans') },
  { name: 'storage-remove', open: (page, stage) => opened(page, stage, 'Remove') },
  { name: 'storage-results', narrow: true, open: (page, stage) => opened(page, stage, 'Results') },
  {
    name: 'storage-new',
    open: async (page, stage) => {
      stage.world.storage.cleanups = [];
      stage.world.storage.users = [];
      const { sums } = stage.world.providers.storage;
      stage.world.providers.storage.sums = { ...sums, takenAt: null, files: 0, bytes: 0, bucketObjects: null, bucketBytes: null, types: [], ages: [], days: [] };
      await go(page, stage, '/admin/storage', 'Not summed up yet');
    },
  },
];
