import type { Agent, AgentHour, AgentTransfer, Config, Inspection, Job, JobAction, JobEvent, JobFile, JobState, LedgerLine, Plan, SourceFile, Usage } from '@/api/model';

import { AdminWorld } from './admin';
import { empty, json, problem, type Route } from './answers';
import { submitBatch, submitOne } from './batches';
import { EverybodysWorld } from './everybody';
import { fileAnswer, filePage, outlinePage } from './file-lists';
import { LabelWorld } from './labels';
import { because, makeAgentHours, makeEvent, makeJob, makeUsage, newId } from './fixtures';
import { LibraryWorld } from './library';
import { OverviewWorld } from './overview';
import { MediaWorld } from './media';
import { Owners } from './owners';
import { ProviderWorld } from './providers';
import { FlagWorld } from './flags';
import { ShareWorld } from './shares';
import { StorageWorld } from './storage';
import { trashedFile, trashedJob } from './trash';

const afterAction: Partial<Record<JobAction, JobState>> = {
  pause: 'paused',
  resume: 'queued',
  retry: 'queued',
  cancel: 'cancelled',
};

/** A server in memory for tests: it stores what it receives and answers as the API does. */
export class World extends Owners {
  jobs: Job[] = [];
  files = new Map<string, JobFile[]>();
  timelines = new Map<string, JobEvent[]>();
  agents: Agent[] = [];
  readonly agentHours = new Map<string, AgentHour[]>();
  readonly agentTransfers = new Map<string, AgentTransfer[]>();
  readonly providers = new ProviderWorld();
  readonly everybody = new EverybodysWorld();
  readonly storage = new StorageWorld();
  readonly features = new FlagWorld();
  readonly labels = new LabelWorld(this);
  readonly shares = new ShareWorld(() => this.filesUrl);
  readonly library = new LibraryWorld();
  readonly media = new MediaWorld(() => this.filesUrl, (jobId) => this.files.get(jobId) ?? []);
  readonly overview = new OverviewWorld();
  readonly admin = new AdminWorld((mode) => {
    this.registration = mode as Config['registration'];
  });
  inspection: Inspection | Response = problem(503, 'metadata_timeout', 'The metadata did not arrive in time.');
  /** What the outline of an inspected source has. */
  sourceFiles: SourceFile[] = [];
  usage: Usage = makeUsage();
  ledger: LedgerLine[] = [];
  plans: Plan[] = [makeUsage().plan];
  filesUrl = 'http://files.test';
  /** The days that a share lasts at most; 0 for any time. */
  maxShareDays = 0;
  /** The requests that changed something, as "METHOD /path body". */
  readonly changes: string[] = [];
  readonly idempotencyKeys: string[] = [];

  private readonly ownRoutes: Route[] = [
    ['GET', /^\/config$/, () => json(this.config())],
    ['POST', /^\/sources\/inspect$/, () => (this.inspection instanceof Response ? this.inspection.clone() : json(this.inspection))],
    ['GET', /^\/jobs$/, (_, __, url) => json(this.list(url))],
    ['POST', /^\/jobs$/, (_, request) => submitOne(this, request)],
    ['POST', /^\/jobs\/batch$/, (_, request) => this.submit(request)],
    ['GET', /^\/jobs\/([^/]+)$/, ([, id]) => this.withJob(id, (job) => json(job))],
    ['DELETE', /^\/jobs\/([^/]+)$/, ([, id], _, url) => this.withJob(id, (job) => this.remove(job, url.searchParams.has('final')))],
    ['DELETE', /^\/jobs\/([^/]+)\/files\/([^/]+)$/, ([, id, file]) => this.withJob(id, (job) => this.removeFile(job, file))],
    ['POST', /^\/jobs\/([^/]+)\/(pause|resume|retry|cancel)$/, ([, id, action]) => this.act(id, action as JobAction)],
    ['POST', /^\/jobs\/([^/]+)\/select$/, ([, id]) => this.withJob(id, (job) => json(this.change(job, { state: 'queued' }), 202))],
    ['GET', /^\/jobs\/([^/]+)\/files$/, ([, id], _, url) => json(filePage(this.files.get(id ?? '') ?? [], url))],
    ['GET', /^\/jobs\/([^/]+)\/files\/([^/]+)$/, ([, id, file]) => fileAnswer(this.files.get(id ?? '') ?? [], file)],
    ['GET', /^\/jobs\/([^/]+)\/outline$/, ([, id], _, url) => json(outlinePage(this.files.get(id ?? '') ?? [], url))],
    ['GET', /^\/sources\/outlines\/[^/]+$/, (_, __, url) => json(outlinePage(this.sourceFiles, url))],
    ['GET', /^\/jobs\/([^/]+)\/timeline$/, ([, id]) => json({ events: this.timelines.get(id ?? '') ?? [makeEvent({ kind: 'submitted' })] })],
    ['GET', /^\/jobs\/([^/]+)\/workflow$/, ([, id]) => json(this.workflow(id ?? ''))],
    ['POST', /^\/jobs\/([^/]+)\/archive$/, ([, id]) => json(this.link(`z/${id ?? ''}/all.zip`))],
    ['POST', /^\/files\/([^/]+)\/link$/, ([, id]) => json(this.link(`f/${id ?? ''}/file`))],
    ['GET', /^\/usage$/, () => json(this.usage)],
    ['GET', /^\/usage\/ledger$/, (_, __, url) => json(this.ledgerPage(url))],
    ['GET', /^\/plans$/, () => json({ plans: this.plans })],
    ['GET', /^\/admin\/agents$/, () => json({ agents: this.agents })],
    ['GET', /^\/admin\/agents\/([^/]+)$/, ([, id]) => this.withAgent(id, (agent) => json(agent))],
    ['PUT', /^\/admin\/agents\/([^/]+)\/(?:limit|pool)$/, ([, id], request) => this.setAgent(id, request)],
    ['GET', /^\/admin\/agents\/([^/]+)\/hours$/, ([, id]) => this.withAgent(id, (agent) => json({ hours: this.agentHours.get(agent.id) ?? makeAgentHours() }))],
    ['GET', /^\/admin\/agents\/([^/]+)\/transfers$/, ([, id]) => this.withAgent(id, (agent) => json({ transfers: this.agentTransfers.get(agent.id) ?? [], nextCursor: '' }))],
    ['POST', /^\/admin\/agents\/enrol$/, (_, request) => this.enrol(request)],
    ['POST', /^\/admin\/agents\/([^/]+)\/(cordon|uncordon|drain)$/, ([, id, act]) => this.changeAgent(id, act)],
    ['DELETE', /^\/admin\/agents\/([^/]+)$/, ([, id]) => this.removeAgent(id)],
    ['POST', /^\/admin\/bulk-acts$/, (_, request) => this.everybody.startBulk(request)],
    ['POST', /^\/admin\/jobs\/([^/]+)\/provider$/, ([, id], request) => (this.jobs.some((job) => job.id === id) ? this.move(id, request) : this.everybody.move(id, request))],
  ];

