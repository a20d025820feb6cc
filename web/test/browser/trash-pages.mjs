// The trash, and what deleting says.
import { go, still } from './steps.mjs';

const file = 'Disc 1/Interviews with everyone who ever worked on it, uncut and in the order of their appearance.flac';

/** Deletes what the stage has, and a file with a long name. */
function fill({ world }) {
  const of = (job) => ({ jobId: job.id, jobName: job.name, state: job.state });
  for (const job of world.jobs.slice(0, 6)) {
    world.trash.delete(true, { id: job.id, kind: 'job', ...of(job), path: '', bytes: job.size ?? 0, files: job.fileCount }, () => undefined);
  }
  const [first] = world.jobs;
  world.trash.delete(false, { id: 'f1', kind: 'file', ...of(first), path: file, bytes: 734_003_200, files: 1 }, () => undefined);
  world.trash.delete(false, { id: 'f2', kind: 'file', ...of(first), path: '<b>‮gnp.exe', bytes: 12, files: 1 }, () => undefined);
}

export const trashPages = [
  {
    name: 'trash',
    narrow: true,
    open: async (page, stage) => {
      fill(stage);
      await go(page, stage, '/trash', 'Empty trash');
    },
  },
  { name: 'help', narrow: true, open: (page, stage) => go(page, stage, '/help#no_peers', 'Problems and what to do') },
  {
    name: 'trash-selected',
    narrow: true,
    open: async (page, stage) => {
      fill(stage);
      await go(page, stage, '/trash', 'Empty trash');
      await page.getByRole('checkbox').first().click();
      await page.getByRole('button', { name: 'Select all loaded' }).click();
      await still(page);
    },
  },
  { name: 'trash-empty', narrow: true, open: (page, stage) => go(page, stage, '/trash', 'The trash is empty') },
  {
    name: 'trash-empty-confirm',
    open: async (page, stage) => {
      fill(stage);
      await go(page, stage, '/trash', 'Empty trash');
      await page.getByRole('button', { name: 'Empty trash' }).click();
      await page.getByRole('dialog').waitFor();
      await still(page);
    },
  },
  {
    name: 'deleted-undo',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/', 'Tears of Steel');
      const ready = stage.world.jobs.find((job) => job.state === 'ready');
      await page.getByRole('button', { name: `Actions for ${ready.name}` }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await page.getByRole('button', { name: 'Undo' }).waitFor();
      await still(page);
    },
  },
];
