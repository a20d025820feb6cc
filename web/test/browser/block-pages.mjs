// Blocked content.
import { go, still } from './steps.mjs';

export const blockPages = [
  { name: 'blocks', narrow: true, open: (page, stage) => go(page, stage, '/admin/blocks', 'Season 1/Pilot.mkv') },
  {
    name: 'blocks-none',
    open: async (page, stage) => {
      stage.world.admin.blocks = [];
      await go(page, stage, '/admin/blocks', 'Nothing is blocked');
    },
  },
  {
    name: 'blocks-add',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/admin/blocks', 'Block content');
      await page.getByRole('button', { name: 'Block content' }).click();
      await page.getByRole('dialog').waitFor();
      await still(page);
    },
  },
  {
    name: 'blocks-refused',
    open: async (page, stage) => {
      await go(page, stage, '/admin/blocks', 'Block content');
      await page.getByRole('button', { name: 'Block content' }).click();
      await page.getByLabel('What to block').fill('example.com\nnot a host\nneither is this one');
      await page.getByLabel('Reason').fill('Notice 7');
      await page.getByRole('button', { name: 'Block', exact: true }).click();
      await page.getByRole('list', { name: 'Refused lines' }).waitFor();
      await still(page);
    },
  },
  {
    name: 'blocks-lift',
    open: async (page, stage) => {
      await go(page, stage, '/admin/blocks', 'Season 1/Pilot.mkv');
      await page.getByRole('button', { name: /^Lift the block of Season/ }).click();
      await page.getByRole('dialog').waitFor();
      await still(page);
    },
  },
  {
    name: 'blocked-download',
    narrow: true,
    open: async (page, stage) => {
      const job = stage.world.jobs.find((each) => each.state === 'ready');
      Object.assign(job, { blocked: true, actions: ['delete'], reason: { code: 'blocked_content', params: {}, text: '' } });
      stage.world.files.set(job.id, (stage.world.files.get(job.id) ?? []).map((file) => ({ ...file, blocked: true, available: false })));
      await go(page, stage, `/jobs/${job.id}`, 'This content is blocked here.');
    },
  },
];
