// The usage of a plan, and the places that show that a plan is used up.
import { go, paste } from './steps.mjs';

const gib = 1024 ** 3;

function plansOf(free) {
  return [
    free,
    { ...free, id: 'pro', name: 'Pro', default: false, position: 2, maxRunningJobs: 10, storageBytes: 500 * gib, bandwidthBytes: 2048 * gib, maxJobBytes: 200 * gib, retentionDays: 365 },
    { ...free, id: 'crew', name: 'Crew of the workshop and everybody who helps there', default: false, position: 3, maxRunningJobs: null, storageBytes: null, bandwidthBytes: null, maxJobBytes: null, retentionDays: null },
  ];
}

const noRoom = 'Not enough storage: it needs 4.1 GiB, you have 2.3 GiB left.';

function waitingJob(stage) {
  const job = stage.fixtures.makeJob({ name: 'Elephants Dream 2006 1080p', state: 'queued', size: 4.1 * gib, reason: stage.fixtures.because('storage_full', { need: 4.1 * gib, free: 2.3 * gib }) });
  stage.world.jobs = [job, ...stage.world.jobs];
  return job;
}

export const usagePages = [
  {
    name: 'usage-own-limits',
    narrow: true,
    open: async (page, stage) => {
      stage.world.usage = stage.fixtures.makeUsage({
        plan: { ...stage.fixtures.makeUsage().plan, rateLimit: 5 * 1024 ** 2 },
        override: { limits: [{ limit: 'storageBytes', value: 20 * gib }, { limit: 'maxFiles', value: null }, { limit: 'rateLimit', value: 5 * 1024 ** 2 }], until: '2031-01-01T00:00:00Z' },
      });
      await go(page, stage, '/usage', 'limits of your own');
    },
  },
  {
    name: 'usage-plans',
    narrow: true,
    open: async (page, stage) => {
      stage.world.plans = plansOf(stage.fixtures.makeUsage().plan);
      await go(page, stage, '/usage', 'Crew of the workshop');
    },
  },
  {
    name: 'usage-new',
    narrow: true,
    open: async (page, stage) => {
      const days = stage.fixtures.makeUsage().days.map(({ day }) => ({ day, bandwidth: 0, storage: 0, stored: 0, jobs: 0 }));
      const { bandwidth, jobs, storage } = stage.fixtures.makeUsage();
      stage.world.ledger = [];
      stage.world.usage = stage.fixtures.makeUsage({ days, bandwidth: { ...bandwidth, used: 0 }, storage: { ...storage, used: 0, reserved: 0 }, jobs: { ...jobs, running: 0, total: 0 } });
      await go(page, stage, '/usage', 'Nothing stored yet.');
    },
  },
  {
    name: 'usage-full',
    narrow: true,
    open: async (page, stage) => {
      const { bandwidth, jobs } = stage.fixtures.makeUsage();
      stage.world.usage = stage.fixtures.makeUsage({ bandwidth: { ...bandwidth, used: 104 * gib }, storage: { used: 19 * gib, reserved: gib, limit: 20 * gib }, jobs: { ...jobs, running: 2 } });
      await go(page, stage, '/usage', 'Deleted download');
      await page.getByText('Show as table').click();
    },
  },
  {
    name: 'usage-unlimited',
    open: async (page, stage) => {
      const [, , crew] = plansOf(stage.fixtures.makeUsage().plan);
      const { bandwidth, jobs, storage } = stage.fixtures.makeUsage();
      stage.world.usage = stage.fixtures.makeUsage({ plan: { ...crew, public: false }, bandwidth: { ...bandwidth, limit: null }, storage: { ...storage, limit: null }, jobs: { ...jobs, limit: null } });
      await go(page, stage, '/usage', 'Deleted download');
    },
  },
  {
    name: 'usage-long',
    narrow: true,
    open: async (page, stage) => {
      stage.world.ledger = Array.from({ length: 10_000 }, (_, at) => stage.fixtures.makeLedgerLine({ jobName: `${'a-name-without-any-space-'.repeat(at % 5)}${10_000 - at}` }));
      await go(page, stage, '/usage', 'Show earlier');
      await page.getByRole('button', { name: 'Show earlier' }).click();
      await page.getByText('Showing the newest 100 changes').waitFor();
    },
  },
  {
    name: 'usage-failing',
    expects: /503|Failed to load/,
    open: async (page, stage) => {
      const away = { status: 503, contentType: 'application/problem+json', body: '{"detail":"The database is away.","code":"unavailable","requestId":"01JD8ZC3"}' };
      await page.route(/\/api\/v1\/(usage\/ledger|plans)/, (route) => route.fulfill(away));
      await page.goto(`${stage.app}/usage`);
      await page.getByText("Couldn't load the plans").waitFor();
      await page.getByText("Couldn't load your storage history").waitFor();
    },
  },
  {
    name: 'quota-list',
    narrow: true,
    open: async (page, stage) => {
      waitingJob(stage);
      await go(page, stage, '/', noRoom);
    },
  },
  { name: 'quota-job', narrow: true, open: (page, stage) => go(page, stage, `/jobs/${waitingJob(stage).id}`, noRoom) },
  {
    name: 'quota-submit',
    narrow: true,
    open: async (page, stage) => {
      const reason = stage.fixtures.because('quota_exceeded', { need: 48 * gib, plan: 'Free', total: 20 * gib });
      stage.world.inspection = { ...stage.world.inspection, size: 48 * gib, verdict: { allowed: false, reason } };
      await go(page, stage, '/', 'Tears of Steel');
      await paste(page, `magnet:?xt=urn:btih:${'aa'.repeat(20)}&dn=Elephants+Dream`);
      await page.getByText('It needs 48.0 GiB; the Free plan has 20.0 GiB of storage in all.').first().waitFor();
    },
  },
];
