// A collector at work on an API server, an Azure and a clock that a test holds in its hands.
import { onTestFinished } from 'vitest';
import { aMachine, aPool } from './claim-builders.ts';
import { FakeClock } from './fake-clock.ts';
import { LogLines } from './kube-fixture.ts';
import { MemoryArm } from './memory-arm.ts';
import { MemoryKube } from './memory-kube.ts';
import type { Machine } from '../../src/apis/machine.gen.ts';
import { machines } from '../../src/apis/machine.ts';
import { nodes as nodesResource } from '../../src/apis/resource.ts';
import type { Node } from '../../src/apis/wire.ts';
import type { AgentPool } from '../../src/azure/pool.ts';
import { Inventory } from '../../src/azure/inventory.ts';
import { checkObject } from '../../src/kube/answer.ts';
import type { EventNote } from '../../src/runtime/event-object.ts';
import type { Store } from '../../src/runtime/store.ts';
import { soleTerm } from '../../src/runtime/leader.ts';
import { machineAdapter } from '../../src/claims/adapter.ts';
import { createClaimStore } from '../../src/claims/claim-controller.ts';
import { createNodeStore } from '../../src/claims/node-controller.ts';
import type { Gate } from '../../src/claims/gate.ts';
import { defaultPolicies } from '../../src/claims/policies.ts';
import type { Policies } from '../../src/claims/policies.ts';
import { Restraint } from '../../src/claims/restraint.ts';
import { defaultTimings } from '../../src/claims/timings.ts';
import { ownerSource } from '../../src/claims/collection/owner-source.ts';
import { Collector } from '../../src/claims/collection/collector.ts';
import { Ledger } from '../../src/claims/collection/ledger.ts';

const minute = 60_000;
const intervalMs = 15_000;

export interface CollectionPlay {
  readonly clock: FakeClock;
  readonly arm: MemoryArm;
  readonly kube: MemoryKube;
  readonly claims: Store<Machine>;
  readonly nodes: Store<Node>;
  /** `fresh`: what a live look shows where it differs from what was known. */
  readonly gate: { now: Gate; fresh: Gate | undefined };
  /** Of pools, in the order of their arrival. */
  readonly deletes: () => readonly string[];
  /** Reasons of all events. */
  readonly told: () => readonly string[];
  /** What was logged with this message. */
  readonly logged: (message: string) => readonly object[];
  /** What the ledger says of a pool. */
  readonly ownership: (pool: string) => string | undefined;
}

/** A collector that runs, with an API server and an Azure in memory; the gate is open. */
export function playCollection(policies: Partial<Policies> = {}): CollectionPlay {
  const clock = new FakeClock('2026-03-01T12:00:00Z');
  const arm = new MemoryArm();
  const claims = createClaimStore(machineAdapter, clock);
  const nodes = createNodeStore(clock);
  const kube = new MemoryKube(clock, (plural, object, isGone) => {
    if (plural === machines.plural) {
      const machine = checkObject(object, machines, 'watch');
      if (isGone) claims.remove(machine);
      else claims.upsert(machine);
    } else if (plural === nodesResource.plural) {
      const node = checkObject(object, nodesResource, 'watch');
      if (isGone) nodes.remove(node);
      else nodes.upsert(node);
    }
  });
  claims.replace([], '1');
  nodes.replace([], '1');
  const inventory = new Inventory({ arm, clock, cadence: { fastMs: intervalMs, idleMs: intervalMs } });
  const ledger = new Ledger();
  const events: EventNote[] = [];
  const log = new LogLines();
  const gate: CollectionPlay['gate'] = { now: { state: 'open' }, fresh: undefined };
  const all = { ...defaultPolicies, ...policies };
  const stop = new AbortController();
  const { signal } = stop;
  const collector = new Collector({
    clock,
    kube,
    nodes,
    inventory,
    sources: [ownerSource({ adapter: machineAdapter, claims, kube })],
    restraint: new Restraint({
      clock,
      ours: () => arm.pools.size,
      allowMass: () => all.allowMassDeletion,
      limits: all,
    }),
    gate: () => gate.now,
    confirmGate: async () => Promise.resolve(gate.fresh ?? gate.now),
    timings: defaultTimings,
    policies: all,
    events: { record: (event) => events.push(event) },
    log: log.log,
    random: () => 0.5,
    lease: { name: 'leader', namespace: 'here' },
    ledger,
    intervalMs,
  });
  const running = [inventory.run(signal), collector.run(soleTerm({ clock, signal }), signal)];
  onTestFinished(async () => {
    stop.abort();
    await clock.advance(minute);
    await Promise.all(running);
  });
  return {
    clock,
    arm,
    kube,
    claims,
    nodes,
    gate,
    deletes: () => arm.calls.filter((call) => call.startsWith('delete')),
    told: () => events.map(({ reason }) => reason),
    logged: (message) => log.lines.filter((line) => line['message'] === message),
    ownership: (pool) => ledger.entries().find((entry) => entry.pool === pool)?.ownership,
  };
}

/** A pool that was made for a Machine of this name. */
export function poolFor(name: string, changes: Partial<AgentPool> = {}): AgentPool {
  return aPool(aMachine({ name, uid: `uid-${name}` }), 'settled', changes);
}

export function aMachineNamed(name: string, uid = `uid-${name}`): Parameters<MemoryKube['put']>[1] {
  const metadata = { name, uid, resourceVersion: '1', creationTimestamp: '2026-03-01T11:00:00Z' };
  return { apiVersion: 'karpenter.sh/v1alpha5', kind: 'Machine', metadata };
}
