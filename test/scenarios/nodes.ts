// What happens to Nodes while a Machine lives: the platform takes them away and brings them back, and nothing is bought anew.
import { expect } from 'vitest';
import { kaitoMachine, type MachineWish } from '../support/machines.ts';
import type { Scenario } from '../support/scenario.ts';
import { untilNodeIsReplaced, untilNoNodeIsLeft } from '../support/world-nodes.ts';
import { conditionOf, isTrue, type Thing } from '../support/world-things.ts';
import type { World } from '../support/world.ts';

const name = 'ws6fa1b2c3d';

async function create(world: World, wish: Omit<MachineWish, 'name'> = {}): Promise<void> {
  await world.startController();
  await world.create('Machine', kaitoMachine({ name, ...wish }));
}

async function ready(world: World): Promise<Thing> {
  await create(world);
  const machine = await world.untilReady(name);
  await world.until('Azure is done', () => world.poolState(name) === 'Succeeded');
  await world.until('the GPU shows', () => world.machine(name)?.status?.capacity?.['nvidia.com/gpu'] === '1');
  return machine;
}

/** One PUT made the pool, and nobody asked Azure for anything since. */
function expectUntouched(world: World, machine: Thing): void {
  expect(world.calls('PUT')).toHaveLength(1);
  expect(world.calls('DELETE')).toEqual([]);
  expect(world.machine(name)?.metadata).toMatchObject({ uid: machine.metadata.uid });
  expect(world.machine(name)?.metadata.deletionTimestamp).toBeUndefined();
}

async function readyAgain(world: World, since: Thing): Promise<Thing> {
  return world.until(`Machine "${name}" is Ready again`, () => {
    const machine = world.machine(name);
    const bound = world.history.get('Node', machine?.status?.nodeName ?? '');
    const isNew = machine?.metadata.resourceVersion !== since.metadata.resourceVersion;
    // A Node of the same name that the controller has not seen yet has no owner.
    const isOwn = bound?.metadata.ownerReferences?.some(({ uid }) => uid === machine?.metadata.uid) === true;
    return isNew && isTrue(machine, 'Ready') && isTrue(bound, 'Ready') && isOwn && machine;
  });
}

async function untilNotReady(world: World): Promise<Thing> {
  return world.until(`Machine "${name}" is not Ready`, () => {
    const machine = world.machine(name);
    return machine !== undefined && !isTrue(machine, 'Ready') && machine;
  });
}

