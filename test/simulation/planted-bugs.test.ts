// The simulation can fail: each bug of the state table's section 10 is planted, and found.
import { describe, expect, test } from 'vitest';
import { bugs } from './bugs.ts';
import type { Violation } from './checks/check.ts';
import { scheduleOf } from './generate.ts';
import { simulate } from './simulation.ts';
import { shrink } from './shrink.ts';

/** The first of the seeds that finds the bug; what it says. */
async function find(
  bug: (typeof bugs)[number],
): Promise<{ readonly seed: number; readonly violation: Violation } | undefined> {
  for (let seed = 1; seed <= bug.seeds; seed += 1) {
    const { violation } = await simulate(scheduleOf(seed), { plant: bug.plant, idleHours: 0 });
    if (violation !== undefined && bug.breaks.includes(violation.invariant)) return { seed, violation };
  }
  return undefined;
}

describe('a bug that is planted is found', () => {
  test.each(bugs)('$name', async (bug) => {
    expect(await find(bug), `not found in ${bug.seeds} seeds`).toBeDefined();
  });
});

test('a failing schedule shrinks to one that fails in the same way', async () => {
  const [bug] = bugs;
  if (bug === undefined) throw new RangeError('There is no bug to plant');
  const found = await find(bug);
  const schedule = scheduleOf(found?.seed ?? 0);
  const fails = async (candidate: typeof schedule): Promise<boolean> => {
    const { violation } = await simulate(candidate, { plant: bug.plant, idleHours: 0 });
    return violation?.invariant === found?.violation.invariant;
  };
  const short = await shrink(schedule, fails, { most: 40 });
  expect(short.items.length).toBeLessThan(schedule.items.length);
  expect(await fails(short)).toBe(true);
});
