import { describe, expect, onTestFinished, test } from 'vitest';
import { aMachine, aNode, aPool } from '../../../test/support/claim-builders.ts';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { silent } from '../../../test/support/kube-fixture.ts';
import { MemoryArm } from '../../../test/support/memory-arm.ts';
import { MemoryKube } from '../../../test/support/memory-kube.ts';
import { machines } from '../../apis/machine.ts';
import { nodes as nodesResource } from '../../apis/resource.ts';
import type { Pod } from '../../apis/wire.ts';
import type { AgentPool } from '../../azure/pool.ts';
import { Inventory } from '../../azure/inventory.ts';
import { checkObject } from '../../kube/answer.ts';
import type { EventNote } from '../../runtime/event-object.ts';
import { soleTerm } from '../../runtime/leader.ts';
import { machineAdapter } from '../adapter.ts';
import { finalizer } from '../annotations.ts';
import { createClaimStore } from '../claim-controller.ts';
import { createNodeStore } from '../node-controller.ts';
import type { Gate } from '../gate.ts';
import { defaultPolicies } from '../policies.ts';
import type { Policies } from '../policies.ts';
import { Restraint } from '../restraint.ts';
import { defaultTimings } from '../timings.ts';
import { ownerSource } from './owner-source.ts';
import { Collector } from './collector.ts';
import { Ledger } from './ledger.ts';

const minute = 60_000;
const intervalMs = 15_000;