export const nodes: readonly Scenario[] = [
  {
    name: 'a Node that is deleted under us is let go within seconds; Machine and pool stay',
    async play(world) {
      const machine = await ready(world);
      const node = machine.status?.nodeName ?? '';
      await world.remove('Node', node);
      await world.untilGone('Node', node);
      await world.untilEvent(node, 'NodeFinalizerReleased');
      const lost = await untilNotReady(world);
      expect(conditionOf(lost, 'MachineInitialized')?.status).toBe('False');
      await world.pass(60);
      expectUntouched(world, machine);
      // The next Node of the pool takes its place.
      world.azure.upgradePool(name);
      await readyAgain(world, lost);
      expectUntouched(world, machine);
    },
  },
  {
    name: 'a Node that is NotReady takes Ready and Initialized with it, and brings both back',
    async play(world) {
      const machine = await ready(world);
      const node = machine.status?.nodeName ?? '';
      await world.nodes.setReady(node, false);
      const down = await world.untilCondition(name, 'Ready', 'False', 'NodeNotReady');
      expect(conditionOf(down, 'MachineInitialized')?.status).toBe('False');
      expect(conditionOf(down, 'MachineRegistered')?.status).toBe('True');
      await world.nodes.setReady(node, true);
      await readyAgain(world, down);
      expectUntouched(world, machine);
    },
  },
  {
    name: 'an upgrade of the pool ends with the same Machine Ready on a Node that is there, without a request of ours',
    async play(world) {
      const machine = await ready(world);
      const old = await world.nodesNow(name);
      world.azure.upgradePool(name);
      await world.until('the upgrade has begun', () => world.poolState(name) === 'Upgrading');
      await world.until('the upgrade is done', () => world.poolState(name) === 'Succeeded');
      await untilNodeIsReplaced(world, name, old);
      await readyAgain(world, machine);
      const [node] = world.nodesOf(name);
      expect(world.machine(name)?.status?.nodeName).toBe(node?.metadata.name);
      expect(node?.metadata.ownerReferences).toMatchObject([{ uid: machine.metadata.uid }]);
      expectUntouched(world, machine);
    },
  },
  {
    name: 'a Node that joins long after Azure was done is waited for',
    world: { script: { timing: { createSeconds: 10, allocateSeconds: 4, joinSeconds: 600 } } },
    async play(world) {
      await create(world);
      const waiting = await world.untilCondition(name, 'MachineRegistered', 'False', 'NodeNotFound');
      expect(conditionOf(waiting, 'MachineLaunched')?.status).toBe('True');
      world.clock.jump(10 * 60_000);
      const machine = await world.untilReady(name);
      expectUntouched(world, machine);
    },
  },
  {
    name: 'a Node that never joins is told of; nothing is deleted',
    world: { env: { NODE_DEADLINE: '20s' }, script: { plans: [{ node: 'never' }] } },
    async play(world) {
      await create(world);
      const machine = await world.untilCondition(name, 'MachineRegistered', 'False', 'NodeNotFound');
      const event = await world.untilEvent(name, 'NodeNotJoining');
      expect(event.note).toContain(name);
      await world.pass(20);
      expectUntouched(world, machine);
    },
  },
  {
    name: 'a pool that failed and whose Node joins late is a working one',
    world: {
      env: { LATE_NODE: '1h' },
      script: {
        timing: { joinSeconds: 600 },
        plans: [
          {
            fail: {
              afterSeconds: 10,
              code: 'VMExtensionProvisioningTimeout',
              message: 'It took long',
              machine: 'kept',
            },
            allocateSeconds: 2,
          },
        ],
      },
    },
    async play(world) {
      await create(world);
      await world.untilCondition(name, 'MachineLaunched', 'False', 'NodeBootstrapFailed');
      world.clock.jump(10 * 60_000);
      const machine = await world.untilReady(name);
      await world.untilEvent(name, 'PoolDegraded');
      world.clock.jump(90 * 60_000);
      await world.pass(20);
      expectUntouched(world, machine);
      expect(isTrue(world.machine(name), 'Ready')).toBe(true);
    },
  },
  {
    name: 'startup taints keep a Machine from being initialized until somebody takes them off, and do not come back',
    async play(world) {
      await create(world, { startupTaints: [{ key: 'example.com/agent', effect: 'NoSchedule' }] });
      const waiting = await world.untilCondition(name, 'MachineInitialized', 'False', 'StartupTaintsExist');
      const node = waiting.status?.nodeName ?? '';
      // Others take theirs off at the same time; an edit must not put one back.
      const taints = await world.until('no taint of a Node that is starting is left', () => {
        const found = world.history.get('Node', node)?.spec?.taints ?? [];
        const keys = found.map(({ key }) => key);
        return keys.includes('example.com/agent') && new Set([...keys, 'sku']).size === 2 && found;
      });
      expect(taints).toContainEqual({ key: 'example.com/agent', effect: 'NoSchedule' });
      await world.edit('Node', node, { spec: { taints: taints.filter(({ key }) => key !== 'example.com/agent') } });
      await world.untilReady(name);
      await world.pass(30);
      const left = (await world.get('Node', node))?.spec?.taints ?? [];
      expect(left.map(({ key }) => key)).toEqual(['sku']);
    },
  },
  {
    name: 'labels and taints that others take off the Node come back; what they add stays',
    async play(world) {
      const machine = await ready(world);
      const node = machine.status?.nodeName ?? '';
      await world.edit('Node', node, {
        metadata: { labels: { 'kaito.sh/workspace': null, theirs: 'yes' } },
        spec: { taints: [{ key: 'theirs', effect: 'NoSchedule' }] },
      });
      await world.until('ours are back', () => {
        const { metadata, spec } = world.history.get('Node', node) ?? {};
        const keys = (spec?.taints ?? []).map(({ key }) => key);
        return (
          metadata?.labels?.['kaito.sh/workspace'] !== undefined &&
          metadata.labels['theirs'] === 'yes' &&
          keys.includes('sku') &&
          keys.includes('theirs')
        );
      });
    },
  },
  {
    name: 'a pool that somebody scales to 0 stays so; when it grows again the Machine follows',
    async play(world) {
      const machine = await ready(world);
      world.azure.scalePool(name, 0);
      world.clock.jump(5 * 60_000);
      const empty = await world.until('the Machine says so', () => {
        const found = world.machine(name);
        return conditionOf(found, 'Ready')?.reason === 'PoolScaledToZero' && found;
      });
      world.clock.jump(60 * 60_000);
      await untilNoNodeIsLeft(world, name);
      await world.pass(20);
      expectUntouched(world, machine);
      world.azure.scalePool(name, 1);
      await readyAgain(world, empty);
      expectUntouched(world, machine);
    },
  },
  {
    name: 'a pool that somebody stops stays so; when it starts again the Machine follows',
    async play(world) {
      const machine = await ready(world);
      world.azure.stopPool(name);
      world.clock.jump(5 * 60_000);
      const stopped = await world.until('the Machine says so', () => {
        const found = world.machine(name);
        return conditionOf(found, 'Ready')?.reason === 'PoolStopped' && found;
      });
      world.clock.jump(60 * 60_000);
      await untilNoNodeIsLeft(world, name);
      await world.pass(20);
      expectUntouched(world, machine);
      world.azure.startPool(name);
      await readyAgain(world, stopped);
      expectUntouched(world, machine);
    },
  },
  {
    name: 'a cluster that is stopped for the night is the same in the morning',
    async play(world) {
      const machine = await ready(world);
      world.azure.stopCluster();
      const asleep = await untilNotReady(world);
      world.clock.jump(8 * 60 * 60_000);
      await untilNoNodeIsLeft(world, name);
      await world.pass(20);
      expectUntouched(world, machine);
      world.azure.startCluster();
      await readyAgain(world, asleep);
      expectUntouched(world, machine);
    },
  },
  {
    name: 'a GPU that goes and comes shows in the capacity, and never as another Machine',
    world: { devicePlugin: false },
    async play(world) {
      await create(world, { requests: { storage: '50Gi', 'nvidia.com/gpu': '1' } });
      const waiting = await world.untilCondition(name, 'MachineInitialized', 'False', 'ResourceNotRegistered');
      world.clock.jump(21 * 60_000);
      await world.untilEvent(name, 'NodeNotInitializing');
      await world.pass(20);
      expectUntouched(world, waiting);
      const node = waiting.status?.nodeName ?? '';
      const gpu = { 'nvidia.com/gpu': '1' };
      await world.editStatus('Node', node, { status: { capacity: gpu, allocatable: gpu } });
      const machine = await world.untilReady(name);
      expect(machine.status?.allocatable?.['nvidia.com/gpu']).toBe('1');
    },
  },
];
