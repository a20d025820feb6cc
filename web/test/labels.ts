import type { Job } from '@/api/model';
import type { Label } from '@/features/jobs/labels/api';
import type { OwnRules } from '@/features/jobs/rules/api';

import { empty, json, problem, type Route } from './answers';
import { newId } from './fixtures';

interface Jobs {
  jobs: Job[];
}

/** The labels of a user, and what is done with them. */
export class LabelWorld {
  list: Label[] = [];
  rules: OwnRules = { label: null, skipSamples: false, minSize: 0, skipExtensions: [], startPaused: false, provider: '', providerChoice: false };
  readonly routes: Route[];

  constructor(private readonly world: Jobs) {
    this.routes = [
      ['GET', /^\/rules$/, () => json(this.rules)],
      ['PUT', /^\/rules$/, (_, request) => this.setRules(request)],
      ['GET', /^\/labels$/, () => json({ labels: this.list.map((label) => ({ ...label, jobs: this.uses(label.id) })) })],
      ['POST', /^\/labels$/, (_, request) => this.add(request)],
      ['PUT', /^\/labels\/([^/]+)$/, ([, id], request) => this.change(id, request)],
      ['DELETE', /^\/labels\/([^/]+)$/, ([, id]) => this.remove(id)],
      ['POST', /^\/jobs\/labels$/, (_, request) => this.label(request)],
      ['PUT', /^\/jobs\/([^/]+)\/labels$/, ([, id], request) => this.set(id, request)],
    ];
  }

  /** Adds a label as the user would have. */
  make(name: string, colour: Label['colour']): Label {
    const label = { id: newId(), name, colour, jobs: 0 };
    this.list = [...this.list, label];
    return label;
  }

  private async setRules(request: Request): Promise<Response> {
    this.rules = { ...this.rules, ...((await request.json()) as Partial<OwnRules>) };
    return json(this.rules);
  }

  private uses(id: string): number {
    return this.world.jobs.filter((job) => job.labels.includes(id)).length;
  }

  private async add(request: Request): Promise<Response> {
    const { name, colour } = (await request.json()) as Label;
    if (this.list.some((label) => label.name.toLowerCase() === name.toLowerCase())) return problem(409, 'conflict', 'You have a label of this name already.');
    return json(this.make(name, colour), 201);
  }

  private async change(id: string | undefined, request: Request): Promise<Response> {
    const to = (await request.json()) as Label;
    this.list = this.list.map((label) => (label.id === id ? { ...label, ...to } : label));
    return json(this.list.find((label) => label.id === id));
  }

  private remove(id: string | undefined): Response {
    this.list = this.list.filter((label) => label.id !== id);
    this.world.jobs = this.world.jobs.map((job) => ({ ...job, labels: job.labels.filter((each) => each !== id) }));
    return empty();
  }

  private async label(request: Request): Promise<Response> {
    const { jobs, match, add, remove } = (await request.json()) as { jobs?: string[]; match?: { q?: string }; add: string[]; remove: string[] };
    let changed = 0;
    this.world.jobs = this.world.jobs.map((job) => {
      if (jobs ? !jobs.includes(job.id) : !job.name.toLowerCase().includes(match?.q?.toLowerCase() ?? '')) return job;
      changed++;
      return { ...job, labels: [...new Set([...job.labels.filter((id) => !remove.includes(id)), ...add])] };
    });
    return json({ changed, refused: 0 });
  }

  private async set(id: string | undefined, request: Request): Promise<Response> {
    const { labels } = (await request.json()) as { labels: string[] };
    this.world.jobs = this.world.jobs.map((job) => (job.id === id ? { ...job, labels } : job));
    return json(this.world.jobs.find((job) => job.id === id), 202);
  }
}
