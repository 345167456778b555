// Machines that cannot become a pool: a clear message, no request, and an edit that makes it good.
import { expect } from 'vitest';
import { kaitoMachine, type MachineWish } from '../support/machines.ts';
import type { Scenario } from '../support/scenario.ts';
import { conditionOf } from '../support/world-things.ts';
import type { World } from '../support/world.ts';

const name = 'ws6fa1b2c3d';

interface BadInput {
  readonly what: string;
  readonly wish: Omit<MachineWish, 'name'>;
  readonly says: RegExp;
}

const inputs: readonly BadInput[] = [
  { what: 'no instance type', wish: { vmSize: '' }, says: /instance-type/u },
  {
    what: 'a label prefix that AKS keeps for itself',
    wish: { labels: { 'kubernetes.azure.com/mine': 'x' } },
    says: /kubernetes\.azure\.com/u,
  },
  {
    what: 'a taint that AKS does not take',
    wish: {
      taints: [
        { key: 'sku', value: 'gpu', effect: 'NoSchedule' },
        { key: 'sku', value: 'cpu', effect: 'NoSchedule' },
      ],
    },
    says: /taint/iu,
  },
  {
    what: 'a startup taint that no Node can have beside the others',
    wish: { startupTaints: [{ key: 'sku', value: 'other', effect: 'NoSchedule' }] },
    says: /taint/iu,
  },
  { what: 'a disk above 2048 GB', wish: { requests: { storage: '3Ti' } }, says: /2048/u },
];

async function refuses({ says, wish }: BadInput, world: World): Promise<void> {
  await world.startController();
  await world.create('Machine', kaitoMachine({ name, ...wish }));
  const machine = await world.untilCondition(name, 'MachineLaunched', 'False', 'InvalidSpec');
  expect(conditionOf(machine, 'Ready')).toMatchObject({ status: 'False', reason: 'InvalidSpec' });
  expect(conditionOf(machine, 'Ready')?.message?.slice(0, 200)).toMatch(says);
  await world.untilEvent(name, 'InvalidSpec');
  await world.pass(30);
  expect(world.calls('PUT')).toEqual([]);
  expect(world.machine(name)?.metadata.finalizers ?? []).toEqual([]);
  const { spec } = Object(kaitoMachine({ name }));
  const unwanted = Object.keys(wish.labels ?? {}).map((key) => [key, null]);
  await world.edit('Machine', name, { spec, metadata: { labels: Object.fromEntries(unwanted) } });
  await world.untilReady(name);
  expect(world.calls('PUT')).toHaveLength(1);
}

export const badInput: readonly Scenario[] = [
  ...inputs.map((input): Scenario => ({
    name: `${input.what}: InvalidSpec and no PUT; an edit makes it a node`,
    play: (world) => refuses(input, world),
  })),
  {
    name: 'a name that no pool can have becomes a pool under a name of its own',
    async play(world) {
      await world.startController();
      const long = 'workspace-with.a-long-name-0';
      await world.create('Machine', kaitoMachine({ name: long }));
      await world.untilReady(long);
      const [put] = world.calls('PUT');
      expect(put?.pool).toMatch(/^g[a-z2-7]{11}$/u);
      await world.remove('Machine', long);
      await world.untilGone('Machine', long);
      expect(world.calls('DELETE').map(({ pool }) => pool)).toEqual([put?.pool]);
    },
  },
  {
    name: 'an edit after the launch is told and changes nothing',
    async play(world) {
      await world.startController();
      await world.create('Machine', kaitoMachine({ name }));
      await world.untilReady(name);
      await world.edit('Machine', name, { spec: { resources: { requests: { storage: '100Gi' } } } });
      await world.untilEvent(name, 'SpecChangedAfterLaunch');
      await world.pass(30);
      expect(world.calls('PUT')).toHaveLength(1);
      expect(conditionOf(world.machine(name), 'Ready')?.status).toBe('True');
      await world.remove('Machine', name);
      await world.untilGone('Machine', name);
    },
  },
  {
    name: 'a size that nobody knows is tried all the same, with a warning',
    async play(world) {
      await world.startController();
      await world.create('Machine', kaitoMachine({ name, vmSize: 'Standard_NC999_from_tomorrow' }));
      await world.untilEvent(name, 'UnknownSize');
      await world.untilCalls('PUT', name, 1);
    },
  },
];
