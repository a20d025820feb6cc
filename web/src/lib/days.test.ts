import { expect, it } from 'vitest';

import { dayBounds } from './days';

it('includes the last day', () => {
  const { from, to } = dayBounds('2026-03-01', '2026-03-01');
  expect(Date.parse(to ?? '') - Date.parse(from ?? '')).toBe(86_400_000);
  expect(dayBounds('', '')).toEqual({});
  expect(dayBounds('not a day', '')).toEqual({});
});
