import { makeUser } from '@test/admin';
import { makePlan } from '@test/people';
import { expect, it } from 'vitest';

import { fillTone } from '@/lib/fill';

import { actsOn, planFacts, storageShare } from './user';

it("offers the acts that fit an account's state", () => {
  expect(actsOn(makeUser({ secondFactor: true }))).toEqual(['plan', 'role', 'reset', 'factors', 'logout', 'disable', 'delete']);
  expect(actsOn(makeUser({ state: 'disabled' }))).toEqual(['plan', 'enable', 'delete']);
  expect(actsOn(makeUser({ state: 'unverified' }))).toEqual(['plan', 'reset', 'logout', 'disable', 'delete']);
  expect(actsOn(makeUser({ role: 'admin', secondFactor: true }), true)).toEqual(['plan', 'role', 'reset', 'logout', 'disable']);
});

it('computes how full the storage is', () => {
  expect(storageShare(makeUser({ storageUsed: 5, storageLimit: 10 }))).toBe(0.5);
  expect(storageShare(makeUser({ storageUsed: 5, storageLimit: null }))).toBe(0);
  expect(storageShare(makeUser({ storageUsed: 5, storageLimit: 0 }))).toBe(1);
  expect([0.5, 0.95, 1.2].map(fillTone)).toEqual(['active', 'warn', 'bad']);
});

it('names what a plan does not limit, and its speed if it has one', () => {
  const plan = makePlan('x', 'X', { storageBytes: 1_073_741_824, retentionDays: 1 });
  const facts = ['1.0 GiB storage', 'any number at once', 'unlimited bandwidth', 'any number of files', 'kept 1 day'];
  expect(planFacts(plan)).toEqual(facts);
  expect(planFacts({ ...plan, rateLimit: 2_621_440 })).toEqual([...facts, '2.5 MiB/s each']);
});
