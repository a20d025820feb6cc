import { moment, newId } from '../fixtures';
import { makeCheckOfContents, makeCleanup, makeCleanupItem, makeStorageUser } from '../storage';
import type { World } from '../world';

const gib = 1024 ** 3;
const longEmail = 'operations-and-infrastructure@a-department-with-a-long-name.example.org';

/** Gives the installation accounts that store much, orphans and clean-ups. */
export function storedMuch(world: World): void {
  const users = [
    makeStorageUser({ email: longEmail, files: 18_200, bytes: 2_951 * gib }),
    makeStorageUser(),
    ...Array.from({ length: 6 }, (_, at) =>
      makeStorageUser({ email: `person-${at + 1}@example.org`, files: 300 - at * 40, bytes: (90 - at * 14) * gib, week: { count: at % 2, bytes: at % 2 === 0 ? 0 : gib } }),
    ),
  ];
  world.storage.users = users;
  world.storage.expiries = users;
  world.storage.jobs = ['Apollo 11: the complete recordings of the mission, in the best quality there is', 'Big Buck Bunny', 'Sintel', ''].map((name, at) => ({
    id: newId(), name, state: 'ready', owner: at === 0 ? longEmail : 'grace@example.org', files: 212 - at * 50, bytes: (400 - at * 90) * gib,
    createdAt: moment(-900_000), expiresAt: at === 2 ? null : moment(at * 300_000 + 90_000),
  }));
  world.storage.orphans = Array.from({ length: 5 }, (_, at) => ({
    key: `jobs/${newId()}/${newId()}`, uploadId: at === 1 ? 'upload-1' : '', size: at === 1 ? 0 : 150_000_000 * (at + 1), modifiedAt: moment(-200_000),
    firstSeen: moment(-90_000), purgeAfter: moment(500_000),
  }));
  world.storage.cleanups = [
    makeCleanup(),
    makeCleanup({ state: 'done', total: 2_310, removed: 2_291, removedBytes: 88 * gib, spared: 17, failed: 2, createdAt: moment(-90_000), endedAt: moment(-89_000), by: longEmail }),
    makeCleanup({ state: 'stopped', halted: 'restored', removed: 3, removedBytes: gib, createdAt: moment(-400_000), endedAt: moment(-399_000) }),
    makeCleanup({ state: 'done', total: 0, bytes: 0, scanned: 90_100, createdAt: moment(-900_000), endedAt: moment(-899_000) }),
  ];
  world.storage.checks = [
    makeCheckOfContents({ state: 'reading', percent: 100, read: 12_004, bytes: 1_900 * gib, endedAt: null, createdAt: moment(-9_000) }),
    makeCheckOfContents({ damaged: 2, unread: 1, noted: 310 }),
    makeCheckOfContents({ percent: 1, createdAt: moment(-700_000), by: longEmail }),
  ];
  world.storage.damaged = [
    { id: newId(), jobId: newId(), path: 'Apollo 11/Reel 4/item-17.mkv', size: 3 * gib, job: 'Apollo 11: the complete recordings', owner: longEmail, foundAt: moment(-70_000) },
    { id: newId(), jobId: newId(), path: 'sintel.mp4', size: gib, job: 'Sintel', owner: 'grace@example.org', foundAt: moment(-70_000) },
  ];
  world.storage.items = [
    makeCleanupItem({ state: 'removed', actedAt: moment(-89_000) }),
    makeCleanupItem({ kind: 'upload', uploadId: 'upload-2', size: 0, state: 'removed', actedAt: moment(-89_000) }),
    makeCleanupItem({ kind: 'row', jobId: newId(), job: 'Apollo 11: the complete recordings', owner: 'grace@example.org', state: 'removed', actedAt: moment(-89_000) }),
    makeCleanupItem({ state: 'spared', why: 'has_row', actedAt: moment(-89_000) }),
    makeCleanupItem({ state: 'failed', why: 'refused', actedAt: moment(-89_000) }),
  ];
}
