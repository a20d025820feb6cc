import type { Agent, Inspection, Job, JobAction, JobEvent, JobFile, JobState, Me, Session } from '@/api/model';

import { makeEvent, makeJob, makeMe, newId } from './fixtures';

type Answer = Response | Promise<Response>;
type Handler = (match: RegExpMatchArray, request: Request, url: URL) => Answer;

/** An answer in the form of the API's faults. */
export function problem(status: number, code: string, detail: string, field?: string): Response {
  const body = { type: `urn:longhaul:problem:${code}`, title: code, status, detail, code, field, requestId: 'req-1' };
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/problem+json' } });
}

function json(body: unknown, status = 200): Response {
  return Response.json(body, { status });
}

function empty(): Response {
  return new Response(null, { status: 204 });
}

const afterAction: Partial<Record<JobAction, JobState>> = {
  pause: 'paused',
  resume: 'queued',
  retry: 'queued',
  cancel: 'cancelled',
};

/** A server in memory for tests: it keeps what it is told and answers as the API does. */
export class World {
  me: Me | null = makeMe();
  password = 'correct horse battery';
  setupToken = '';
  jobs: Job[] = [];
  files = new Map<string, JobFile[]>();
  timelines = new Map<string, JobEvent[]>();
  agents: Agent[] = [];
  sessions: Session[] = [];
  inspection: Inspection | Response = problem(503, 'metadata_timeout', 'The metadata did not arrive in time.');
  filesUrl = 'http://files.test';
  /** The requests that changed something, as "METHOD /path body". */
  readonly changes: string[] = [];
  readonly idempotencyKeys: string[] = [];

  private readonly routes: [string, RegExp, Handler][] = [
    ['GET', /^\/me$/, () => (this.me ? json(this.me) : this.signedOut())],
    ['GET', /^\/config$/, () => json(this.config())],
    ['POST', /^\/auth\/login$/, (_, request) => this.signIn(request)],
    ['POST', /^\/auth\/setup$/, (_, request) => this.setUp(request)],
    ['POST', /^\/auth\/logout$/, () => this.signOut()],
    ['GET', /^\/auth\/sessions$/, () => json({ sessions: this.sessions })],
    ['DELETE', /^\/auth\/sessions\/(.+)$/, ([, id]) => this.endSession(id)],
    ['POST', /^\/sources\/inspect$/, () => (this.inspection instanceof Response ? this.inspection.clone() : json(this.inspection))],
    ['GET', /^\/jobs$/, (_, __, url) => json(this.list(url))],
    ['POST', /^\/jobs$/, (_, request) => this.submit(request)],
    ['GET', /^\/jobs\/([^/]+)$/, ([, id]) => this.withJob(id, (job) => json(job))],
    ['DELETE', /^\/jobs\/([^/]+)$/, ([, id]) => this.withJob(id, (job) => this.remove(job))],
    ['POST', /^\/jobs\/([^/]+)\/(pause|resume|retry|cancel)$/, ([, id, action]) => this.act(id, action as JobAction)],
    ['POST', /^\/jobs\/([^/]+)\/select$/, ([, id]) => this.withJob(id, (job) => json(this.change(job, { state: 'queued' }), 202))],
    ['GET', /^\/jobs\/([^/]+)\/files$/, ([, id]) => json({ files: this.files.get(id ?? '') ?? [] })],
    ['GET', /^\/jobs\/([^/]+)\/timeline$/, ([, id]) => json({ events: this.timelines.get(id ?? '') ?? [makeEvent({ kind: 'submitted' })] })],
    ['GET', /^\/jobs\/([^/]+)\/workflow$/, ([, id]) => json(this.workflow(id ?? ''))],
    ['POST', /^\/jobs\/([^/]+)\/archive$/, ([, id]) => json(this.link(`z/${id ?? ''}/all.zip`))],
    ['POST', /^\/files\/([^/]+)\/link$/, ([, id]) => json(this.link(`f/${id ?? ''}/file`))],
    ['GET', /^\/admin\/agents$/, () => json({ agents: this.agents })],
    ['POST', /^\/admin\/agents\/enrol$/, (_, request) => this.enrol(request)],
    ['POST', /^\/admin\/agents\/([^/]+)\/(cordon|uncordon|drain)$/, ([, id, act]) => this.changeAgent(id, act)],
  ];

