import { describe, expect, it } from 'vitest';

import { poolFault } from './pool';

describe('a typed pool', () => {
  it.each(['', 'a', 'fast-line-2', 'a'.repeat(40)])('may be %j', (typed) => {
    expect(poolFault(typed)).toBeUndefined();
  });
  it.each(['Fast', '2fast', '-a', 'a b', 'ä', 'a'.repeat(41)])("can't be %j", (typed) => {
    expect(poolFault(typed)).toMatch(/^Use lower-case letters/);
  });
});
