import type { Job, JobFile, TrashedItem } from '@/api/model';

import { empty, json, type Route } from './answers';

interface Kept {
  item: TrashedItem;
  restore: () => void;
}

/** The trash of a test's server. */
export class TrashWorld {
  /** How long what is deleted can be restored; 0 is not at all. */
  seconds = 7 * 86_400;
  kept: Kept[] = [];
  /** Ids that can't be restored, with why. */
  readonly refusals = new Map<string, string>();

  readonly routes: Route[] = [
    ['GET', /^\/trash$/, (_, __, url) => json(this.page(url))],
    ['DELETE', /^\/trash$/, () => this.clear()],
    ['DELETE', /^\/trash\/([^/]+)$/, ([, id]) => this.drop(id)],
    ['POST', /^\/trash\/delete$/, async (_, request) => this.dropMany(((await request.json()) as { ids: string[] }).ids)],
    ['POST', /^\/trash\/restore$/, (_, request) => this.restore(request)],
  ];

  /** Puts something into the trash, or deletes it for good, and answers so. */
  delete(whole: boolean, item: Omit<TrashedItem, 'deletedAt' | 'until'>, restore: () => void, final = false): Response {
    if (final || this.seconds === 0) return json({ until: null, whole });
    const until = new Date(Date.now() + this.seconds * 1_000).toISOString();
    this.kept = [{ item: { ...item, deletedAt: new Date().toISOString(), until }, restore }, ...this.kept];
    return json({ until, whole });
  }

  private page(url: URL) {
    const start = Number(url.searchParams.get('cursor') ?? 0);
    const end = start + Number(url.searchParams.get('limit') ?? 50);
    const entries = this.kept.map(({ item }) => item);
    return {
      entries: entries.slice(start, end),
      nextCursor: end < entries.length ? `${end}` : '',
      total: entries.length,
      bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  private clear(): Response {
    const deleted = this.kept.length;
    this.kept = [];
    return json({ deleted });
  }

  private drop(id: string | undefined): Response {
    this.kept = this.kept.filter(({ item }) => item.id !== id);
    return empty();
  }

  private dropMany(ids: readonly string[]): Response {
    const refused = ids.filter((id) => this.refusals.has(id)).map((id) => ({ id, code: 'conflict', problem: '', detail: this.refusals.get(id) ?? '' }));
    const deleted = ids.filter((id) => !this.refusals.has(id));
    this.kept = this.kept.filter(({ item }) => !deleted.includes(item.id));
    return json({ deleted, refused });
  }

  private async restore(request: Request): Promise<Response> {
    const { ids } = (await request.json()) as { ids: string[] };
    const refused = ids.filter((id) => this.refusals.has(id)).map((id) => ({ id, code: 'conflict', problem: '', detail: this.refusals.get(id) ?? '' }));
    const restored = ids.filter((id) => !this.refusals.has(id));
    for (const { item, restore } of this.kept) if (restored.includes(item.id)) restore();
    this.kept = this.kept.filter(({ item }) => !restored.includes(item.id));
    return json({ restored, refused });
  }
}

/** A download as the trash lists it. */
export function trashedJob(job: Job): Omit<TrashedItem, 'deletedAt' | 'until'> {
  return { id: job.id, kind: 'job', jobId: job.id, jobName: job.name, path: '', state: job.state, bytes: job.size ?? 0, files: job.fileCount };
}

/** A file as the trash lists it. */
export function trashedFile(job: Job, file: JobFile): Omit<TrashedItem, 'deletedAt' | 'until'> {
  return { id: file.id, kind: 'file', jobId: job.id, jobName: job.name, path: file.path, state: job.state, bytes: file.size, files: 1 };
}
