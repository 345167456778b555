// One run: a schedule in, what happened out.
import { reasons } from '../../src/claims/reasons.ts';
import { Actors } from './actors.ts';
import type { ArmWatch } from './arm-connection.ts';
import { Book } from './book.ts';
import { ArmCheck } from './checks/arm-check.ts';
import type { Bench, Violation } from './checks/check.ts';
import { ClaimCheck, Patience } from './checks/claim-check.ts';
import { EndCheck } from './checks/end-check.ts';
import { isSomebodyElses } from './claims.ts';
import { RestraintCheck } from './checks/restraint-check.ts';
import { SpinCheck } from './checks/spin-check.ts';
import { Crashes } from './crashes.ts';
import { leftUndone, type LogLine, type Seams, type Voices } from './replica.ts';
import type { Schedule } from './schedule.ts';
import { World } from './world.ts';

export interface RunOptions {
  /** A bug that is planted in the replicas of this world. */
  readonly plant?: (world: World) => Seams;
  /** Hours without any event at the end, in which nothing may be written. */
  readonly idleHours?: number;
  /** Every decision into the trace, for a person. */
  readonly verbose?: boolean;
}

export interface RunResult {
  readonly violation: Violation | undefined;
  readonly rows: ReadonlyMap<string, number>;
  readonly trace: readonly string[];
  readonly hash: string;
  readonly events: number;
  readonly simulatedMs: number;
  readonly puts: number;
  readonly deletes: number;
}

const lookMs = 5000;
const calmStepMs = 30_000;
/** Long enough for the slowest backoff that the error table keeps for what heals by itself. */
const convergenceMs = 3 * 3_600_000;
/** Whatever Azure does by itself has ended by then. */
const longestWorkMs = 24 * 3_600_000;

export async function simulate(schedule: Schedule, options: RunOptions = {}): Promise<RunResult> {
  const { plant = () => ({}), idleHours = 0.25, verbose = false } = options;
  const rows = new Map<string, number>();
  const book = new Book();
  let violation: Violation | undefined;
  const late: { watch?: ArmWatch; bench?: Bench } = {};
  const watchNow = (): ArmWatch => {
    if (late.watch === undefined) throw new TypeError('Azure was asked before the world was complete');
    return late.watch;
  };
  const crashes = new Crashes((crash) => world.replicas[crash.replica].crash(crash));
  const world: World = new World(schedule, {
    seams: plant,
    probe: crashes.probe,
    armWatch: () => ({
      leaves: (write) => {
        watchNow().leaves(write);
        restraint.leaves(write);
      },
      arrives: (write) => watchNow().arrives(write),
      ends: (write) => watchNow().ends(write),
      asks: (by, call) => watchNow().asks(by, call),
      throttled: (by, call, ms) => watchNow().throttled(by, call, ms),
    }),
    voices: (of) =>
      voicesOf(of, {
        rows,
        verbose,
        report: (what) => bench.report('no bugs', what),
        decided: (process, row) => spin.decided(process, row),
      }),
  });
  const bench: Bench = {
    world,
    book,
    report: (invariant, what) => {
      violation ??= { invariant, what, atMs: world.nowMs };
      world.trace.note('CHECK', `invariant ${invariant}: ${what}`);
    },
  };
  const arm = new ArmCheck(bench);
  late.watch = arm;
  const spin = new SpinCheck(bench);
  new ClaimCheck(bench).watch();
  const patience = new Patience(bench);
  const restraint = new RestraintCheck(bench);
  restraint.watch();
  const end = new EndCheck(bench);
  traceChanges(world);

  const look = (): void => {
    patience.look(lookMs);
    arm.look(lookMs);
    restraint.look(lookMs);
    world.scheduler.after(lookMs, look);
  };
  world.scheduler.after(lookMs, look);
  world.furnish();
  new Actors(bench, crashes).plan(schedule.items);
  world.replicas.a.start();
  world.scheduler.after(500, () => world.replicas.b.start());

  const step = (): 'on' | 'stop' => (violation === undefined ? 'on' : 'stop');
  await world.scheduler.runUntil(schedule.faultsEndMs, step);
  crashes.end();
  world.faults.end();
  const convergeMs = convergenceMs / schedule.hurry + 1_800_000;
  const latestMs = schedule.faultsEndMs + longestWorkMs;
  let until = schedule.faultsEndMs + convergeMs;
  for (let calmMs = 0; step() === 'on' && calmMs < end.patienceMs && world.nowMs < until;) {
    await world.scheduler.runUntil(world.nowMs + calmStepMs, step);
    calmMs = end.isCalm ? calmMs + calmStepMs : 0;
    // An upgrade of the cluster takes minutes for each pool, and the replicas have to wait for it.
    if (!end.clusterRests) until = Math.min(world.nowMs + convergeMs, latestMs);
  }
  if (violation === undefined) {
    const [first] = end.open();
    if (first !== undefined) bench.report(13, first);
    end.beginQuiet();
    await world.scheduler.runUntil(world.nowMs + idleHours * 3_600_000, step);
    end.endQuiet(idleHours);
  }
  return {
    violation,
    rows,
    trace: world.trace.lines,
    hash: world.trace.hash,
    events: world.scheduler.ran,
    simulatedMs: world.nowMs,
    puts: arm.puts,
    deletes: arm.deletes,
  };
}