  /** Answers a request to the API. */
  async answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = url.pathname.replace(/^\/api\/v1/, '');
    if (request.method !== 'GET') this.changes.push(`${request.method} ${path} ${await request.clone().text()}`.trim());
    for (const [method, pattern, handler] of this.routes) {
      const match = method === request.method ? pattern.exec(path) : null;
      if (match) return await handler(match, request, url);
    }
    return problem(404, 'not_found', 'There is nothing under this address.');
  }

  /** Changes a job as the server would. */
  change(job: Job, to: Partial<Job>): Job {
    const changed = makeJob({ ...job, ...(to.state && { actions: makeJob({ state: to.state }).actions }), updatedAt: new Date().toISOString(), ...to });
    this.jobs = this.jobs.map((each) => (each.id === job.id ? changed : each));
    return changed;
  }

  private signedOut(): Response {
    return problem(401, 'unauthorized', 'Sign in to go on.');
  }

  private config() {
    return {
      version: '0.1.0',
      filesUrl: this.filesUrl,
      setupNeeded: this.setupToken !== '',
      temporalUiUrl: 'http://temporal.test',
      limits: { maxRunningJobs: 10, maxJobBytes: 0, maxTorrentBytes: 10_485_760 },
      registration: 'invitation',
      turnstileSiteKey: '',
      mail: true,
      passwordRule: 'Use at least 15 characters.',
      plansPath: '/api/v1/plans',
    };
  }

  private async signIn(request: Request): Promise<Response> {
    const { email, password } = (await request.json()) as { email: string; password: string };
    if (password !== this.password) return problem(401, 'unauthorized', 'The e-mail address or the password is wrong.');
    this.me = makeMe({ email });
    return json({ user: this.me });
  }

  private async setUp(request: Request): Promise<Response> {
    const { email, token } = (await request.json()) as { email: string; token: string };
    if (token !== this.setupToken) return problem(403, 'forbidden', 'This set-up link is not valid any more.');
    this.me = makeMe({ email });
    this.setupToken = '';
    return json(this.me);
  }

  private signOut(): Response {
    this.me = null;
    return empty();
  }

  private endSession(id: string | undefined): Response {
    this.sessions = this.sessions.filter((session) => session.id !== id);
    return empty();
  }

  private list(url: URL) {
    const states = url.searchParams.get('state')?.split(',') ?? [];
    const q = url.searchParams.get('q')?.toLowerCase() ?? '';
    const limit = Number(url.searchParams.get('limit') ?? 50);
    const start = Number(url.searchParams.get('cursor') ?? 0);
    const sort = url.searchParams.get('sort') ?? '-created';
    const matching = this.jobs
      .filter((job) => (states.length === 0 || states.includes(job.state)) && job.name.toLowerCase().includes(q))
      .sort((a, b) => (sort === 'name' ? a.name.localeCompare(b.name) : b.createdAt.localeCompare(a.createdAt)));
    const counts: Record<string, number> = {};
    for (const job of this.jobs) counts[job.state] = (counts[job.state] ?? 0) + 1;
    const end = start + limit;
    return {
      jobs: matching.slice(start, end),
      nextCursor: end < matching.length ? `${end}` : '',
      total: matching.length,
      counts,
    };
  }

  private async submit(request: Request): Promise<Response> {
    this.idempotencyKeys.push(request.headers.get('Idempotency-Key') ?? '');
    const form = request.headers.get('Content-Type')?.startsWith('multipart/') ?? false;
    const source = form ? '' : ((await request.json()) as { source: string }).source;
    if (source.includes('blocked')) return problem(403, 'blocked_content', 'This content is blocked here.');
    const name = new URLSearchParams(source.split('?')[1]).get('dn') ?? '';
    const job = makeJob({ name, state: 'queued', createdAt: new Date().toISOString(), reason: 'Waits for a free slot.' });
    this.jobs = [job, ...this.jobs];
    return json(job, 202);
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

  private remove(job: Job): Response {
    this.jobs = this.jobs.filter((each) => each.id !== job.id);
    return empty();
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
    return json({ token: 'one-time', command: `AGENT_ENROLMENT_TOKEN=one-time agent --name ${name}`, expiresAt });
  }

  private changeAgent(id: string | undefined, act: string | undefined): Response {
    const state = act === 'cordon' ? 'cordoned' : act === 'drain' ? 'draining' : 'active';
    this.agents = this.agents.map((agent) => (agent.id === id ? { ...agent, state } : agent));
    return empty();
  }
}
