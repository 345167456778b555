// Row P1: a controller whose stores are not complete, or that does not lead, runs nothing.
import { expect, onTestFinished, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { silent } from '../../test/support/kube-fixture.ts';
import { kaitoMachine } from '../../test/support/machines.ts';
import { MemoryArm } from '../../test/support/memory-arm.ts';
import { MemoryKube } from '../../test/support/memory-kube.ts';
import { machines } from '../apis/machine.ts';
import { Inventory } from '../azure/inventory.ts';
import { checkObject } from '../kube/answer.ts';
import { createMetrics } from '../observability/metrics.ts';
import { soleTerm } from '../runtime/leader.ts';
import { machineAdapter } from './adapter.ts';
import { ClaimController, createClaimStore } from './claim-controller.ts';
import { createNodeStore } from './node-controller.ts';
import { defaultPolicies } from './policies.ts';
import { Restraint } from './restraint.ts';
import { defaultTimings } from './timings.ts';

/** Its stores are complete, and hold one Machine that has no conditions yet. */
function play() {
  const clock = new FakeClock('2026-03-01T12:00:00Z');
  const claims = createClaimStore(machineAdapter, clock);
  const nodes = createNodeStore(clock);
  const kube = new MemoryKube(clock, (_plural, object) => claims.upsert(checkObject(object, machines, 'watch')));
  const arm = new MemoryArm();
  const rows: string[] = [];
  const controller = new ClaimController({
    context: {
      adapter: machineAdapter,
      claims,
      nodes,
      kube,
      clock,
      inventory: new Inventory({ arm, clock }),
      timings: defaultTimings,
      policies: defaultPolicies,
      gate: () => ({ state: 'open' }),
      restraint: new Restraint({ clock, ours: () => 1, allowMass: () => false, limits: defaultPolicies }),
      selects: () => true,
      events: { record: () => undefined },
      log: silent,
      random: () => 0.5,
      onDecision: (row) => rows.push(row),
    },
    metrics: createMetrics(),
    workers: 1,
  });
  claims.replace([], '1');
  nodes.replace([], '1');
  const object = kaitoMachine({ name: 'ws1' });
  const metadata = { name: 'ws1', uid: 'uid-1', resourceVersion: '1', creationTimestamp: clock.now().toISOString() };
  kube.put('machines', { ...object, metadata: { ...Object(Object(object).metadata), ...metadata } });
  const stop = new AbortController();
  const running: Promise<void>[] = [];
  onTestFinished(async () => {
    stop.abort();
    await clock.advance(60_000);
    await Promise.all(running);
  });
  return {
    clock,
    claims,
    nodes,
    kube,
    arm,
    rows,
    lead: (): void => {
      running.push(controller.run(soleTerm({ clock, signal: stop.signal }), stop.signal));
    },
  };
}

type Play = ReturnType<typeof play>;

test.each<readonly [string, (play: Play) => void, (play: Play) => void]>([
  [
    'the CRD is not served',
    ({ claims, lead }) => {
      claims.markUnserved();
      lead();
    },
    ({ claims }) => claims.replace([...claims.values()], '2'),
  ],
  [
    'the Nodes are not listed',
    ({ nodes, lead }) => {
      nodes.markUnserved();
      lead();
    },
    ({ nodes }) => nodes.replace([], '2'),
  ],
  ['the lease is not ours', () => undefined, ({ lead }) => lead()],
])('P1: nothing runs while %s, and everything after it', async (_, hinder, help) => {
  const made = play();
  const { arm, clock, kube, rows } = made;
  hinder(made);
  await clock.advance(60_000);
  expect({ rows, writes: kube.writes, calls: arm.calls }).toEqual({ rows: [], writes: [], calls: [] });
  help(made);
  await clock.advance(10_000);
  expect(rows).toContain('A1');
  expect(kube.writes.length).toBeGreaterThan(0);
});
