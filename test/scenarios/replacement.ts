// What becomes of a Machine whose instance is gone for certain, and of one that people want to be left alone or to adopt.
import { expect } from 'vitest';
import { kaitoMachine, type MachineWish } from '../support/machines.ts';
import type { Scenario } from '../support/scenario.ts';
import { conditionOf, isTrue, type Thing } from '../support/world-things.ts';
import type { World } from '../support/world.ts';

const name = 'ws6fa1b2c3d';

async function create(world: World, wish: Omit<MachineWish, 'name'> = {}): Promise<void> {
  await world.create('Machine', kaitoMachine({ name, ...wish }));
}

async function ready(world: World): Promise<Thing> {
  await world.startController();
  await create(world);
  const machine = await world.untilReady(name);
  await world.until('Azure is done', () => world.poolState(name) === 'Succeeded');
  return machine;
}

/** The one Node of its pool. Taken before it is lost: the next one may have its name. */
async function firstNode(world: World): Promise<Thing> {
  const [node] = await world.nodesNow(name);
  if (node === undefined) throw new RangeError(`Machine "${name}" is Ready without a Node`);
  return node;
}

/** Ready with another Node than this one. */
async function readyAnew(world: World, { metadata: { uid } }: Thing): Promise<Thing> {
  return world.until(`Machine "${name}" is Ready with another Node`, () => {
    const machine = world.machine(name);
    const bound = world.history.get('Node', machine?.status?.nodeName ?? '');
    const isNew = bound !== undefined && bound.metadata.uid !== uid;
    return isNew && isTrue(machine, 'Ready') && isTrue(bound, 'Ready') && machine;
  });
}

const writes = (world: World): readonly string[] =>
  [...world.calls('PUT'), ...world.calls('DELETE')].map(({ method, pool }) => `${method} ${pool ?? ''}`);

/** Not where it is made again: that may be before anybody looks. */
async function untilPoolIsGone(world: World): Promise<void> {
  world.azure.deletePoolAsUser(name);
  await world.until('the pool is gone', () => world.poolState(name) === undefined);
}

export const replacement: readonly Scenario[] = [
  {
    name: 'a pool that somebody deletes is made again for the same Machine, once two looks agree',
    world: { env: { INSTANCE_GONE: '10s' } },
    async play(world) {
      const machine = await ready(world);
      const first = await firstNode(world);
      world.azure.deletePoolAsUser(name);
      await world.untilEvent(name, 'Replacing');
      const again = await readyAnew(world, first);
      expect(again.metadata.uid).toBe(machine.metadata.uid);
      expect(writes(world)).toEqual([`PUT ${name}`, `PUT ${name}`]);
    },
  },
  {
    name: 'with --on-instance-gone=hold a pool that somebody deletes is told of, and no other is bought',
    world: { env: { INSTANCE_GONE: '10s', ON_INSTANCE_GONE: 'hold' } },
    async play(world) {
      await ready(world);
      await untilPoolIsGone(world);
      const lost = await world.untilCondition(name, 'MachineLaunched', 'False', 'InstanceGone');
      expect(conditionOf(lost, 'Ready')?.status).toBe('False');
      await world.pass(60);
      expect(writes(world)).toEqual([`PUT ${name}`]);
      expect(world.machine(name)?.metadata.deletionTimestamp).toBeUndefined();
    },
  },
  {
    name: 'with --on-instance-gone=delete-claim the Machine of a pool that somebody deletes goes',
    world: { env: { INSTANCE_GONE: '10s', ON_INSTANCE_GONE: 'delete-claim' } },
    async play(world) {
      await ready(world);
      await untilPoolIsGone(world);
      await world.untilGone('Machine', name);
      expect(writes(world)).toEqual([`PUT ${name}`]);
    },
  },
  {
    name: 'an instance that Azure loses is made again for the same Machine: one DELETE, one PUT',
    world: { env: { INSTANCE_GONE: '10s' } },
    async play(world) {
      const machine = await ready(world);
      const first = await firstNode(world);
      world.azure.loseMachine(name, first.metadata.name);
      const again = await readyAnew(world, first);
      expect(again.metadata.uid).toBe(machine.metadata.uid);
      expect(world.calls('DELETE')).toHaveLength(1);
      expect(world.calls('PUT')).toHaveLength(2);
    },
  },
  {
    name: 'a paused Machine asks Azure for nothing and says so, until its annotation goes',
    async play(world) {
      await world.startController();
      await create(world, { annotations: { 'gpu-provisioner.io/pause': 'true' } });
      const held = await world.untilCondition(name, 'MachineLaunched', 'Unknown', 'Paused');
      expect(conditionOf(held, 'Ready')?.message).toContain('would create agent pool');
      await world.pass(30);
      expect(writes(world)).toEqual([]);
      await world.edit('Machine', name, { metadata: { annotations: { 'gpu-provisioner.io/pause': null } } });
      await world.untilReady(name);
    },
  },
  {
    name: 'with --report-only nothing is asked of Azure, and the log says what would be',
    world: { env: { REPORT_ONLY: 'true' } },
    async play(world) {
      await world.startController();
      await create(world);
      await world.untilCondition(name, 'MachineLaunched', 'Unknown', 'ReportOnly');
      await world.pass(30);
      expect(writes(world)).toEqual([]);
      await world.remove('Machine', name);
      await world.untilGone('Machine', name);
    },
  },
  {
    name: 'the pool of an earlier Machine of this name is adopted by order of a person, without a write to Azure',
    async play(world) {
      const earlier = await ready(world);
      await world.controller.stop();
      // Somebody forces the Machine out of the way.
      await world.edit('Machine', name, { metadata: { finalizers: null } });
      await world.remove('Machine', name);
      await world.untilGone('Machine', name);
      await world.startController();
      await create(world, { annotations: { 'gpu-provisioner.io/adopt': 'true' } });
      await world.untilEvent(name, 'Adopted');
      // The Node went with the Machine that owned it; whoever starts its instance anew has it back.
      const node = earlier.status?.nodeName ?? '';
      await world.untilGone('Node', node);
      world.azure.repair(node, 'reboot');
      await world.untilReady(name);
      expect(writes(world)).toEqual([`PUT ${name}`]);
      await world.remove('Machine', name);
      await world.untilGone('Machine', name);
      expect(world.poolState(name)).toBeUndefined();
    },
  },
];