  /** Answers a request to the API. */
  async answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = url.pathname.replace(/^\/api\/v1/, '');
    if (request.method !== 'GET') this.changes.push(`${request.method} ${path} ${await request.clone().text()}`.trim());
    for (const [method, pattern, handler] of [...this.routes, ...this.providers.routes, ...this.admin.routes, ...this.storage.routes, ...this.features.routes, ...this.labels.routes, ...this.shares.routes, ...this.library.routes, ...this.media.routes, ...this.overview.routes, ...this.ownersRoutes, ...this.ownRoutes, ...this.everybody.routes]) {
      const match = method === request.method ? pattern.exec(path) : null;
      if (match) return this.unconfirmed(request.method, path) ?? (await handler(match, request, url));
    }
    return problem(404, 'not_found', 'There is nothing at this address.');
  }

  /** Refuses what an admin does before they have confirmed who they are; reading, and acts on jobs, need no confirmation. */
  private unconfirmed(method: string, path: string): Response | undefined {
    return method === 'GET' || !path.startsWith('/admin/') || /^\/admin\/(jobs|bulk-acts|blocks)\b|^\/admin\/notices(\/[^/]+)?$/.test(path) ? undefined : this.stale();
  }

  /** Changes a job as the server would. */
  change(job: Job, to: Partial<Job>): Job {
    const changed = makeJob({ ...job, ...(to.state && { actions: makeJob({ state: to.state }).actions }), updatedAt: new Date().toISOString(), ...to });
    this.jobs = this.jobs.map((each) => (each.id === job.id ? changed : each));
    return changed;
  }

  private config() {
    return {
      version: '0.1.0',
      filesUrl: this.filesUrl, setupNeeded: this.setupToken !== '',
      temporalUiUrl: 'http://temporal.test',
      limits: { maxRunningJobs: 10, maxJobBytes: 0, maxTorrentBytes: 10_485_760, minPasswordLength: 15, maxShareDays: this.maxShareDays, trashSeconds: this.trash.seconds },
      registration: this.registration,
      turnstileSiteKey: this.turnstileSiteKey,
      sampleUrl: this.sampleUrl, extensionChromeUrl: this.extensionStores.chrome, extensionFirefoxUrl: this.extensionStores.firefox,
      passkeys: this.passkeys.list.available, mail: this.mail,
      passwordRule: 'Use at least 15 characters. A few unrelated words are easy to keep; common words, repetitions and the address are refused.',
      plansPath: '/api/v1/plans',
    };
  }

  private list(url: URL) {
    const states = url.searchParams.get('state')?.split(',') ?? [];
    const words = (url.searchParams.get('q') ?? '').toLowerCase().split(/\s+/);
    const label = url.searchParams.get('label') ?? '';
    const limit = Number(url.searchParams.get('limit') ?? 50);
    const start = Number(url.searchParams.get('cursor') ?? 0);
    const sort = url.searchParams.get('sort') ?? '-created';
    const all = this.jobs.filter((job) => words.every((word) => job.name.toLowerCase().includes(word)) && (label === '' || job.labels.includes(label)));
    const matching = all
      .filter((job) => states.length === 0 || states.includes(job.state))
      .sort((a, b) => (sort === 'name' ? a.name.localeCompare(b.name) : b.createdAt.localeCompare(a.createdAt)));
    const counts: Record<string, number> = {};
    for (const job of all) counts[job.state] = (counts[job.state] ?? 0) + 1;
    const end = start + limit;
    return {
      jobs: matching.slice(start, end),
      nextCursor: end < matching.length ? `${end}` : '',
      total: matching.length,
      counts,
    };
  }

  /** A page of the ledger; the cursor counts lines here. */
  private ledgerPage(url: URL) {
    const start = Number(url.searchParams.get('cursor') ?? 0);
    const end = start + Number(url.searchParams.get('limit') ?? 50);
    return { lines: this.ledger.slice(start, end), nextCursor: end < this.ledger.length ? `${end}` : '' };
  }

  private submit(request: Request): Promise<Response> {
    this.idempotencyKeys.push(request.headers.get('Idempotency-Key') ?? '');
    return submitBatch(this, request);
  }

  private withJob(id: string | undefined, then: (job: Job) => Response): Response {
    const job = this.jobs.find((each) => each.id === id);
    return job ? then(job) : problem(404, 'not_found', 'There is no such job.');
  }

  private act(id: string | undefined, action: JobAction): Response {
    return this.withJob(id, (job) => {
      const state = afterAction[action];
      if (!job.actions.includes(action) || !state) return problem(409, 'wrong_state', 'The job is in another state.');
      return json(this.change(job, { state }), 202);
    });
  }

  private remove(job: Job, final: boolean): Response {
    const before = this.jobs;
    this.jobs = before.filter((each) => each.id !== job.id);
    return this.trash.delete(true, trashedJob(job), () => (this.jobs = before), final);
  }

  private removeFile(job: Job, id: string | undefined): Response {
    const before = this.files.get(job.id) ?? [];
    const file = before.find((each) => each.id === id);
    if (!file) return problem(404, 'not_found', 'No such file.');
    if (before.length === 1) return this.remove(job, false);
    this.files.set(job.id, before.filter((each) => each.id !== id));
    return this.trash.delete(false, trashedFile(job, file), () => this.files.set(job.id, before));
  }

  private workflow(id: string) {
    return { workflowId: `job-${id}`, runId: newId(), status: 'Running', state: null, uiUrl: 'http://temporal.test/job' };
  }

  private link(path: string) {
    return { url: `${this.filesUrl}/${path}`, expiresAt: new Date(Date.now() + 86_400_000).toISOString() };
  }

  private async enrol(request: Request): Promise<Response> {
    const { name } = (await request.json()) as { name: string };
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const compose = 'services:\n  agent:\n    image: longhaul:latest\n    command: [agent]\n    environment:\n      AGENT_ENROLMENT_TOKEN: "one-time"\n';
    return json({ token: 'one-time', command: `AGENT_ENROLMENT_TOKEN=one-time agent --name ${name}`, compose, expiresAt });
  }

  private async setAgent(id: string | undefined, request: Request): Promise<Response> {
    const to = (await request.json()) as Pick<Agent, 'rateLimit'> | Pick<Agent, 'pool'>;
    this.agents = this.agents.map((agent) => (agent.id === id ? { ...agent, ...to } : agent));
    return this.withAgent(id, (agent) => json(agent));
  }

  private withAgent(id: string | undefined, then: (agent: Agent) => Response): Response {
    const agent = this.agents.find((each) => each.id === id);
    return agent ? then(agent) : problem(404, 'not_found', 'There is no such agent.');
  }

  private changeAgent(id: string | undefined, act: string | undefined): Response {
    const state = act === 'cordon' ? 'cordoned' : act === 'drain' ? 'draining' : 'active';
    this.agents = this.agents.map((agent) => (agent.id === id ? { ...agent, state } : agent));
    return empty();
  }

  private removeAgent(id: string | undefined): Response {
    const agent = this.agents.find((each) => each.id === id);
    if (agent && agent.running > 0) return problem(409, 'agent_in_use', `${agent.name} has ${agent.running} running downloads. Wait until they end or move.`);
    this.agents = this.agents.filter((each) => each.id !== id);
    return empty();
  }

  private async move(id: string | undefined, request: Request): Promise<Response> {
    const { provider } = (await request.json()) as { provider: Job['provider'] };
    return this.withJob(id, (job) => {
      if (!job.movableTo.includes(provider)) return problem(409, 'wrong_state', "Everything is fetched and being stored, so it can't be paused or moved now.");
      this.change(job, { provider, state: 'queued', movableTo: [job.provider] });
      this.timelines.set(job.id, [...(this.timelines.get(job.id) ?? []), makeEvent({ kind: 'moved', reason: because('moved_by_admin', { provider }), state: 'queued' })]);
      return json(job);
    });
  }
}

/** Returns a world whose admin has just confirmed who they are. */
export function confirmedAdmin(): World {
  const world = new World();
  world.fresh = true;
  return world;
}
