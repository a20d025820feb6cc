// Features that can be switched off.
import { go, still } from './steps.mjs';

const open = (page, stage) => go(page, stage, '/admin/features', 'Web addresses');

async function dialog(page) {
  await page.getByRole('dialog').waitFor();
  await still(page);
}

export const flagPages = [
  { name: 'features', narrow: true, open },
  {
    name: 'features-switch',
    narrow: true,
    open: async (page, stage) => {
      await open(page, stage);
      await page.getByRole('switch', { name: 'Zip files for everyone' }).press('Space');
      await dialog(page);
    },
  },
  {
    name: 'features-exception',
    narrow: true,
    open: async (page, stage) => {
      await open(page, stage);
      await page.getByRole('button', { name: 'Add exception for Web addresses' }).click();
      await dialog(page);
    },
  },
  {
    name: 'features-off',
    open: async (page, stage) => {
      stage.world.me.featuresOff = ['passkeys', 'api_tokens'];
      await go(page, stage, '/settings', 'API tokens are switched off');
    },
  },
];
