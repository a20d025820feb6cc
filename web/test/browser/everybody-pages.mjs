// The downloads of all accounts, as admins see them.
import { go, still } from './steps.mjs';

const running = (stage) => stage.world.everybody.jobs.find((each) => each.name.startsWith('Sintel'));

async function choose(page, stage, name, item) {
  await go(page, stage, '/admin/jobs', 'Sintel');
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: item }).click();
  await page.getByRole('dialog').waitFor();
  await still(page);
}

async function selectAll(page, stage) {
  await go(page, stage, '/admin/jobs', 'Sintel');
  await page.getByRole('checkbox').first().click();
  await page.getByRole('button', { name: 'Select all loaded' }).click();
}

/** Makes an address of the API answer with a fault, or never. */
const meet = (page, answer) => page.route(/\/api\/v1\/admin\/jobs(\?.*)?$/, answer);

const away = (route) =>
  route.fulfill({
    status: 503,
    contentType: 'application/problem+json',
    body: JSON.stringify({ status: 503, code: 'unavailable', title: 'Away', detail: 'The database is not reachable right now.', requestId: 'req-7' }),
  });

export const everybodyPages = [
  { name: 'any-jobs', narrow: true, open: (page, stage) => go(page, stage, '/admin/jobs', 'Sintel') },
  {
    name: 'any-jobs-filters',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/admin/jobs?problem=stalled&size=107374182400-&state=needs_attention,failed&user=operations-and-infrastructure.of-the-northern-harbour@a-department-with-a-long-name.example.org', '1 download');
      await page.getByRole('textbox', { name: 'Info hash' }).fill('abc');
      await page.keyboard.press('Enter');
      await page.getByText('at least 6 hex digits').waitFor();
    },
  },
  {
    name: 'any-jobs-menu',
    open: async (page, stage) => {
      await go(page, stage, '/admin/jobs', 'Sintel');
      await page.getByRole('button', { name: 'Actions for Sintel' }).click();
      await page.getByRole('menuitem', { name: 'Move to Seedr.cc' }).waitFor();
      await still(page);
    },
  },
  { name: 'any-jobs-selected', narrow: true, open: selectAll },
  { name: 'any-jobs-pause', narrow: true, open: (page, stage) => choose(page, stage, 'Sintel', 'Pause') },
  {
    name: 'any-jobs-delete',
    narrow: true,
    open: async (page, stage) => {
      await selectAll(page, stage);
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('dialog').waitFor();
      await still(page);
    },
  },
  {
    name: 'any-jobs-results',
    narrow: true,
    expects: /409/,
    open: async (page, stage) => {
      await selectAll(page, stage);
      await page.getByRole('button', { name: /^Cancel/ }).click();
      await page.getByLabel('Note for the owners').fill('The storage is being moved this weekend.');
      stage.world.everybody.jobs = stage.world.everybody.jobs.map((job) => (job.name.startsWith('Cosmos') ? { ...job, actions: [] } : job));
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel downloads' }).click();
      await page.getByRole('list', { name: 'Results' }).waitFor();
      await still(page);
    },
  },
  {
    name: 'any-jobs-none',
    open: async (page, stage) => {
      stage.world.everybody.jobs = [];
      await go(page, stage, '/admin/jobs', 'No downloads yet');
    },
  },
  { name: 'any-jobs-no-match', narrow: true, open: (page, stage) => go(page, stage, '/admin/jobs?q=nothing+like+it', 'No matches') },
  {
    name: 'any-jobs-loading',
    open: async (page, stage) => {
      await meet(page, () => undefined);
      await page.goto(`${stage.app}/admin/jobs`);
      await page.getByRole('status', { name: 'Loading downloads' }).waitFor();
    },
  },
  {
    name: 'any-jobs-error',
    expects: /503/,
    open: async (page, stage) => {
      await meet(page, away);
      await go(page, stage, '/admin/jobs', "Couldn't load the downloads");
    },
  },
  {
    name: 'any-jobs-huge',
    huge: true,
    open: async (page, stage) => {
      await go(page, stage, '/admin/jobs', 'More than 9,999 downloads');
      // The height changes with each page, and as rows turn out to be higher than expected.
      const deep = page.getByText(/^Archive volume 97\d\d$/).first();
      for (let step = 0; step < 500 && (await deep.count()) === 0; step += 1) {
        await page.mouse.wheel(0, 3_000);
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
      }
      await deep.waitFor({ state: 'attached' });
    },
  },
  { name: 'any-job', narrow: true, open: (page, stage) => go(page, stage, `/admin/jobs/${running(stage).id}`, 'Open in Temporal UI') },
  {
    name: 'any-job-move',
    open: async (page, stage) => {
      await go(page, stage, `/admin/jobs/${running(stage).id}`, 'Open in Temporal UI');
      await page.getByRole('button', { name: 'Move to Seedr.cc' }).click();
      await page.getByRole('dialog').waitFor();
      await still(page);
    },
  },
  {
    name: 'any-job-plain',
    narrow: true,
    open: async (page, stage) => {
      const queued = stage.world.everybody.jobs.find((each) => each.name === '');
      stage.world.everybody.details.set(queued.id, { files: { pending: 0, stored: 0, skipped: 0, lost: 0 }, workflow: { id: `job-${queued.id}`, uiUrl: '' } });
      await go(page, stage, `/admin/jobs/${queued.id}`, 'Not known yet.');
    },
  },
  { name: 'any-job-missing', expects: /404/, open: (page, stage) => go(page, stage, '/admin/jobs/00000000-0000-4000-8000-000000000000', 'Download not found') },
];
