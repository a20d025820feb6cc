import type { Cleanup, CleanupItem, ContentCheck, DamagedFile, LargeJob, LostFile, Orphan, StorageInfo, StorageUser } from '@/api/model';

import { json, type Route } from './answers';
import { moment, newId } from './fixtures';

const gib = 1024 ** 3;

/** Makes what is stored: a library that grows. */
export function makeSums(given: Partial<StorageInfo['sums']> = {}): StorageInfo['sums'] {
  return {
    takenAt: moment(-900), files: 48_210, bytes: 7_312 * gib, bucketObjects: 48_223, bucketBytes: 7_314 * gib,
    types: [
      { name: 'video', files: 9_120, bytes: 6_204 * gib },
      { name: 'archive', files: 1_402, bytes: 702 * gib },
      { name: 'audio', files: 30_110, bytes: 310 * gib },
      { name: 'other', files: 5_178, bytes: 84 * gib },
      { name: 'image', files: 2_400, bytes: 12 * gib },
    ],
    ages: [
      { name: 'older', files: 20_000, bytes: 3_900 * gib },
      { name: 'day', files: 310, bytes: 42 * gib },
      { name: 'week', files: 2_100, bytes: 330 * gib },
      { name: 'month', files: 9_300, bytes: 1_340 * gib },
      { name: 'quarter', files: 16_500, bytes: 1_700 * gib },
    ],
    days: Array.from({ length: 90 }, (_, at) => ({
      day: moment((at - 89) * 86_400).slice(0, 10), files: 30_000 + at * 200, bytes: (4_800 + at * 26 + (at % 9) * 22) * gib,
      bucketObjects: at < 30 ? null : 30_010 + at * 200, bucketBytes: at < 30 ? null : (4_802 + at * 28) * gib,
    })),
    ...given,
  };
}

/** Makes a clean-up that waits for a decision. */
export function makeCleanup(given: Partial<Cleanup> = {}): Cleanup {
  const id = given.id ?? newId();
  return {
    id, state: 'found', halted: '', kinds: ['object', 'upload', 'row'], graceHours: 1, by: 'ada@example.org', scanned: 96_446, total: 14, bytes: 2 * gib,
    removed: 0, removedBytes: 0, spared: 0, failed: 0, createdAt: moment(-300), confirmedAt: null, endedAt: null,
    workflow: { id: `cleanup-${id}`, uiUrl: `http://temporal.test/workflows/cleanup-${id}` }, ...given,
  };
}

/** Makes something that a clean-up found. */
export function makeCleanupItem(given: Partial<CleanupItem> = {}): CleanupItem {
  return {
    kind: 'object', key: `jobs/${newId()}/${newId()}`, uploadId: '', size: 150_000_000, modifiedAt: moment(-90_000), state: 'found', why: '', actedAt: null,
    jobId: '', job: '', owner: '', ...given,
  };
}

/** Makes a check of contents that is done. */
export function makeCheckOfContents(given: Partial<ContentCheck> = {}): ContentCheck {
  const id = given.id ?? newId();
  return {
    id, state: 'done', percent: 5, rate: 20_971_520, by: 'ada@example.org', read: 2_410, bytes: 365 * gib, damaged: 0, noted: 0, unread: 0,
    createdAt: moment(-80_000), endedAt: moment(-61_000), workflow: { id: `content-check-${id}`, uiUrl: '' }, ...given,
  };
}

/** Makes an account as the lists show it. */
export function makeStorageUser(given: Partial<StorageUser> = {}): StorageUser {
  return { id: newId(), email: 'grace@example.org', files: 1_200, bytes: 420 * gib, week: { count: 2, bytes: 3 * gib }, month: { count: 9, bytes: 31 * gib }, ...given };
}

/** The lists and clean-ups of a server in memory. */
export class StorageWorld {
  users: StorageUser[] = [];
  expiries: StorageUser[] = [];
  jobs: LargeJob[] = [];
  orphans: Orphan[] = [];
  lost: LostFile[] = [];
  damaged: DamagedFile[] = [];
  checks: ContentCheck[] = [];
  cleanups: Cleanup[] = [];
  items: CleanupItem[] = [];
  /** What clean-ups were asked for, and what was confirmed. */
  readonly asked: unknown[] = [];

  readonly routes: Route[] = [
    ['GET', /^\/admin\/storage\/users$/, () => json({ users: this.users, nextCursor: '' })],
    ['GET', /^\/admin\/storage\/expiries$/, () => json({ users: this.expiries, nextCursor: '' })],
    ['GET', /^\/admin\/storage\/jobs$/, () => json({ jobs: this.jobs, nextCursor: '' })],
    ['GET', /^\/admin\/storage\/orphans$/, () => json({ orphans: this.orphans, nextCursor: '' })],
    ['GET', /^\/admin\/storage\/lost$/, () => json({ files: this.lost, nextCursor: '' })],
    ['GET', /^\/admin\/storage\/damaged$/, () => json({ files: this.damaged, nextCursor: '' })],
    ['GET', /^\/admin\/storage\/checks$/, () => json({ checks: this.checks })],
    ['POST', /^\/admin\/storage\/checks$/, async (_, request) => this.check((await request.json()) as Partial<ContentCheck>)],
    ['POST', /^\/admin\/storage\/checks\/([^/]+)\/stop$/, ([, id]) => this.stopCheck(id)],
    ['GET', /^\/admin\/storage\/cleanup$/, () => json({ cleanups: this.cleanups })],
    ['POST', /^\/admin\/storage\/cleanup$/, async (_, request) => this.start((await request.json()) as Partial<Cleanup>)],
    ['GET', /^\/admin\/storage\/cleanup\/[^/]+\/items$/, (_, __, url) => this.found(url)],
    ['POST', /^\/admin\/storage\/cleanup\/([^/]+)\/confirm$/, async ([, id], request) => this.confirm(id, await request.json())],
    ['POST', /^\/admin\/storage\/cleanup\/([^/]+)\/stop$/, ([, id]) => this.change(id, { state: 'stopped', endedAt: moment(0) })],
  ];

  private start(asked: Partial<Cleanup>): Response {
    this.asked.push(asked);
    const cleanup = makeCleanup({ ...asked, state: 'looking', total: 0, bytes: 0, scanned: 0, createdAt: moment(0) });
    this.cleanups = [cleanup, ...this.cleanups];
    return json(cleanup, 202);
  }

  private check(asked: Partial<ContentCheck>): Response {
    this.asked.push(asked);
    const check = makeCheckOfContents({ ...asked, state: 'reading', read: 0, bytes: 0, createdAt: moment(0), endedAt: null });
    this.checks = [check, ...this.checks];
    return json(check, 202);
  }

  private stopCheck(id: string | undefined): Response {
    this.checks = this.checks.map((check) => (check.id === id ? { ...check, state: 'stopped', endedAt: moment(0) } : check));
    return json(this.checks.find((check) => check.id === id));
  }

  private found(url: URL): Response {
    const state = url.searchParams.get('state');
    return json({ items: this.items.filter((item) => state === null || item.state === state), nextCursor: '' });
  }

  private confirm(id: string | undefined, asked: unknown): Response {
    this.asked.push(asked);
    return this.change(id, { state: 'removing', confirmedAt: moment(0) });
  }

  private change(id: string | undefined, to: Partial<Cleanup>): Response {
    this.cleanups = this.cleanups.map((cleanup) => (cleanup.id === id ? { ...cleanup, ...to } : cleanup));
    return json(this.cleanups.find((cleanup) => cleanup.id === id));
  }
}
