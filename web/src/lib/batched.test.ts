import { describe, expect, it } from 'vitest';

import { batched } from './batched';

describe('batched', () => {
  it('asks once for what is asked for at once', async () => {
    const asked: number[][] = [];
    const load = batched((keys: number[]) => {
      asked.push(keys);
      return Promise.resolve(new Map(keys.map((key) => [key, key * 2])));
    }, 3);
    expect(await Promise.all([load(1), load(2)])).toEqual([2, 4]);
    expect(await Promise.all([load(3), load(4), load(5), load(6)])).toEqual([6, 8, 10, 12]);
    expect(asked).toEqual([[1, 2], [3, 4, 5], [6]]);
  });

  it('returns nothing for what is not found, and the fault to all who asked', async () => {
    const none = batched(() => Promise.resolve(new Map<number, number>()), 10);
    expect(await none(1)).toBeUndefined();
    const broken = batched((): Promise<Map<number, number>> => Promise.reject(new Error('away')), 10);
    await expect(Promise.all([broken(1), broken(2)])).rejects.toThrow('away');
  });
});
