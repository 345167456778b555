// `npm run sim -- --seeds N [--from S]`: N seeds, one after the other; `--seed S` replays one and prints all of it.
import { parseArgs } from 'node:util';
import { scheduleOf } from './generate.ts';
import { describe } from './schedule.ts';
import { simulate } from './simulation.ts';
import { stamp } from './trace.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    quiet: { type: 'boolean', default: false },
  },
});

const print = (text: string): void => void process.stdout.write(`${text}\n`);

async function replay(seed: number): Promise<void> {
  const schedule = scheduleOf(seed);
  const { violation, trace, hash } = await simulate(schedule, { verbose: true });
  for (const line of trace) print(line);
  print(`\nseed ${seed}, hash ${hash}`);
  for (const item of schedule.items) print(describe(item));
  if (violation !== undefined) print(`invariant ${violation.invariant}: ${violation.what}`);
  process.exitCode = violation === undefined ? 0 : 1;
}

async function run(from: number, count: number): Promise<void> {
  const rows = new Map<string, number>();
  const startedMs = performance.now();
  let failed = 0;
  let events = 0;
  let simulatedMs = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    const result = await simulate(scheduleOf(seed));
    for (const [row, times] of result.rows) rows.set(row, (rows.get(row) ?? 0) + times);
    events += result.events;
    simulatedMs += result.simulatedMs;
    const { violation } = result;
    if (violation === undefined) continue;
    failed += 1;
    print(`seed ${seed} at ${stamp(violation.atMs)}: invariant ${violation.invariant}: ${violation.what}`);
  }
  const seconds = (performance.now() - startedMs) / 1000;
  print(
    `${count} seeds from ${from}: ${failed} failed; ${(count / seconds).toFixed(1)} seeds/s, ${Math.round(events / seconds)} events/s, ${Math.round(simulatedMs / count / 60_000)} min each`,
  );
  print(
    [...rows]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([row, times]) => `${row} ${times}`)
      .join(', '),
  );
  process.exitCode = failed === 0 ? 0 : 1;
}

await (values.seed === undefined ? run(Number(values.from), Number(values.seeds)) : replay(Number(values.seed)));
