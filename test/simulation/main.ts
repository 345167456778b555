// `npm run sim -- --seeds N [--from S]`: N seeds, on all cores; `--seed S` replays one of them and prints all of it.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { scheduleOf } from './generate.ts';
import { lineOf, reportOf } from './report.ts';
import { RowCount } from './rows.ts';
import { describe } from './schedule.ts';
import { simulate } from './simulation.ts';

interface SeedResult {
  readonly seed: number;
  readonly failure: string | undefined;
  readonly rows: ReadonlyMap<string, number>;
  readonly events: number;
  readonly simulatedMs: number;
}

/** The rarest row fires in one seed of two hundred: that so many miss it by chance happens less than once in ten thousand runs. */
const seedsForEveryRow = 2000;

const usage = `npm run sim -- [--seeds N] [--from S] [--threads T]   N seeds (200) from S (1) on, on T threads (all cores)
npm run sim -- --seed S                               replays one and prints all of it
`;

const print = (text: string): void => void process.stdout.write(`${text}\n`);

if (isMainThread) await main();
else await work();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '200' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      threads: { type: 'string', default: String(availableParallelism()) },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return print(usage);
  const failed =
    values.seed === undefined
      ? await runAll(Number(values.from), Number(values.seeds), Number(values.threads))
      : await replay(Number(values.seed));
  process.exitCode = failed ? 1 : 0;
}

/** Whether it failed. */
async function replay(seed: number): Promise<boolean> {
  const schedule = scheduleOf(seed);
  const { violation, trace, hash } = await simulate(schedule, { verbose: true });
  for (const line of trace) print(line);
  for (const item of schedule.items) print(describe(item));
  print(`seed ${seed}, trace ${hash}${violation === undefined ? '' : `, ${lineOf(violation)}`}`);
  if (violation !== undefined) print(await reportOf(schedule, violation));
  return violation !== undefined;
}

async function runAll(from: number, seeds: number, threads: number): Promise<boolean> {
  const startedMs = performance.now();
  const rows = new RowCount();
  const failures: SeedResult[] = [];
  let events = 0;
  let simulatedMs = 0;
  let done = 0;
  const take = (result: SeedResult): void => {
    rows.add(result.rows);
    events += result.events;
    simulatedMs += result.simulatedMs;
    done += 1;
    if (result.failure !== undefined) {
      failures.push(result);
      print(`seed ${result.seed} ${result.failure}`);
    }
    if (done % 1000 === 0) print(`${done} seeds, ${failures.length} failed`);
  };
  const workers = Array.from({ length: Math.max(1, Math.min(threads, seeds)) }, (_, index) =>
    ended(
      new Worker(new URL(import.meta.url), { workerData: { from: from + index, step: threads, to: from + seeds } }),
      take,
    ),
  );
  await Promise.all(workers);
  const seconds = (performance.now() - startedMs) / 1000;
  print(
    `${done} seeds from ${from}: ${failures.length} failed; ${Math.round(seconds)} s, ${(done / seconds).toFixed(1)} seeds/s, ${Math.round(events / seconds)} events/s, ${Math.round(simulatedMs / done / 60_000)} simulated minutes each`,
  );
  print(`rows: ${rows.toString()}`);
  const isLarge = done >= seedsForEveryRow;
  const why = isLarge ? '' : ` (none is missed before ${seedsForEveryRow} seeds)`;
  if (rows.never.length > 0) print(`rows that never fired${why}: ${rows.never.join(', ')}`);
  // One that threw has no violation to shrink.
  const [first] = failures.filter((one) => one.events > 0).toSorted((a, b) => a.seed - b.seed);
  if (first !== undefined) {
    const schedule = scheduleOf(first.seed);
    const { violation } = await simulate(schedule);
    if (violation !== undefined) print(await reportOf(schedule, violation));
  }
  return failures.length > 0 || (isLarge && rows.never.length > 0);
}

function ended(worker: Worker, take: (result: SeedResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on('message', take);
    worker.once('error', reject);
    worker.once('exit', () => resolve());
  });
}

async function work(): Promise<void> {
  const { from, step, to }: { from: number; step: number; to: number } = workerData;
  for (let seed = from; seed < to; seed += step) {
    const result = await resultOf(seed);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
    parentPort?.postMessage(result);
  }
}

/** An actor or a check that throws is a failure of its seed alone: the other seeds go on. */
async function resultOf(seed: number): Promise<SeedResult> {
  try {
    const { violation, rows, events, simulatedMs } = await simulate(scheduleOf(seed));
    return { seed, failure: violation === undefined ? undefined : lineOf(violation), rows, events, simulatedMs };
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { seed, failure: `the simulation itself failed: ${what}`, rows: new Map(), events: 0, simulatedMs: 0 };
  }
}