function voicesOf(
  { trace }: World,
  {
    rows,
    verbose,
    report,
    decided,
  }: {
    rows: Map<string, number>;
    verbose: boolean;
    report: (what: string) => void;
    decided: (process: string, row: string) => void;
  },
): Voices {
  const count = (row: string): void => {
    rows.set(row, (rows.get(row) ?? 0) + 1);
  };
  return {
    decided: (process, row) => {
      count(row);
      decided(process.name, row);
      if (verbose) trace.note(process.name, `decided ${row}`);
    },
    recorded: (process, { regarding, reason, message }) => {
      trace.note(process.name, `event ${regarding.kind} ${regarding.name} ${reason}: ${message.slice(0, 120)}`);
      if (reason === reasons.SpecChangedAfterLaunch) count('P5');
    },
    ended: (process, how) => {
      trace.note(process.name, how);
      if (how.startsWith('fails')) report(`${process.name} ${how}`);
    },
    logged: (process, line) => {
      if (line.message === leftUndone) count('P2');
      const bug = bugIn(line);
      if (bug !== undefined) report(`${process.name}: ${line.message}: ${bug}`);
    },
    // Nothing follows from it: the checks say so should anything.
    saw: (_process, object) => {
      if (isSomebodyElses(object)) count('P0');
    },
  };
}

/** What no server can make happen: an error of ours. */
function bugIn({ err }: LogLine): string | undefined {
  const text = JSON.stringify(err ?? null);
  return /"type":"(TypeError|RangeError|ReferenceError|ThrownValue)"/u.test(text) ? text.slice(0, 400) : undefined;
}

/** Claims, Nodes and pools as they change; the Lease is left out, it changes every two seconds. */
function traceChanges({ api, pools, trace }: World): void {
  api.subscribe(({ plural, type, object, before, by }) => {
    if (plural === 'leases') {
      const holder = object.spec?.holderIdentity;
      if (holder !== before?.spec?.holderIdentity) trace.note(by, `lease: held by "${holder ?? ''}"`);
      return;
    }
    const { name, uid, deletionTimestamp, finalizers = [] } = object.metadata;
    const ready = conditionOf(object);
    const deleting = deletionTimestamp === undefined ? '' : ' deleting';
    trace.note(by, `${type.toLowerCase()} ${plural} ${name} ${uid}${deleting} ${ready} [${finalizers.length}]`);
  });
  pools.subscribe(({ view, incarnation }, news, by) =>
    trace.note(
      by,
      `pool ${view.name}#${incarnation} ${news}: ${view.state} ${view.power} count ${view.count} ${view.etag ?? ''}`,
    ),
  );
}

function conditionOf({
  status,
}: {
  readonly status?: { readonly conditions?: readonly { type: string; status: string; reason?: string }[] };
}): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready === undefined ? '' : `Ready=${ready.status}${ready.reason === undefined ? '' : `/${ready.reason}`}`;
}
