import { makeUser } from '@test/admin';
import { expect, it } from 'vitest';

import { fillTone } from '@/lib/fill';

import { actsOn, planFacts, storageShare } from './user';

it("offers the acts that fit an account's state", () => {
  expect(actsOn(makeUser())).toEqual(['plan', 'role', 'logout', 'disable']);
  expect(actsOn(makeUser({ state: 'disabled' }))).toEqual(['plan', 'enable']);
  expect(actsOn(makeUser({ state: 'unverified' }))).toEqual(['plan', 'logout', 'disable']);
  expect(actsOn(makeUser({ role: 'admin', state: 'disabled' }))).toEqual(['plan', 'role', 'enable']);
});

it('computes how full the storage is', () => {
  expect(storageShare(makeUser({ storageUsed: 5, storageLimit: 10 }))).toBe(0.5);
  expect(storageShare(makeUser({ storageUsed: 5, storageLimit: null }))).toBe(0);
  expect(storageShare(makeUser({ storageUsed: 5, storageLimit: 0 }))).toBe(1);
  expect([0.5, 0.95, 1.2].map(fillTone)).toEqual(['active', 'warn', 'bad']);
});

it('names what a plan does not limit', () => {
  expect(
    planFacts({ id: 'x', name: 'X', default: false, public: true, position: 1, maxRunningJobs: null, storageBytes: 1_073_741_824, bandwidthBytes: null, maxJobBytes: null, maxFiles: null, retentionDays: 1 }),
  ).toEqual(['1.0 GiB storage', 'any number at once', 'unlimited bandwidth', 'any number of files', 'kept 1 day']);
});
