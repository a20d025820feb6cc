// Lists of very many files: choosing among them before and after a download was added.
import { go, paste } from './steps.mjs';

const magnet = `magnet:?xt=urn:btih:${'aa'.repeat(20)}&dn=Newspaper`;

/** Chooses all, none, and some by folder, and fails if the page counts otherwise. */
async function choose(page) {
  const tree = page.getByRole('region', { name: /^Files to/ });
  await page.getByRole('button', { name: 'Select none' }).click();
  await tree.getByRole('checkbox', { name: 'Folder 1862' }).click();
  await tree.getByRole('button', { name: /^1861/ }).click();
  await tree.getByRole('checkbox', { name: 'Folder Volume 2' }).click();
}

export const filePages = [
  {
    name: 'files-choose-huge',
    narrow: true,
    huge: true,
    open: async (page, stage) => {
      const job = stage.world.jobs.find((each) => each.name.startsWith('Every issue'));
      await go(page, stage, `/jobs/${job.id}`, 'Every issue');
      await page.getByText('49,000 of 49,000 files').waitFor();
      await choose(page);
      await page.getByText('420 of 49,000 files').waitFor();
    },
  },
  {
    name: 'files-search-huge',
    huge: true,
    open: async (page, stage) => {
      const job = stage.world.jobs.find((each) => each.name.startsWith('Every issue'));
      await go(page, stage, `/jobs/${job.id}`, 'Every issue');
      await page.getByRole('button', { name: 'Select none' }).click();
      await page.getByRole('textbox', { name: 'Filter files' }).fill('issue-4899?.pdf');
      await page.getByRole('button', { name: /^Select 10 matches/ }).click();
      await page.getByText('10 of 49,000 files').waitFor();
    },
  },
  {
    name: 'files-submit-huge',
    narrow: true,
    huge: true,
    open: async (page, stage) => {
      await go(page, stage, '/', 'Archive volume');
      await paste(page, magnet);
      await page.getByRole('button', { name: /49,000 files/ }).first().click();
      await choose(page);
      await page.getByRole('button', { name: /420 of 49,000 files/ }).waitFor();
    },
  },
];
