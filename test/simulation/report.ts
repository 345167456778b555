// A failing seed, told to a person: what was violated, the shortest schedule that does it, and the end of its trace.
import type { Violation } from './checks/check.ts';
import { describe, type Schedule } from './schedule.ts';
import { shrink } from './shrink.ts';
import { simulate, type RunOptions } from './simulation.ts';
import { stamp } from './trace.ts';

const mostRuns = 150;
const lastLines = 60;

/** Shrinks the schedule first. */
export async function reportOf(schedule: Schedule, violation: Violation, options: RunOptions = {}): Promise<string> {
  const fails = async (candidate: Schedule): Promise<boolean> =>
    (await simulate(candidate, options)).violation?.invariant === violation.invariant;
  const short = await shrink(schedule, fails, { most: mostRuns });
  const again = await simulate(short, { ...options, verbose: true });
  const { skewMs, hurry, policies } = short;
  return [
    `seed ${schedule.seed}: ${lineOf(violation)}`,
    `replay: npm run sim -- --seed ${schedule.seed}`,
    `the shortest schedule that does it (clocks ahead by ${skewMs.a} and ${skewMs.b} ms, hurry ${hurry}, policies ${JSON.stringify(policies)}):`,
    ...short.items.map((item) => `  ${describe(item)}`),
    'how it ends:',
    ...again.trace.slice(-lastLines).map((line) => `  ${line}`),
  ].join('\n');
}

export function lineOf({ atMs, invariant, what }: Violation): string {
  return `at ${stamp(atMs)} invariant ${invariant}: ${what}`;
}
