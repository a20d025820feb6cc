// Where names from users, torrents and notices show, each with the way to it.
import { still } from './steps.mjs';

const calm = async (page) => {
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => document.fonts.ready);
  await still(page);
};

/** Opens a page and waits until it has loaded what it shows. */
const at = (path) => async (page, stage) => {
  // The event stream never ends, and with it open no network is ever idle.
  await page.route('**/api/v1/events*', (route) => route.abort());
  await page.goto(stage.app + (typeof path === 'function' ? path(stage) : path));
  await page.getByRole('heading').first().waitFor();
  await calm(page);
};

/** Opens a page, presses its first button of that name, and waits for what opens. */
const press = (path, name, role = 'button') => async (page, stage) => {
  await at(path)(page, stage);
  await page.getByRole(role, { name }).first().click();
  await calm(page);
};

const job = (stage, state) => stage.world.jobs.find((each) => each.state === state);
const ready = (stage) => stage.world.jobs.find((each) => each.name === 'Tears of Steel');
const libraryFile = (stage, name) => stage.world.library.files.find((each) => each.entry.name === name).entry.id;

function binned({ world }) {
  for (const each of world.jobs.slice(0, 8)) {
    world.trash.delete(true, { id: each.id, kind: 'job', jobId: each.id, jobName: each.name, state: each.state, path: '', bytes: each.size ?? 0, files: each.fileCount }, () => undefined);
    world.trash.delete(false, { id: `f-${each.id}`, kind: 'file', jobId: each.id, jobName: each.name, state: each.state, path: `Disc/${each.name} 2`, bytes: 12, files: 1 }, () => undefined);
  }
}

/** Opens the settings, presses the first of what is found there, and waits for what opens. */
const inSettings = (find) => async (page, stage) => {
  await at('/settings')(page, stage);
  await find(page).first().click();
  await calm(page);
};

/** Opens a dialog from the menu of the first share that works. */
const shareMenu = (name) => async (page, stage) => {
  await press('/shares', /^Actions for /)(page, stage);
  await page.getByRole('menuitem', { name, exact: true }).click();
  await page.getByRole('dialog').waitFor();
  await calm(page);
};

const stranger = ({ world }) => {
  world.me = null;
};

export const hostilePages = [
  { name: 'list', open: at('/') },
  { name: 'list-labels', open: press('/', /^Label/) },
  { name: 'job-running', open: at((stage) => `/jobs/${job(stage, 'downloading').id}`) },
  { name: 'job-ready', open: at((stage) => `/jobs/${ready(stage).id}`) },
  { name: 'job-choosing', open: at((stage) => `/jobs/${job(stage, 'awaiting_selection').id}`) },
  { name: 'trash', prepare: binned, open: at('/trash') },
  { name: 'settings', open: at('/settings') },
  { name: 'label-changes', open: inSettings((page) => page.getByRole('list', { name: 'Labels' }).getByRole('button', { name: /^Edit / })) },
  { name: 'label-asks', open: inSettings((page) => page.getByRole('list', { name: 'Labels' }).getByRole('button', { name: /^Delete / })) },
  { name: 'rules', open: inSettings((page) => page.locator('#downloads').getByLabel('Label', { exact: true })) },
  { name: 'webhooks', open: at('/settings/notifications') },
  { name: 'webhook-log', open: press('/settings/notifications', /^Deliveries to/) },
  { name: 'notifications', open: at('/notifications') },
  { name: 'bell', open: press('/usage', /^Notifications, /) },
  { name: 'library', open: at('/files') },
  { name: 'library-gallery', open: at('/files?as=grid') },
  { name: 'viewer', open: at((stage) => `/files/${libraryFile(stage, 'Harbour 1.jpg')}`) },
  { name: 'shares', open: at('/shares') },
  { name: 'share-dialog', open: press((stage) => `/jobs/${ready(stage).id}`, /^Share$/) },
  { name: 'share-file-dialog', open: press((stage) => `/jobs/${ready(stage).id}`, /^Share ./) },
  { name: 'share-changes', open: shareMenu('Change') },
  { name: 'share-asks', open: shareMenu('Revoke') },
  { name: 'visitor', prepare: stranger, open: at('/s/token') },
  { name: 'visitor-file', prepare: stranger, open: at('/s/token?file=3') },
  {
    name: 'palette',
    open: async (page, stage) => {
      await press('/usage', 'Search and commands')(page, stage);
      await page.getByRole('textbox', { name: 'Search, or type a command' }).fill('s');
      await page.getByRole('status').filter({ hasText: /\d+ results?$/ }).waitFor({ state: 'attached' });
      await calm(page);
    },
  },
  { name: 'everybody', open: at('/admin/jobs') },
  { name: 'everybody-acts', open: press('/admin/jobs/acts', 'Results') },
  { name: 'admin-notices', prepare: ({ world, notices }) => notices(world), open: at('/admin/notices') },
  {
    name: 'admin-notice',
    prepare: ({ world, notices }) => notices(world),
    open: at((stage) => `/admin/notices/${stage.world.notices.list.find((each) => each.state === 'countered').id}`),
  },
  { name: 'own-notices', prepare: ({ world, notices }) => notices(world), open: at('/notices') },
  {
    name: 'list-asks',
    open: async (page, stage) => {
      await press('/', /^Actions for /)(page, stage);
      await page.getByRole('menuitem', { name: /Cancel|Delete/ }).last().click();
      await page.getByText(/“/).first().waitFor();
      await calm(page);
    },
  },
  {
    name: 'trash-asks',
    prepare: binned,
    open: async (page, stage) => {
      await press('/trash', /^Delete /)(page, stage);
      await page.getByRole('dialog').waitFor();
      await calm(page);
    },
  },
];
