import type { BulkAct, BulkItem, Job, JobAction, JobAttempt, JobDetail, JobState, OwnedJob, Provider } from '@/api/model';

import { empty, json, problem, type Route } from './answers';
import { because, makeEvent, makeJob, moment, newId } from './fixtures';

const owner = { id: newId(), email: 'grace@example.org' };

/** Makes a job as admins see it. */
export function makeOwnedJob(given: Partial<OwnedJob> = {}): OwnedJob {
  return { owner, agent: null, ...makeJob(given), ...given };
}

/** Makes an attempt that failed. */
export function makeAttempt(number: number, given: Partial<JobAttempt> = {}): JobAttempt {
  return {
    number, kind: 'download', provider: 'agent', agent: { id: newId(), name: 'barge-1' }, state: 'failed', problem: 'stalled', tries: 0,
    wantedAt: moment(-4_000), startedAt: moment(-3_990), endedAt: moment(-3_000), ...given,
  };
}

/** Makes an act on many downloads that is under way. */
export function makeBulkAct(given: Partial<BulkAct> = {}): BulkAct {
  const id = given.id ?? newId();
  return {
    id, act: 'retry', provider: '', note: '', final: false, filter: {}, rate: 10, by: 'ada@example.org', state: 'acting', total: 500, done: 120, refused: 3,
    createdAt: moment(-60), updatedAt: moment(0), endedAt: null, workflow: { id: `bulk-${id}`, uiUrl: `http://temporal.test/workflows/bulk-${id}` }, ...given,
  };
}

const afterAct: Record<string, JobState> = { pause: 'paused', resume: 'queued', retry: 'queued', cancel: 'cancelled' };

const sortKeys: Record<string, (job: Job) => string> = {
  name: (job) => job.name,
  size: (job) => `${job.size ?? -1}`.padStart(20, '0'),
  created: (job) => job.createdAt,
};

/** The downloads of all accounts, in a server in memory. */
export class EverybodysWorld {
  jobs: OwnedJob[] = [];
  details = new Map<string, Partial<JobDetail>>();
  /** Beyond this, the total is not exact. */
  maxTotal = 10_000;
  /** The queries that were asked, as they stood in the addresses. */
  readonly asked: string[] = [];

  bulkActs: BulkAct[] = [];
  bulkItems: BulkItem[] = [];
  /** What acts on many downloads were asked for. */
  readonly bulkAsked: unknown[] = [];

  readonly routes: Route[] = [
    ['GET', /^\/admin\/bulk-acts$/, () => json({ acts: this.bulkActs })],
    ['GET', /^\/admin\/bulk-acts\/[^/]+\/jobs$/, (_, __, url) => this.results(url)],
    ['POST', /^\/admin\/bulk-acts\/([^/]+)\/stop$/, ([, id]) => this.stop(id)],
    ['GET', /^\/admin\/jobs$/, (_, __, url) => this.list(url)],
    ['GET', /^\/admin\/jobs\/([^/]+)$/, ([, id]) => this.with(id, (job) => json(this.detail(job)))],
    ['POST', /^\/admin\/jobs\/([^/]+)\/(pause|resume|retry|cancel)$/, ([, id, act]) => this.with(id, (job) => this.act(job, act as JobAction))],
    ['POST', /^\/admin\/jobs\/([^/]+)\/delete$/, ([, id]) => this.with(id, (job) => this.remove(job))],
  ];

  private list(url: URL): Response {
    const { searchParams: query } = url;
    this.asked.push(decodeURIComponent(url.search));
    const { user = '' } = Object.fromEntries(query);
    if (user !== '' && !this.jobs.some((job) => job.owner.email === user)) return problem(422, 'invalid', 'There is no account with this address or id.', 'user');
    const sort = query.get('sort') ?? '-created';
    const key = sortKeys[sort.replace('-', '')] ?? ((job: Job) => job.createdAt);
    const found = this.jobs
      .filter((job) => (query.get('state')?.split(',').includes(job.state) ?? true) && (user === '' || job.owner.email === user))
      .filter((job) => job.name.toLowerCase().includes(query.get('q')?.toLowerCase() ?? '') && (query.get('problem') ?? job.problem) === job.problem)
      .sort((a, b) => key(a).localeCompare(key(b)) * (sort.startsWith('-') ? -1 : 1));
    const start = Number(query.get('cursor') ?? 0);
    const end = start + Number(query.get('limit') ?? 50);
    return json({
      jobs: found.slice(start, end), nextCursor: end < found.length ? `${end}` : '', total: Math.min(found.length, this.maxTotal), more: found.length > this.maxTotal,
    });
  }

  private results(url: URL): Response {
    const state = url.searchParams.get('state');
    return json({ jobs: this.bulkItems.filter((item) => state === null || item.state === state), nextCursor: '' });
  }

  private stop(id: string | undefined): Response {
    this.bulkActs = this.bulkActs.map((act) => (act.id === id ? { ...act, state: 'stopped', endedAt: moment(0) } : act));
    return json(this.bulkActs.find((act) => act.id === id));
  }

  /** Starts an act on many downloads. */
  async startBulk(request: Request): Promise<Response> {
    const asked = (await request.json()) as Pick<BulkAct, 'act'>;
    this.bulkAsked.push(asked);
    const act = makeBulkAct({ act: asked.act, state: 'finding', total: 0, done: 0, refused: 0 });
    this.bulkActs = [act, ...this.bulkActs];
    return json(act, 202);
  }

  private detail(job: OwnedJob): JobDetail {
    return {
      job,
      files: { pending: 0, stored: 1, skipped: 0, lost: 0, trashed: 0, deleted: 0 },
      events: [makeEvent({ kind: 'submitted' })],
      attempts: [],
      workflow: { id: `job-${job.id}`, uiUrl: `http://temporal.test/workflows/job-${job.id}` },
      ...this.details.get(job.id),
    };
  }

  private with(id: string | undefined, then: (job: OwnedJob) => Response): Response {
    const job = this.jobs.find((each) => each.id === id);
    return job ? then(job) : problem(404, 'not_found', 'There is no such job.');
  }

  private change(job: OwnedJob, to: Partial<Job>): Response {
    const changed = { ...job, ...makeJob({ ...job, ...(to.state && { actions: makeJob({ state: to.state }).actions }), ...to }) };
    this.jobs = this.jobs.map((each) => (each.id === job.id ? changed : each));
    return json(changed, 202);
  }

  private act(job: OwnedJob, act: JobAction): Response {
    const state = afterAct[act];
    if (!job.actions.includes(act) || !state) return problem(409, 'wrong_state', 'The job is in another state.');
    return this.change(job, { state });
  }

  private remove(job: OwnedJob): Response {
    this.jobs = this.jobs.filter((each) => each.id !== job.id);
    return empty();
  }

  /** Moves a download to another provider. */
  async move(id: string | undefined, request: Request): Promise<Response> {
    const { provider } = (await request.json()) as { provider: Provider };
    return this.with(id, (job) => this.change(job, { provider, state: 'queued', movableTo: [job.provider], reason: because('moved_by_admin', { provider }) }));
  }
}
