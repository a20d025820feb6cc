import { describe, expect, it } from 'vitest';

import { isolated } from './isolated';

describe('isolated', () => {
  it('leaves names as they are that read from left to right', () => {
    for (const name of ['Sintel', '第一周期', 'Ένα', '👩‍👩‍👧', '']) expect(isolated(name)).toBe(name);
  });

  it('keeps the direction of others to themselves, also a second time', () => {
    for (const name of ['שלום!', 'مرحبا', '\u202egnp.exe', '\u{10900}']) {
      expect(isolated(name)).toBe(`\u2068${name}\u2069`);
      expect(isolated(isolated(name))).toBe(isolated(name));
    }
  });

  it('lets no name end its own isolation', () => {
    expect(isolated('\u2069\u2069\u202egnp')).toBe('\u2068\u202egnp\u2069');
  });
});
