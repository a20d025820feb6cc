import type { AdminPlan, AuditEntry, Block, ChainCheck, MailInfo, OpenInvitation, Role, SecurityEvent, UserInfo } from '@/api/model';

import { empty, json, problem, type Route } from './answers';
import { moment, newId } from './fixtures';
import { makePlan, PeopleWorld } from './people';

const gib = 1024 ** 3;

/** Makes an account as admins see it. */
export function makeUser(given: Partial<UserInfo> = {}): UserInfo {
  return {
    id: newId(), email: 'grace@example.org', role: 'user', state: 'active', verified: true, secondFactor: false, disabledAt: null,
    createdAt: moment(-864_000), lastSignInAt: moment(-7_200), lastSeenAt: moment(-300), jobs: 14, runningJobs: 1, plan: 'free', planName: 'Free',
    storageUsed: 12 * gib, storageLimit: 20 * gib, ...given,
  };
}

/** Makes an entry of the audit log. */
export function makeAuditEntry(id: number, given: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id, at: moment(-id * 60), actorKind: 'admin', actorId: newId(), actorName: 'ada@example.org', action: 'user.disable', targetKind: 'user',
    targetId: newId(), targetName: 'grace@example.org', ip: '192.0.2.17', before: null, after: null, hash: 'ab'.repeat(32), ...given,
  };
}

/** Makes a security event. */
export function makeSecurityEvent(id: number, given: Partial<SecurityEvent> = {}): SecurityEvent {
  return {
    id, at: moment(-id * 60), kind: 'login_failed', userId: newId(), userEmail: 'grace@example.org', ip: '203.0.113.9',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0', detail: 'wrong password', ...given,
  };
}

/** Makes a mail. */
export function makeMail(given: Partial<MailInfo> = {}): MailInfo {
  return {
    id: newId(), to: 'grace@example.org', userId: newId(), kind: 'verify_email', state: 'sent', attempts: 1, lastError: '',
    createdAt: moment(-500), endedAt: moment(-498), ...given,
  };
}

/** Makes a block. */
export function makeBlock(given: Partial<Block> = {}): Block {
  return {
    id: newId(), kind: 'hash', value: 'c9e15763f722f23e98a29decdfae341b98d53056', name: '', reason: 'Notice 7 of the rights holder', by: 'ada@example.org',
    jobs: 3, enforced: true, createdAt: moment(-7_200), liftedAt: null, ...given,
  };
}

/** Makes an invitation. */
export function makeInvitation(given: Partial<OpenInvitation> = {}): OpenInvitation {
  return { id: newId(), email: 'linus@example.org', role: 'user', createdAt: moment(-7_200), expiresAt: moment(500_000), ...given };
}

interface NewBlocks {
  values?: string[];
  files?: string[];
  reason: string;
}

interface Body {
  role: Role;
  plan: string;
  email: string;
  mode: string;
}

const sortKeys: Record<string, (user: UserInfo) => string> = {
  email: (user) => user.email,
  signIn: (user) => user.lastSignInAt ?? '',
  storage: (user) => `${user.storageUsed}`.padStart(20, '0'),
  created: (user) => user.createdAt,
};

/** The admin's part of a server in memory. */
export class AdminWorld {
  users: UserInfo[] = [];
  plans: AdminPlan[] = [
    makePlan('free', 'Free', { default: true, maxRunningJobs: 2, storageBytes: 20 * gib, bandwidthBytes: 100 * gib, retentionDays: 30, rateLimit: 2.5 * 1024 ** 2 }),
    makePlan('pro', 'Pro', { maxRunningJobs: 10, storageBytes: 1024 * gib, bandwidthBytes: 5120 * gib }),
    makePlan('unlimited', 'Unlimited', { public: false }),
  ];
  invitations: OpenInvitation[] = [];
  blocks: Block[] = [];
  audit: AuditEntry[] = [];
  check: ChainCheck = { intact: true, entries: 0, headId: 0, headHash: '', brokenId: 0, fault: '' };
  events: SecurityEvent[] = [];
  mails: MailInfo[] = [];
  /** The queries that were asked, as they stood in the addresses. */
  readonly asked: string[] = [];

  constructor(private readonly setMode: (mode: string) => void) {}

  readonly people = new PeopleWorld(this);

  readonly routes: Route[] = [
    ...this.people.routes,
    ['GET', /^\/admin\/users$/, (_, __, url) => json(this.list(url))],
    ['POST', /^\/admin\/users\/([^/]+)\/(disable|enable|logout)$/, ([, id, act]) => this.access(id, act)],
    ['PUT', /^\/admin\/users\/([^/]+)\/role$/, async ([, id], request) => this.role(id, await read(request))],
    ['PUT', /^\/admin\/users\/([^/]+)\/plan$/, async ([, id], request) => this.assign(id, await read(request))],
    ['GET', /^\/admin\/plans$/, () => json({ plans: this.plans.map((plan) => ({ ...plan, users: this.users.filter((user) => user.plan === plan.id).length })) })],
    ['GET', /^\/admin\/blocks$/, (_, __, url) => this.listBlocks(url)],
    ['POST', /^\/admin\/blocks$/, async (_, request) => this.block((await request.json()) as NewBlocks)],
    ['POST', /^\/admin\/blocks\/(.+)\/lift$/, ([, id]) => this.lift(id)],
    ['GET', /^\/admin\/invitations$/, () => json({ invitations: this.invitations })],
    ['POST', /^\/admin\/invitations$/, async (_, request) => this.invite(await read(request))],
    ['DELETE', /^\/admin\/invitations\/(.+)$/, ([, id]) => this.withdraw(id)],
    ['PUT', /^\/admin\/registration$/, async (_, request) => this.registration(await read(request))],
    ['GET', /^\/admin\/audit$/, (_, __, url) => this.log(url)],
    ['GET', /^\/admin\/(audit|security-events)\/verify$/, () => json(this.check)],
    ['GET', /^\/admin\/security-events$/, (_, __, url) => this.security(url)],
    ['GET', /^\/admin\/mails$/, (_, __, url) => json({ mails: this.mails.filter(({ state }) => (url.searchParams.get('state') ?? state) === state) })],
  ];

