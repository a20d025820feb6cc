// The palette, and what is done to everything that the list's filter finds.
import { go, still } from './steps.mjs';

async function palette(page, stage, words) {
  await go(page, stage, '/usage', 'Usage');
  await page.getByRole('button', { name: 'Search and commands' }).click();
  const box = page.getByRole('textbox', { name: 'Search, or type a command' });
  await box.waitFor();
  if (words !== '') await box.pressSequentially(words);
  await page.getByRole('status').filter({ hasText: /\d+ results?$/ }).waitFor({ state: 'attached' });
  await still(page);
}

async function every(page, stage) {
  await go(page, stage, '/', 'Downloads');
  await page.getByRole('checkbox', { name: /^Select / }).first().click();
  await page.getByRole('button', { name: 'Select all loaded' }).click();
  await page.getByRole('button', { name: /that match$/ }).click();
  await page.getByRole('toolbar', { name: 'All downloads that match' }).waitFor();
  await still(page);
}

function crowd(stage) {
  const [first] = stage.world.jobs;
  stage.world.jobs = Array.from({ length: 130 }, (_, at) => ({ ...first, id: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`, name: `Lecture ${at}` }));
}

export const palettePages = [
  { name: 'palette', narrow: true, open: (page, stage) => palette(page, stage, '') },
  { name: 'palette-words', narrow: true, open: (page, stage) => palette(page, stage, 's') },
  {
    name: 'many-bar',
    narrow: true,
    open: async (page, stage) => {
      crowd(stage);
      await every(page, stage);
    },
  },
  {
    name: 'many-delete',
    narrow: true,
    open: async (page, stage) => {
      crowd(stage);
      await every(page, stage);
      await page.getByRole('toolbar', { name: 'All downloads that match' }).getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('dialog').waitFor();
      await still(page);
    },
  },
  {
    name: 'many-acts',
    narrow: true,
    open: async (page, stage) => {
      stage.world.many.acts = [
        { id: '00000000-0000-4000-8000-000000000001', act: 'delete', state: 'acting', total: 12_345, done: 4_321, refused: 12, createdAt: new Date().toISOString(), updatedAt: new Date().toISOString(), endedAt: null },
      ];
      await go(page, stage, '/', 'Deleting 12,345 downloads');
      await still(page);
    },
  },
];
