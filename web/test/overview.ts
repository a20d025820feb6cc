import type { HealthFinding, Overview } from '@/api/model';

import { json, type Route } from './answers';
import { moment } from './fixtures';

const gib = 1024 ** 3;
const hour = 3_600_000;

/** Makes a warning. */
export function makeFinding(given: Partial<HealthFinding> = {}): HealthFinding {
  return {
    component: 'agents', state: 'degraded', cause: 'agent_lost', target: 'barge-1', count: 0, what: 'Agent barge-1 stopped responding.',
    advice: 'Check its machine and its network, or remove it.', page: '/admin/agents', since: moment(-2_000), ...given,
  };
}

const names = ['api', 'workers', 'agents', 'temporal', 'database', 'storage', 'seedr', 'mail', 'turnstile'] as const;

/** Makes the overview of a healthy system in use. */
export function makeOverview(given: Partial<Overview> = {}): Overview {
  const last = Math.floor(Date.parse(moment(0)) / hour) * hour;
  return {
    at: moment(0), version: '0.1.0', checkedAt: moment(-4), warnings: [],
    components: names.map((component) => ({ component, state: 'ok', since: moment(-800_000), findings: [] })),
    running: [{ state: 'downloading', count: 31 }, { state: 'storing', count: 2 }],
    slots: 40,
    waiting: [{ state: 'queued', reason: 'waits_for_slot', count: 120 }, { state: 'awaiting_selection', reason: 'choose_files', count: 4 }, { state: 'paused', reason: 'paused', count: 3 }],
    failedToday: 7, readyToday: 412,
    hours: Array.from({ length: 44 }, (_, at) => ({
      hour: new Date(last - (47 - at) * hour).toISOString(), fetched: (20 + ((at * 37) % 23)) * gib, stored: (18 + ((at * 29) % 19)) * gib, delivered: (40 + ((at * 53) % 61)) * gib, finished: 9 + (at % 7),
    })),
    days: Array.from({ length: 30 }, (_, at) => ({ day: moment((at - 29) * 86_400).slice(0, 10), files: 30_000 + at * 200, bytes: (4_800 + at * 26 + (at % 9) * 22) * gib, bucketObjects: null, bucketBytes: null })),
    faults: [{ problem: 'no_peers', count: 5, lastAt: moment(-700) }, { problem: 'source_failing', count: 2, lastAt: moment(-9_000) }],
    outbox: { count: 0, oldestAt: null }, mail: { count: 0, oldestAt: null }, mailFailed: 0, ...given,
  };
}

/** The overview of a server in memory. */
export class OverviewWorld {
  overview = makeOverview();

  readonly routes: Route[] = [['GET', /^\/admin\/overview$/, () => json(this.overview)]];
}