  private list(url: URL) {
    const { searchParams: query } = url;
    this.asked.push(url.search);
    const sort = query.get('sort') ?? '-created';
    const key = sortKeys[sort.replace('-', '')] ?? ((user: UserInfo) => user.createdAt);
    const matching = this.users
      .filter((user) => user.email.includes(query.get('q')?.toLowerCase() ?? ''))
      .filter((user) => (query.get('state') ?? user.state) === user.state && (query.get('role') ?? user.role) === user.role && (query.get('plan') ?? user.plan) === user.plan)
      .sort((a, b) => key(a).localeCompare(key(b)) * (sort.startsWith('-') ? -1 : 1));
    const start = Number(query.get('cursor') ?? 0);
    const end = start + Number(query.get('limit') ?? 50);
    return { users: matching.slice(start, end), nextCursor: end < matching.length ? `${end}` : '', total: matching.length };
  }

  private change(id: string | undefined, to: Partial<UserInfo>): Response {
    this.users = this.users.map((user) => (user.id === id ? { ...user, ...to } : user));
    return empty();
  }

  private lastAdmin(id: string | undefined): Response | undefined {
    const others = this.users.filter((user) => user.id !== id && user.role === 'admin' && user.state === 'active');
    const role = this.users.find((user) => user.id === id)?.role;
    return role === 'admin' && others.length === 0
      ? problem(409, 'last_admin', 'This is the last admin. Make someone else admin first.')
      : undefined;
  }

  private access(id: string | undefined, act: string | undefined): Response {
    if (act === 'logout') return empty();
    if (act === 'enable') return this.change(id, { state: 'active', disabledAt: null });
    return this.lastAdmin(id) ?? this.change(id, { state: 'disabled', disabledAt: moment(0) });
  }

  private role(id: string | undefined, { role }: Body): Response {
    return this.lastAdmin(id) ?? this.change(id, { role });
  }

  private assign(id: string | undefined, body: Body): Response {
    const chosen = this.plans.find((each) => each.id === body.plan);
    if (!chosen) return problem(422, 'invalid', 'There is no such plan.', 'plan');
    return this.change(id, { plan: chosen.id, planName: chosen.name, storageLimit: chosen.storageBytes });
  }

  private listBlocks(url: URL): Response {
    const { kind, q, lifted } = Object.fromEntries(url.searchParams);
    const shown = this.blocks.filter(
      (block) => (block.liftedAt !== null) === (lifted === 'true') && (!kind || block.kind === kind) && `${block.value} ${block.reason}`.includes(q ?? ''),
    );
    return json({ blocks: shown, nextCursor: '' });
  }

  private block({ values = [], files = [], reason }: NewBlocks): Response {
    const refused = values.filter((value) => value.includes(' ')).map((value) => ({ value, why: 'Use an info hash, a magnet link, a host or an address.' }));
    const blocks = [
      ...values.filter((value) => !value.includes(' ')).map((value) => makeBlock({ value, reason, kind: value.includes('.') ? 'url' : 'hash' })),
      ...files.map((value) => makeBlock({ value, reason, kind: 'file', name: 'Season 1/Pilot.mkv' })),
    ];
    this.blocks = [...blocks, ...this.blocks];
    return json({ blocks, refused });
  }

  private lift(id: string | undefined): Response {
    this.blocks = this.blocks.map((block) => (block.id === id ? { ...block, liftedAt: moment(0) } : block));
    return json(this.blocks.find((block) => block.id === id));
  }

  private invite({ email, role }: Body): Response {
    if (this.users.some((user) => user.email === email)) return problem(409, 'conflict', 'There is already an account with this e-mail address.', 'email');
    const invitation = makeInvitation({ email, role, createdAt: moment(0) });
    this.invitations = [invitation, ...this.invitations];
    return json({ invitation, url: 'https://longhaul.test/register?invitation=a-secret', mailed: true }, 201);
  }

  private withdraw(id: string | undefined): Response {
    this.invitations = this.invitations.filter((each) => each.id !== id);
    return empty();
  }

  private registration({ mode }: Body): Response {
    this.setMode(mode);
    return empty();
  }

  private log(url: URL): Response {
    const { searchParams: query } = url;
    this.asked.push(url.search);
    const fits = (entry: AuditEntry) =>
      (query.get('actor') ?? entry.actorName) === entry.actorName &&
      [null, entry.targetName, entry.targetId].includes(query.get('target')) &&
      entry.action.startsWith(query.get('action') ?? '');
    return this.page('entries', this.audit.filter(fits), query);
  }

  private security(url: URL): Response {
    const { searchParams: query } = url;
    this.asked.push(url.search);
    const fits = (event: SecurityEvent) =>
      (query.get('kind') ?? event.kind) === event.kind && [null, event.userEmail, event.userId].includes(query.get('user')) && (query.get('ip') ?? event.ip) === event.ip;
    return this.page('events', this.events.filter(fits), query);
  }

  private page(name: string, all: readonly unknown[], query: URLSearchParams): Response {
    const start = Number(query.get('cursor') ?? 0);
    const end = start + Number(query.get('limit') ?? 50);
    return json({ [name]: all.slice(start, end), nextCursor: end < all.length ? `${end}` : '' });
  }
}

async function read(request: Request): Promise<Body> {
  return (await request.json()) as Body;
}
