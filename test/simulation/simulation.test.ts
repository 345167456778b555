// The fault simulation over a fixed set of seeds: no invariant breaks, every row of the tables fires, and the same seed is
// the same run.
import { describe, expect, test } from 'vitest';
import { scheduleOf } from './generate.ts';
import { reportOf } from './report.ts';
import { RowCount } from './rows.ts';
import { simulate } from './simulation.ts';

/** As many as it takes for the rarest row to fire several times. */
const seeds = 400;

describe('the fault simulation', () => {
  test.each([1, 7, 42])('runs seed %i twice alike, whatever the process drew before', async (seed) => {
    const first = await simulate(scheduleOf(seed));
    const second = await simulate(scheduleOf(seed));
    expect(second.hash).toBe(first.hash);
    expect(second.events).toBe(first.events);
    expect(second.trace).toEqual(first.trace);
  });

  test('draws nothing from outside of its seed', async () => {
    const { random } = Math;
    let drawn = 0;
    Math.random = () => {
      drawn += 1;
      return random();
    };
    try {
      await simulate(scheduleOf(5));
    } finally {
      Math.random = random;
    }
    expect(drawn).toBe(0);
  });

  test.each([
    ['a Workspace that comes back under its name while claims of the earlier one are there', 40_010_758],
    ['claims whose pools failed before their Nodes were initialized, too many to be replaced', 50_008_831],
    ['a pool that a new leader finds in creation, and another that a person puts in its place', 60_006_244],
    ['two orphans beside a pool with tags of nobody’s claim, which is none', 186_534_004],
  ])('plays %s', async (_, seed) => {
    const { violation } = await simulate(scheduleOf(seed));
    expect(violation).toBeUndefined();
  });

  test('writes nothing in a day without events', { timeout: 300_000 }, async () => {
    const { violation } = await simulate(scheduleOf(2), { idleHours: 24 });
    expect(violation).toBeUndefined();
  });

  test(`holds its invariants over ${seeds} seeds, in which every row fires`, async () => {
    const rows = new RowCount();
    const failures: string[] = [];
    for (let seed = 1; seed <= seeds; seed += 1) {
      const schedule = scheduleOf(seed);
      const { rows: fired, violation } = await simulate(schedule);
      rows.add(fired);
      if (violation !== undefined && failures.length < 3) failures.push(await reportOf(schedule, violation));
    }
    expect(failures.join('\n\n')).toBe('');
    process.stdout.write(`rows: ${rows.toString()}\n`);
    expect(rows.never).toEqual([]);
  });
});
