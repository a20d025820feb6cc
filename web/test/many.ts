import type { JobAct } from '@/api/model';
import type { ResultPage } from '@/features/jobs/bulk/api';

import { json, problem, type Route } from './answers';
import { moment, newId } from './fixtures';

/** Makes an act of the user on many downloads. */
export function makeJobAct(given: Partial<JobAct> = {}): JobAct {
  return {
    id: newId(), act: 'pause', state: 'acting', total: 12_345, done: 0, refused: 0, createdAt: moment(-5), updatedAt: moment(0), endedAt: null, ...given,
  };
}

/** The user's acts on many downloads. */
export class ManyWorld {
  acts: JobAct[] = [];
  results: ResultPage['jobs'] = [];
  /** What the next start is answered instead. */
  refusal: Response | undefined;
  readonly routes: Route[] = [
    ['GET', /^\/job-acts$/, () => json({ acts: this.acts })],
    ['GET', /^\/job-acts\/[^/]+\/jobs$/, (_, __, url) => json(this.page(url))],
    ['POST', /^\/job-acts$/, (_, request) => this.start(request)],
    ['POST', /^\/job-acts\/([^/]+)\/stop$/, ([, id]) => this.stop(id)],
  ];

  private page(url: URL): ResultPage {
    const state = url.searchParams.get('state');
    return { jobs: this.results.filter((item) => state === null || item.state === state), nextCursor: '' };
  }

  private async start(request: Request): Promise<Response> {
    if (this.refusal) return this.refusal.clone();
    if (this.acts.some(({ endedAt }) => endedAt === null)) return problem(409, 'conflict', 'You have an act on many jobs under way. Wait for its end, or stop it.');
    const { act } = (await request.json()) as Pick<JobAct, 'act'>;
    const started = makeJobAct({ act, total: 130 });
    this.acts = [started, ...this.acts];
    return json(started, 202);
  }

  private stop(id: string | undefined): Response {
    this.acts = this.acts.map((act) => (act.id === id ? { ...act, state: 'stopped', endedAt: moment(0) } : act));
    return json(this.acts.find((act) => act.id === id));
  }
}
