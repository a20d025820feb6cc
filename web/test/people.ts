import type { AdminPlan, AnyAnnouncement, MailInfo, PlanLimit, SetOverride, UserDetail, UserInfo } from '@/api/model';

import { empty, json, problem, type Route } from './answers';
import { moment, newId } from './fixtures';

const gib = 1024 ** 3;

/** Makes a plan as admins see it. */
export function makePlan(id: string, name: string, given: Partial<AdminPlan> = {}): AdminPlan {
  return {
    id, name, default: false, public: true, position: 1, maxRunningJobs: null, storageBytes: null, bandwidthBytes: null, maxJobBytes: null, maxFiles: null,
    retentionDays: null, rateLimit: null, version: 1, retired: false, users: 0, agentPool: '', ...given,
  };
}

/** What the page of an account shows beyond the list. */
export type UserMore = Pick<UserDetail, 'factors' | 'sessions' | 'apiTokens' | 'override' | 'agentPool'>;

/** Makes what the page of an account shows beyond the list. */
export function makeMore(given: Partial<UserMore> = {}): UserMore {
  return {
    factors: { totp: true, passkeys: [{ name: 'Phone', createdAt: moment(-80_000), lastUsedAt: moment(-900) }], recoveryCodes: 7 },
    sessions: [
      { id: 'session-1', ip: '192.0.2.40', userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0', createdAt: moment(-9_000), lastSeenAt: moment(-40) },
      { id: 'session-2', ip: '2001:db8:85a3:8d3:1319:8a2e:370:7348', userAgent: 'longhaul-cli/1.4', createdAt: moment(-90_000), lastSeenAt: moment(-4_000) },
    ],
    apiTokens: [{ id: newId(), name: 'Seedbox script with a rather long name', hint: 'lh_ab12', scopes: ['jobs:read', 'jobs:write', 'files:read'], expiresAt: moment(9_000_000), lastUsedAt: null }],
    override: null,
    agentPool: { own: '', current: '' },
    ...given,
  };
}

/** Makes the announcement as admins see it. */
export function makeAnnouncement(given: Partial<AnyAnnouncement> = {}): AnyAnnouncement {
  return { id: newId(), text: 'Maintenance tonight from 22:00.', level: 'warning', from: moment(-60), until: null, dismissible: true, public: false, createdAt: moment(-60), ...given };
}

const fault = (id: string | undefined) => problem(404, 'not_found', `There is no account ${id ?? ''}.`);

/** The accounts, plans and mails of a server in memory. */
interface People {
  users: UserInfo[];
  plans: AdminPlan[];
  mails: MailInfo[];
}

/** What a server in memory does for the pages of accounts and plans. */
export class PeopleWorld {
  readonly more = new Map<string, UserMore>();
  announcement: AnyAnnouncement | null = null;
  /** What was done to which account. */
  readonly done: string[] = [];

  constructor(private readonly admin: People) {}

  readonly routes: Route[] = [
    ['GET', /^\/announcement$/, () => json({ announcement: this.announcement })],
    ['GET', /^\/admin\/announcement$/, () => json({ announcement: this.announcement })],
    ['PUT', /^\/admin\/announcement$/, async (_, request) => this.announce((await request.json()) as Partial<AnyAnnouncement>)],
    ['DELETE', /^\/admin\/announcement$/, () => this.announce(null)],
    ['GET', /^\/admin\/users\/([^/.]+)$/, ([, id]) => this.one(id)],
    ['GET', /^\/admin\/users\/([^/]+)\/mails$/, () => json({ mails: this.admin.mails })],
    ['PUT', /^\/admin\/users\/([^/]+)\/override$/, async ([, id], request) => this.override(id, (await request.json()) as SetOverride)],
    ['DELETE', /^\/admin\/users\/([^/]+)\/override$/, ([, id]) => this.change(id, { override: null })],
    ['PUT', /^\/admin\/users\/([^/]+)\/pool$/, async ([, id], request) => this.bind(id, ((await request.json()) as { pool: string }).pool)],
    ['DELETE', /^\/admin\/users\/([^/]+)\/pool$/, ([, id]) => this.bind(id, '')],
    ['DELETE', /^\/admin\/users\/([^/]+)\/(sessions|tokens)\/(.+)$/, ([, id, what, which]) => this.end(id, what, which)],
    ['POST', /^\/admin\/users\/([^/]+)\/reset$/, ([, id]) => this.note(id, 'reset')],
    ['POST', /^\/admin\/users\/([^/]+)\/reset-factors$/, ([, id]) => this.note(id, 'factors', { factors: { totp: false, passkeys: [], recoveryCodes: 0 }, sessions: [], apiTokens: [] })],
    ['POST', /^\/admin\/users\/([^/]+)\/delete$/, ([, id]) => this.remove(id)],
    ['POST', /^\/admin\/users\/plan$/, async (_, request) => this.move((await request.json()) as { plan: string; filter: { plan?: string; q?: string } })],
    ['POST', /^\/admin\/plans$/, async (_, request) => this.add((await request.json()) as Partial<AdminPlan> & { id: string; name: string })],
    ['PATCH', /^\/admin\/plans\/([^/]+)$/, async ([, id], request) => this.changePlan(id, (await request.json()) as Partial<AdminPlan>)],
    ['GET', /^\/admin\/plans\/([^/]+)\/effect$/, ([, id], _, url) => this.effect(id, url)],
  ];

  private announce(to: Partial<AnyAnnouncement> | null): Response {
    this.announcement = to && makeAnnouncement({ ...to, from: to.from ?? moment(0) });
    return empty();
  }

  private user(id: string | undefined): UserInfo | undefined {
    return this.admin.users.find((user) => user.id === id);
  }

  /** Returns what the page of an account shows beyond the list. */
  moreOf(id: string): UserMore {
    return this.more.get(id) ?? makeMore();
  }

  private one(id: string | undefined): Response {
    const user = this.user(id);
    if (!user) return fault(id);
    const plan = this.admin.plans.find((each) => each.id === user.plan) ?? makePlan(user.plan, user.planName);
    const more = this.moreOf(user.id);
    const own = Object.fromEntries((more.override?.limits ?? []).map(({ limit, value }) => [limit, value])) as Partial<Record<PlanLimit, number | null>>;
    const detail: UserDetail = {
      ...user, ...more,
      agentPool: { own: more.agentPool.own, current: more.agentPool.own === '' ? plan.agentPool : more.agentPool.own },
      limits: { ...plan, ...own },
      usage: {
        storageUsed: user.storageUsed, storageReserved: 0, bandwidth: 31 * gib, resetsAt: moment(500_000), files: 214, running: user.runningJobs,
        runningLimit: plan.maxRunningJobs ?? 0,
      },
    };
    return json(detail);
  }

  private change(id: string | undefined, to: Partial<UserMore>): Response {
    if (!id || !this.user(id)) return fault(id);
    this.more.set(id, { ...this.moreOf(id), ...to });
    return empty();
  }

  private note(id: string | undefined, act: string, to: Partial<UserMore> = {}): Response {
    this.done.push(`${act} ${this.user(id)?.email ?? ''}`);
    return this.change(id, to);
  }

  private override(id: string | undefined, { limits, until, reason }: SetOverride): Response {
    return this.change(id, { override: { limits, until: until ?? null, reason, by: 'ada@example.org', createdAt: moment(0) } });
  }

  private bind(id: string | undefined, own: string): Response {
    return this.change(id, { agentPool: { own, current: own } });
  }

  private end(id: string | undefined, what: string | undefined, which: string | undefined): Response {
    const { sessions, apiTokens } = this.moreOf(id ?? '');
    return this.change(id, what === 'sessions' ? { sessions: sessions.filter((each) => each.id !== which) } : { apiTokens: apiTokens.filter((each) => each.id !== which) });
  }

  private remove(id: string | undefined): Response {
    const answer = this.note(id, 'delete');
    this.admin.users = this.admin.users.filter((user) => user.id !== id);
    return answer;
  }

  private move({ plan, filter }: { plan: string; filter: { plan?: string; q?: string } }): Response {
    const to = this.admin.plans.find((each) => each.id === plan);
    if (!to) return problem(422, 'invalid', 'No such plan, or it is retired.', 'plan');
    const meant = this.admin.users.filter((user) => user.plan !== plan && (filter.plan ?? user.plan) === user.plan && user.email.includes(filter.q ?? ''));
    this.admin.users = this.admin.users.map((user) => (meant.includes(user) ? { ...user, plan, planName: to.name, storageLimit: to.storageBytes } : user));
    return json({ changed: meant.length });
  }

  private add({ id, name, ...rest }: Partial<AdminPlan> & { id: string; name: string }): Response {
    if (this.admin.plans.some((plan) => plan.id === id)) return problem(409, 'conflict', 'A plan with this id already exists.', 'id');
    const added = makePlan(id, name, rest);
    this.admin.plans = [...this.admin.plans, added];
    return json(added, 201);
  }

  private changePlan(id: string | undefined, { version, ...to }: Partial<AdminPlan>): Response {
    const plan = this.admin.plans.find((each) => each.id === id);
    if (!plan) return fault(id);
    if (version !== plan.version) return problem(409, 'conflict', 'The plan has changed since you opened it. Load it again.', 'version');
    const changed = { ...plan, ...to, version: plan.version + 1 };
    this.admin.plans = this.admin.plans.map((each) => (each === plan ? changed : to.default ? { ...each, default: false } : each));
    return json(changed);
  }

  private effect(id: string | undefined, url: URL): Response {
    const storage = Number(url.searchParams.get('storageBytes') ?? Infinity);
    const days = Number(url.searchParams.get('retentionDays') ?? Infinity);
    const of = this.admin.users.filter((user) => user.plan === id);
    return json({ users: of.length, overStorage: of.filter((user) => user.storageUsed > storage).length, overBandwidth: 0, overFiles: 0, expireSooner: days < 30 ? 12 : 0 });
  }
}
