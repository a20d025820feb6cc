import { afterEach, describe, expect, it, vi } from 'vitest';

import { canKeep, forget, keep, kept } from './kept';

/** A browser whose storage is full (throws on writing), or forbidden (throws on everything). */
function breakStorage(methods: readonly ('setItem' | 'getItem' | 'removeItem')[]): void {
  for (const method of methods) {
    vi.spyOn(Storage.prototype, method).mockImplementation(() => {
      throw new DOMException('no', 'QuotaExceededError');
    });
  }
}

describe('kept', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    forget('local', 'a');
    forget('session', 'a');
  });

  it('keeps texts apart by place', () => {
    expect(keep('local', 'a', '1')).toBe(true);
    expect(keep('session', 'a', '2')).toBe(true);
    expect([kept('local', 'a'), kept('session', 'a')]).toEqual(['1', '2']);
    forget('local', 'a');
    expect([kept('local', 'a'), kept('session', 'a')]).toEqual([null, '2']);
    expect(canKeep('local')).toBe(true);
  });

  it('remembers for as long as the page lasts where storage is full', () => {
    keep('local', 'a', 'old');
    breakStorage(['setItem']);
    expect(canKeep('local')).toBe(false);
    expect(keep('local', 'a', 'new')).toBe(false);
    expect(kept('local', 'a')).toBe('new');
  });

  it('works where storage is forbidden', () => {
    breakStorage(['setItem', 'getItem', 'removeItem']);
    expect(kept('session', 'a')).toBeNull();
    expect(keep('session', 'a', '1')).toBe(false);
    expect(kept('session', 'a')).toBe('1');
    forget('session', 'a');
    expect(kept('session', 'a')).toBeNull();
  });
});
