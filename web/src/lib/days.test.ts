import { expect, it } from 'vitest';

import { dayBounds, dayOf, localTime } from './days';

it('includes the last day', () => {
  const { from, to } = dayBounds('2026-03-01', '2026-03-01');
  expect(Date.parse(to ?? '') - Date.parse(from ?? '')).toBe(86_400_000);
  expect(dayBounds('', '')).toEqual({});
  expect(dayBounds('not a day', '')).toEqual({});
});

it('shows instants as inputs have them', () => {
  expect(dayOf(new Date('2026-03-02T00:00:00').toISOString())).toBe('2026-03-01');
  const typed = '2026-03-01T09:05';
  expect(localTime(new Date(typed).toISOString())).toBe(typed);
});
