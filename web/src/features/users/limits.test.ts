import { makePlan } from '@test/people';
import { expect, it } from 'vitest';

import { limitFault, limitFields, limitOf, limitText, overriddenBy, readLimits, typedLimits, typedOf } from './limits';

const field = (limit: string) => {
  const found = limitFields.find((each) => each.limit === limit);
  if (!found) throw new Error(limit);
  return found;
};

it('reads limits in the units that people type', () => {
  expect(limitOf(field('storageBytes'), '1,5')).toBe(1_610_612_736);
  expect(limitOf(field('maxFiles'), '10')).toBe(10);
  expect(limitOf(field('retentionDays'), ' ')).toBeNull();
  for (const [limit, typed] of [['storageBytes', '-1'], ['maxFiles', '1.5'], ['maxRunningJobs', '0'], ['retentionDays', 'a week'], ['maxJobBytes', '0']] as const) {
    expect(limitOf(field(limit), typed)).toBeUndefined();
  }
});

it('reads the speed in MiB a second, 64 KiB at least', () => {
  const speed = field('rateLimit');
  expect(limitOf(speed, '2.5')).toBe(2_621_440);
  expect(limitOf(speed, '0.0625')).toBe(65_536);
  expect(limitOf(speed, '0,06')).toBeUndefined();
  expect(limitOf(speed, '0')).toBeUndefined();
  expect(typedOf(speed, 65_536)).toBe('0.0625');
  expect(limitText(speed, 2_621_440)).toBe('2.5 MiB/s');
  expect(limitText(speed, null)).toBe('no limit');
  expect(limitFault(speed)).toBe('Enter 0.0625 MiB/s or more, or leave it empty.');
});

it('shows a plan as it was typed', () => {
  const plan = makePlan('x', 'X', { storageBytes: 1_610_612_736, maxFiles: 10 });
  const typed = typedLimits(plan);
  expect(typed).toMatchObject({ storageBytes: '1.5', maxFiles: '10', retentionDays: '' });
  expect(readLimits(typed)).toEqual({
    limits: { storageBytes: 1_610_612_736, bandwidthBytes: null, maxRunningJobs: null, maxJobBytes: null, maxFiles: 10, retentionDays: null, rateLimit: null }, faults: [],
  });
  expect(readLimits({ ...typed, maxFiles: 'x' }).faults).toEqual(['maxFiles']);
  expect(typedOf(field('storageBytes'), null)).toBe('');
});

it("tells an account's own limits from those of its plan", () => {
  const override = { limits: [{ limit: 'maxFiles' as const, value: null }], until: null, reason: '', by: '', createdAt: '' };
  expect(overriddenBy(override, 'maxFiles')).toBeNull();
  expect(overriddenBy(override, 'storageBytes')).toBeUndefined();
  expect(overriddenBy(null, 'maxFiles')).toBeUndefined();
});
