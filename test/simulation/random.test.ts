// The fault simulation over seeds that nobody has seen: two minutes of them. The first is printed, and SIM_FROM replays them.
import { expect, test } from 'vitest';
import { scheduleOf } from './generate.ts';
import { reportOf } from './report.ts';
import { simulate } from './simulation.ts';

const forMs = Number(process.env['SIM_SECONDS'] ?? '120') * 1000;
// The fixed set begins at 1.
const from = Number(process.env['SIM_FROM'] ?? String(1_000_000 + Math.floor(Math.random() * 1_000_000_000)));

test(`holds its invariants over random seeds, from ${from} on`, async () => {
  const startedMs = performance.now();
  process.stdout.write(`random seeds begin at ${from}\n`);
  const failures: string[] = [];
  let seed = from;
  for (; failures.length === 0 && performance.now() - startedMs < forMs; seed += 1) {
    const schedule = scheduleOf(seed);
    const { violation } = await simulate(schedule);
    if (violation !== undefined) failures.push(await reportOf(schedule, violation));
  }
  process.stdout.write(`${seed - from} random seeds\n`);
  expect(failures.join('\n')).toBe('');
});
