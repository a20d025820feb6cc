import type { DeploymentHealth, Failover, Provider, ProviderCheck, ProviderHistoryEntry, ProviderInfo, ProviderList, SeedrInfo, StorageInfo } from '@/api/model';

import { json, problem, type Route } from './answers';
import { moment } from './fixtures';
import { makeSums } from './storage';

const gib = 1024 ** 3;

/** Makes the data of a healthy Seedr account. */
export function makeSeedr(given: Partial<SeedrInfo> = {}): SeedrInfo {
  return {
    configured: true, credentialsFrom: 'environment', plan: 'MASTER', spaceMax: 1024 * gib, spaceUsed: 312 * gib, spaceFree: 655 * gib,
    slotsFrom: 'plan', others: 0, lastOkAt: moment(-8), failedSince: null, problem: '', restUntil: null, restReason: '', ...given,
  };
}

/** Makes the agents as a provider. */
export function makeAgents(given: Partial<ProviderInfo> = {}): ProviderInfo {
  return {
    provider: 'agent', active: true, healthy: true, summary: 'Agents take work.', running: 7, waiting: 2, slots: 16, slotsFree: 9, agents: 2, seedr: null, ...given,
  };
}

/** Makes Seedr as a provider. */
export function makeSeedrProvider(seedr: Partial<SeedrInfo> = {}, given: Partial<ProviderInfo> = {}): ProviderInfo {
  return {
    provider: 'seedr', active: false, healthy: true, summary: 'Seedr answers.', running: 4, waiting: 0, slots: 25, slotsFree: 21, agents: 0, seedr: makeSeedr(seedr), ...given,
  };
}

/** Makes a successful verification. */
export function makeCheck(given: Partial<ProviderCheck> = {}): ProviderCheck {
  return {
    provider: 'seedr', ok: true, problem: '', message: 'Seedr answers: 312 GiB of 1 TiB used, 4 transfers running.', at: moment(-1), plan: 'MASTER',
    spaceMax: 1024 * gib, spaceUsed: 312 * gib, slots: 25, taken: 4, agents: 0, ...given,
  };
}

/** Makes an entry of the history. */
export function makeHistoryEntry(id: number, given: Partial<ProviderHistoryEntry> = {}): ProviderHistoryEntry {
  return { id, at: moment(-90_000), by: 'ada@example.org', from: 'agent', to: 'seedr', failover: 'none', userChoice: false, verified: makeCheck(), ...given };
}

interface Body {
  provider: Provider;
  confirm: string;
  force?: boolean;
  options?: { failover: Failover; userChoice: boolean };
}

/** The providers of a server in memory. */
export class ProviderWorld {
  failover: Failover = 'none';
  userChoice = false;
  list = [makeAgents(), makeSeedrProvider()];
  history: ProviderHistoryEntry[] = [];
  /** The result of a verification; undefined while no worker answers. */
  check: ProviderCheck | undefined = makeCheck();

  /** The health of the deployment. */
  health: DeploymentHealth = {
    status: 'ready', version: '0.1.0', checks: [
      { name: 'database', status: 'ok', missing: '' },
      { name: 'temporal', status: 'ok', missing: '' },
      { name: 'storage', status: 'ok', missing: '' },
      { name: 'mail', status: 'ok', missing: '' },
      { name: 'agent-disks', status: 'away', missing: 'Agent attic has 112.0 MiB free; it gets no transfers until 256.0 MiB are free. Free space on the disk, or give the agent a larger one.' },
      { name: 'turnstile', status: 'off', missing: 'Sign-in has no protection from bots, nor have registration and reset. Set TURNSTILE_SITE_KEY and TURNSTILE_SECRET_KEY.' },
    ],
  };

  storage: StorageInfo = {
    paused: '', pausedAt: null, acceptedAt: null, orphans: { count: 0, bytes: 0 }, nextPurgeAt: null, refusedOrphans: 0,
    lost: { count: 0, bytes: 0 }, lostJobs: 0, refusedLost: 0, sweptAt: moment(-600), checkedAt: moment(-6_000),
    sums: makeSums(), checkPlan: { days: 0, percent: 5 },
  };

  /** What was confirmed about storage. */
  readonly confirmed: string[] = [];

  readonly routes: Route[] = [
    ['GET', /^\/admin\/storage$/, () => json(this.storage)],
    ['POST', /^\/admin\/storage\/accept$/, async (_, request) => this.confirm((await request.json()) as { confirm: string })],
    ['PUT', /^\/admin\/storage\/checks\/plan$/, async (_, request) => this.plan((await request.json()) as StorageInfo['checkPlan'])],
    ['GET', /^\/admin\/health$/, () => json(this.health)],
    ['GET', /^\/admin\/providers$/, () => json(this.overview())],
    ['GET', /^\/admin\/providers\/history$/, (_, __, url) => json(this.page(url))],
    ['POST', /^\/admin\/providers\/verify$/, () => (this.check ? json(this.check) : this.noWorker())],
    ['POST', /^\/admin\/providers\/switch$/, async (_, request) => this.change((await request.json()) as Body)],
  ];

  private confirm({ confirm }: { confirm: string }) {
    this.confirmed.push(confirm);
    if (confirm === 'accept') this.storage = { ...this.storage, acceptedAt: moment(0) };
    return json({ started: true, storage: this.storage });
  }

  private plan(checkPlan: StorageInfo['checkPlan']) {
    this.storage = { ...this.storage, checkPlan };
    return json(checkPlan);
  }

  private get active(): Provider {
    return this.list.find((info) => info.active)?.provider ?? 'agent';
  }

  private overview(): ProviderList {
    return {
      active: this.active, failover: this.failover, userChoice: this.userChoice, providers: this.list,
      credentialsNote: "Seedr's e-mail address and password come only from the worker's environment: SEEDR_EMAIL and SEEDR_PASSWORD, or the files named by SEEDR_EMAIL_FILE and SEEDR_PASSWORD_FILE. They are never stored, shown or logged.",
    };
  }

  private page(url: URL) {
    const before = Number(url.searchParams.get('before') ?? 0);
    const limit = Number(url.searchParams.get('limit') ?? 50);
    return { entries: this.history.filter((entry) => before === 0 || entry.id < before).slice(0, limit) };
  }

  private noWorker(): Response {
    return problem(503, 'unavailable', 'No worker answered. Try again shortly.');
  }

  private change({ provider, confirm, force = false, options }: Body): Response {
    if (confirm !== provider) return problem(422, 'invalid', `Type the provider's name, ${provider}, to confirm.`, 'confirm');
    if (!force && !this.check) return this.noWorker();
    if (!force && this.check?.ok === false) return problem(503, this.check.problem, `${this.check.message} Nothing changed.`, 'provider');
    const from = this.active;
    this.failover = options?.failover ?? this.failover;
    this.userChoice = options?.userChoice ?? this.userChoice;
    this.list = this.list.map((info) => ({ ...info, active: info.provider === provider }));
    const entry = makeHistoryEntry((this.history[0]?.id ?? 0) + 1, {
      at: new Date().toISOString(), from, to: provider, failover: this.failover, userChoice: this.userChoice, verified: this.check ?? null,
    });
    this.history = [entry, ...this.history];
    return json({ entry });
  }
}
