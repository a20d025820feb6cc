import { describe, expect, it } from 'vitest';

import { formatAt, formatBytes, formatDuration, formatPercent, formatPlural, formatRelative } from './format';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [1024, '1.0 KiB'],
    [1_048_575, '1.0 MiB'],
    [1_572_864, '1.5 MiB'],
    [104_857_600, '100 MiB'],
    [4.6 * 1024 ** 3, '4.6 GiB'],
    [-1, 'unknown'],
    [null, 'unknown'],
  ])('formats %s as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('formatPercent', () => {
  it.each([
    [0, '0%'],
    [0.4567, '45.6%'],
    [0.99999, '99.9%'],
    [1, '100%'],
    [1.2, '100%'],
  ])('formats %s as %s, and 100% only when complete', (share, text) => expect(formatPercent(share)).toBe(text));
});

describe('formatDuration', () => {
  it.each([
    [0, '0 s'],
    [59, '59 s'],
    [94, '1 min 34 s'],
    [600, '10 min'],
    [7500, '2 h 5 min'],
    [200_000, '2 d 7 h'],
  ])('formats %s s as %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));
});

describe('formatRelative', () => {
  const now = Date.parse('2026-01-10T12:00:00Z');
  it.each([
    ['2026-01-10T11:59:50Z', 'just now'],
    ['2026-01-10T12:00:20Z', 'in a moment'],
    ['2026-01-10T11:57:00Z', '3 minutes ago'],
    ['2026-01-10T14:00:00Z', 'in 2 hours'],
    ['2026-01-09T12:00:00Z', 'yesterday'],
    ['2026-01-10T11:59:10Z', '1 minute ago'],
  ])('formats %s as %s', (at, text) => expect(formatRelative(at, now)).toBe(text));
});

describe('formatAt', () => {
  const now = new Date(2026, 10, 24, 21, 0); // a Tuesday
  it.each([
    [new Date(2026, 10, 24, 21, 40), /^at 9:40.PM$/],
    [new Date(2026, 10, 25, 0, 10), /^Wed,? 12:10.AM$/],
    [new Date(2026, 10, 30, 9, 0), /^Mon,? 9:00.AM$/],
    [new Date(2026, 11, 1, 9, 0), /^Dec 1, 9:00.AM$/],
  ])('formats %s as %s', (at, text) => expect(formatAt(at.toISOString(), now.getTime())).toMatch(text));
});

it('picks the noun by the count', () => {
  expect(formatPlural(1, 'file', 'files')).toBe('1 file');
  expect(formatPlural(1200, 'file', 'files')).toBe('1,200 files');
});
