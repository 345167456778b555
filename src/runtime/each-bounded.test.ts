import { describe, expect, test } from 'vitest';
import { eachBounded } from './each-bounded.ts';

describe('eachBounded', () => {
  test('does each item once, and never more than the limit at a time', async () => {
    const done: number[] = [];
    let running = 0;
    let most = 0;
    await eachBounded([1, 2, 3, 4, 5], { limit: 2 }, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      done.push(item);
    });
    expect(done.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(2);
  });

  test('tries every item although one fails, then throws what the first one threw', async () => {
    const tried: string[] = [];
    const work = async (item: string): Promise<void> => {
      tried.push(item);
      await Promise.resolve();
      if (item !== 'b') throw new RangeError(`no ${item}`);
    };
    await expect(eachBounded(['a', 'b', 'c'], { limit: 1 }, work)).rejects.toThrow('no a');
    expect(tried).toEqual(['a', 'b', 'c']);
  });

  test('of nothing does nothing', async () => {
    await expect(eachBounded([], { limit: 3 }, () => Promise.reject(new RangeError('never')))).resolves.toBe(undefined);
  });
});
