// The overview: of a healthy system, of one in trouble, and of a new one.
import { go } from './steps.mjs';

const trouble = [
  ['workers', 'away', 'queue_unserved', 'transfers', 'No worker serves the transfers queue.', 'Start a worker, or add transfers to WORKER_QUEUES of one.', ''],
  ['agents', 'degraded', 'agent_lost', 'a', 'Agent the-one-in-the-cellar-beside-the-heating.of-the-northern-harbour.example.org stopped responding.', 'Check its machine and its network, or remove it.', '/admin/agents'],
  ['agents', 'degraded', 'agent_disk_low', 'b', 'Agent attic has 112.0 MiB of disk left, too little for another job.', 'Free space on the disk, or give the agent a larger one.', '/admin/agents'],
  ['storage', 'away', 'storage_away', '', "Storage doesn't respond, so files can't be stored, streamed or downloaded.", 'Check that it runs, and that its address and keys in the settings are right.', '/admin/storage'],
  ['mail', 'degraded', 'mail_failing', '', '3 mails could not be sent within the last hour.', 'The list of mails says why. Check RESEND_API_KEY and that MAIL_FROM is of a verified domain.', '/admin/audit/mails?state=failed'],
];

function inTrouble({ overview }, since) {
  const warnings = trouble.map(([component, state, cause, target, what, advice, page], at) => ({ component, state, cause, target, count: 3, what, advice, page, since: since(-400 * (at + 1) ** 3) }));
  const off = { component: 'turnstile', state: 'off', cause: 'turnstile_off', target: '', count: 0, what: 'Not set up, so bots are not blocked from sign-in, registration and password reset.', advice: 'Set TURNSTILE_SITE_KEY and TURNSTILE_SECRET_KEY.', page: '', since: since(-1e6) };
  Object.assign(overview.overview, {
    warnings, outbox: { count: 1_204, oldestAt: since(-900) }, mail: { count: 3, oldestAt: since(-300) }, mailFailed: 3,
    components: overview.overview.components.map((each) => {
      const findings = [...warnings, off].filter(({ component }) => component === each.component);
      const [worst] = [...findings].sort((a, b) => (a.state === 'away' ? -1 : 1) - (b.state === 'away' ? -1 : 1));
      return worst ? { ...each, state: worst.state, since: worst.since, findings } : each;
    }),
  });
}

export const overviewPages = [
  { name: 'overview', narrow: true, open: (page, stage) => go(page, stage, '/admin', 'All is well') },
  {
    name: 'overview-trouble', narrow: true,
    open: async (page, stage) => {
      inTrouble(stage.world, stage.fixtures.moment);
      await go(page, stage, '/admin', 'Agent attic');
    },
  },
  {
    name: 'overview-table',
    open: async (page, stage) => {
      await go(page, stage, '/admin', 'All is well');
      await page.getByText('Show as table').first().click();
    },
  },
  {
    name: 'overview-new',
    open: async (page, stage) => {
      Object.assign(stage.world.overview.overview, { components: [], running: [], waiting: [], slots: 0, failedToday: 0, readyToday: 0, hours: [], days: [], faults: [] });
      await go(page, stage, '/admin', 'The first look');
    },
  },
];