/** A collector that runs, with an API server and an Azure in memory; the gate is open. */
async function play(policies: Partial<Policies> = {}) {
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
  const gate = { now: { state: 'open' } as Gate, fresh: undefined as Gate | undefined };
  const all = { ...defaultPolicies, ...policies };
  const stop = new AbortController();
  const { signal } = stop;
  const collector = new Collector({
    clock,
    kube,
    nodes,
    inventory,
    sources: [ownerSource({ adapter: machineAdapter, claims, kube })],
    restraint: new Restraint({ clock, ours: () => arm.pools.size, allowMass: () => all.allowMassDeletion }),
    gate: () => gate.now,
    confirmGate: async () => Promise.resolve(gate.fresh ?? gate.now),
    timings: defaultTimings,
    policies: all,
    events: { record: (event) => events.push(event) },
    log: silent,
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
    ledger,
    gate,
    events,
    deletes: (): readonly string[] => arm.calls.filter((call) => call.startsWith('delete')),
    told: (): readonly string[] => events.map(({ reason }) => reason),
    ownership: (pool: string): string | undefined => ledger.entries().find((entry) => entry.pool === pool)?.ownership,
  };
}

/** A pool that was made for a Machine of this name. */
function poolFor(name: string, changes: Partial<AgentPool> = {}): AgentPool {
  return aPool(aMachine({ name, uid: `uid-${name}` }), 'settled', changes);
}

function aMachineNamed(name: string, uid = `uid-${name}`): Parameters<MemoryKube['put']>[1] {
  const metadata = { name, uid, resourceVersion: '1', creationTimestamp: '2026-03-01T11:00:00Z' };
  return { apiVersion: 'karpenter.sh/v1alpha5', kind: 'Machine', metadata };
}

describe('Collector', () => {
  test('GPN45 a pool without a Node whose claim is gone is deleted after its grace, by the version that was seen', async () => {
    const { arm, clock, deletes, ownership, told } = await play();
    arm.put(poolFor('wsa'));
    await clock.advance(minute);
    expect(ownership('wsa')).toBe('orphan');
    expect(told()).toEqual(['OrphanPool']);
    await clock.advance(14 * minute);
    expect(deletes()).toEqual([]);
    await clock.advance(2 * minute);
    expect(deletes()).toEqual(['delete wsa']);
    expect(arm.pools.get('wsa')?.phase).toBe('deleting');
    expect(told()).toEqual(['OrphanPool', 'OrphanPoolDeleted']);
    await clock.advance(30 * minute);
    expect(deletes()).toEqual(['delete wsa']);
    arm.pools.delete('wsa');
    await clock.advance(minute);
    expect(ownership('wsa')).toBeUndefined();
  });

  test('GPN46 a pool with a Node that nobody uses goes too, and its Node after it', async () => {
    const { arm, clock, deletes, kube } = await play();
    arm.put(poolFor('wsa'));
    const node = aNode({ pool: 'wsa', owner: 'uid-wsa', finalizers: [finalizer] });
    kube.put('nodes', node);
    await clock.advance(17 * minute);
    expect(deletes()).toEqual(['delete wsa']);
    arm.pools.delete('wsa');
    kube.put('nodes', aNode({ pool: 'wsa', owner: 'uid-wsa', finalizers: [finalizer], ready: 'Unknown' }));
    await clock.advance(minute);
    expect(kube.has('nodes', node.metadata.name)).toBe(false);
  });

  test('GPN47 a deletion that Azure refuses is told of and tried again at the pace of its cause', async () => {
    const { arm, clock, deletes, told } = await play();
    arm.put(poolFor('wsa'));
    arm.fault = (call) =>
      call === 'delete wsa'
        ? { status: 409, code: 'OperationNotAllowed', armMessage: 'Another operation (Updating) is in progress' }
        : undefined;
    await clock.advance(16 * minute);
    expect(deletes().length).toBeGreaterThan(0);
    expect(told()).toContain('OrphanPoolNotDeleted');
    arm.fault = () => undefined;
    await clock.advance(60 * minute);
    expect(arm.pools.get('wsa')?.phase).toBe('deleting');
  });

  test('a pool with its claim is owned, whatever its Nodes are like', async () => {
    const { arm, clock, deletes, kube, ownership } = await play();
    kube.put('machines', aMachineNamed('wsa'));
    arm.put(poolFor('wsa'));
    await clock.advance(60 * minute);
    expect(ownership('wsa')).toBe('owned');
    expect(deletes()).toEqual([]);
  });

  test('A13 the pool of an earlier claim of this name goes, and leaves the name to the later one', async () => {
    const { arm, clock, deletes, kube } = await play();
    kube.put('machines', aMachineNamed('wsa', 'uid-of-the-later-one'));
    arm.put(poolFor('wsa'));
    await clock.advance(17 * minute);
    expect(deletes()).toEqual(['delete wsa']);
  });

  test('E1: the CRD goes, and with it every claim: nothing is deleted', async () => {
    const { arm, claims, clock, deletes, kube, ownership } = await play();
    kube.unserved.add('machines');
    claims.markUnserved();
    arm.put(poolFor('wsa'));
    await clock.advance(60 * minute);
    expect(ownership('wsa')).toBe('unknown');
    expect(deletes()).toEqual([]);
  });

  test('E1: the cache does not know of the CRD yet: the API server is asked, and nothing is deleted', async () => {
    const { arm, clock, deletes, kube, ownership } = await play();
    kube.unserved.add('machines');
    arm.put(poolFor('wsa'));
    await clock.advance(60 * minute);
    expect(ownership('wsa')).toBe('unknown');
    expect(deletes()).toEqual([]);
  });

  test('E1: a kind that was away begins its grace anew', async () => {
    const { arm, claims, clock, deletes } = await play();
    arm.put(poolFor('wsa'));
    await clock.advance(14 * minute);
    claims.markUnserved();
    await clock.advance(minute);
    claims.replace([], '2');
    await clock.advance(14 * minute);
    expect(deletes()).toEqual([]);
    await clock.advance(3 * minute);
    expect(deletes()).toEqual(['delete wsa']);
  });

  test('E2: the cache is behind and the claim is there: owned, and nothing is deleted', async () => {
    const { arm, claims, clock, deletes, kube, ownership } = await play();
    const stored = kube.put('machines', aMachineNamed('wsa'));
    claims.remove(checkObject(stored, machines, 'watch'));
    arm.put(poolFor('wsa'));
    await clock.advance(60 * minute);
    expect(ownership('wsa')).toBe('owned');
    expect(deletes()).toEqual([]);
  });

  test('E3: while the gate is closed nothing goes', async () => {
    const { arm, clock, deletes, gate } = await play();
    gate.now = { state: 'settling', reason: 'Settling', message: 'the process has just begun' };
    arm.put(poolFor('wsa'));
    await clock.advance(60 * minute);
    expect(deletes()).toEqual([]);
    gate.now = { state: 'open' };
    await clock.advance(minute);
    expect(deletes()).toEqual(['delete wsa']);
  });

  test('E3: a gate that has closed since it was last looked at holds the deletion back', async () => {
    const { arm, clock, deletes, gate } = await play();
    gate.fresh = { state: 'closed', by: 'clusterStopped', forMs: 0, reason: 'ClusterStarting', message: 'it starts' };
    arm.put(poolFor('wsa'));
    await clock.advance(60 * minute);
    expect(deletes()).toEqual([]);
  });

  test('E4: five orphans at once are told of and stay; with a person’s leave they go, two a minute', async () => {
    const names = ['wsa', 'wsb', 'wsc', 'wsd', 'wse'];
    const first = await play();
    for (const name of names) first.arm.put(poolFor(name));
    await first.clock.advance(120 * minute);
    expect(first.deletes()).toEqual([]);
    expect(first.told().filter((reason) => reason === 'MassOrphan')).toHaveLength(1);

    const second = await play({ allowMassDeletion: true });
    for (const name of names) second.arm.put(poolFor(name));
    await second.clock.advance(16 * minute);
    expect(second.deletes()).toHaveLength(2);
    await second.clock.advance(5 * minute);
    expect(second.deletes().toSorted()).toEqual(names.map((name) => `delete ${name}`));
  });

  test('E6: a pool whose Node runs a pod with a GPU stays for a day', async () => {
    const { arm, clock, deletes, kube, nodes, ownership, told } = await play();
    arm.put(poolFor('wsa'));
    const node = aNode({ pool: 'wsa' });
    kube.put('nodes', node);
    expect(nodes.size).toBe(1);
    const pod: Pod = {
      metadata: { name: 'train-0', namespace: 'team', uid: 'p', resourceVersion: '1', creationTimestamp: '' },
      spec: {
        nodeName: node.metadata.name,
        containers: [{ name: 'c', resources: { limits: { 'nvidia.com/gpu': '1' } } }],
      },
    };
    kube.put('pods', pod);
    await clock.advance(23 * 60 * minute);
    expect(ownership('wsa')).toBe('orphan_in_use');
    expect(told()).toEqual(['OrphanPool', 'OrphanPoolInUse']);
    expect(deletes()).toEqual([]);
    await clock.advance(62 * minute);
    expect(deletes()).toEqual(['delete wsa']);
  });

  test('E7: tags that change between the decision and the DELETE keep the pool', async () => {
    const { arm, clock, deletes } = await play();
    arm.put(poolFor('wsa'));
    arm.fault = (call) => {
      if (call === 'get wsa') arm.change('wsa', { tags: {} });
      return undefined;
    };
    await clock.advance(60 * minute);
    expect(deletes()).toEqual([]);
  });

  test('E8: labels of the Go provisioner alone: never', async () => {
    const { arm, clock, deletes, ownership } = await play({ allowMassDeletion: true });
    arm.put(poolFor('wsa', { tags: {} }));
    arm.put(poolFor('people', { tags: { owner: 'them' }, nodeLabels: {} }));
    await clock.advance(48 * 60 * minute);
    expect(ownership('wsa')).toBe('ambiguous');
    expect(ownership('people')).toBe('foreign');
    expect(deletes()).toEqual([]);
  });

  test('while Azure does not answer, the ledger keeps what was last known and nothing goes', async () => {
    const { arm, clock, deletes, ownership } = await play();
    arm.put(poolFor('wsa'));
    await clock.advance(minute);
    arm.fault = () => 'before';
    await clock.advance(60 * minute);
    expect(ownership('wsa')).toBe('orphan');
    expect(deletes()).toEqual([]);
  });

  test('--orphans=report: in the ledger, told of, and it stays', async () => {
    const { arm, clock, deletes, ownership, told } = await play({ orphans: 'report' });
    arm.put(poolFor('wsa'));
    await clock.advance(24 * 60 * minute);
    expect(ownership('wsa')).toBe('orphan');
    expect(told()).toEqual(['OrphanPool']);
    expect(deletes()).toEqual([]);
  });
});

describe('Nodes that are left over', () => {
  const owned = { pool: 'wsa', owner: 'uid-wsa', finalizers: [finalizer], ready: 'Unknown' } as const;

  test('the claim and the pool are gone and the Node is not Ready: it is released and deleted', async () => {
    const { clock, kube } = await play();
    kube.put('nodes', aNode(owned));
    await clock.advance(minute);
    expect(kube.has('nodes', aNode(owned).metadata.name)).toBe(false);
  });

  test.each<[string, (world: Awaited<ReturnType<typeof play>>) => void]>([
    ['its pool is there', ({ arm }) => arm.put(poolFor('wsa'))],
    ['its claim is there', ({ kube }) => kube.put('machines', aMachineNamed('owner', 'uid-wsa'))],
    ['its kind is not served', ({ claims }) => claims.markUnserved()],
    ['the API server does not serve its kind', ({ kube }) => kube.unserved.add('machines')],
  ])('%s: it stays', async (_, arrange) => {
    const world = await play();
    arrange(world);
    world.kube.put('nodes', aNode(owned));
    await world.clock.advance(10 * minute);
    expect(world.kube.writes).toEqual([]);
  });

  test('it is Ready: its machine runs, so it stays', async () => {
    const { clock, kube } = await play();
    kube.put('nodes', aNode({ ...owned, ready: 'True' }));
    await clock.advance(10 * minute);
    expect(kube.writes).toEqual([]);
  });

  test('no claim owns it: it is not ours', async () => {
    const { clock, kube } = await play();
    kube.put('nodes', aNode({ pool: 'wsa', finalizers: [finalizer], ready: 'Unknown' }));
    await clock.advance(10 * minute);
    expect(kube.writes).toEqual([]);
  });
});
