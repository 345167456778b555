// The main job: a Machine becomes a GPU node, says so all along, and goes away again.
import { expect } from 'vitest';
import { kaitoMachine } from '../support/machines.ts';
import type { Scenario } from '../support/scenario.ts';
import { isWrite } from '../support/world-proxy.ts';
import { conditionOf, isTrue } from '../support/world-things.ts';
import type { World } from '../support/world.ts';

const name = 'ws6fa1b2c3d';
/** Of the world: in which a PUT that waits for nothing would have gone out, and no request is given up yet. */
const aMomentSeconds = 5;
const conflict = 409;

async function start(world: World): Promise<void> {
  await world.startController();
  await world.create('Machine', kaitoMachine({ name }));
}

export const mainJob: readonly Scenario[] = [
  {
    name: "M3 M5 KAITO's Machine becomes Ready, with labels, addresses and capacity",
    async play(world) {
      await start(world);
      const machine = await world.untilReady(name);
      const [node] = await world.nodesNow(name);
      expect(machine.status).toMatchObject({ nodeName: node?.metadata.name, providerID: node?.spec?.providerID });
      // The columns TYPE, ZONE and CAPACITY of kubectl get machines are these labels.
      expect(machine.metadata.labels).toMatchObject({
        'node.kubernetes.io/instance-type': 'Standard_NC6s_v3',
        'topology.kubernetes.io/zone': node?.metadata.labels?.['topology.kubernetes.io/zone'],
        'karpenter.sh/capacity-type': 'on-demand',
        'kaito.sh/machine-type': 'gpu',
      });
      expect(machine.metadata.finalizers).toEqual(['karpenter.sh/termination']);
      for (const type of ['MachineLaunched', 'MachineRegistered', 'MachineInitialized'])
        expect(conditionOf(machine, type)?.status).toBe('True');
    },
  },
  {
    name: 'M4 the Node carries labels, taints, owner and finalizer of its Machine',
    async play(world) {
      await start(world);
      const machine = await world.untilReady(name);
      const [node] = await world.nodesNow(name);
      expect(node?.metadata).toMatchObject({
        labels: {
          'karpenter.sh/provisioner-name': 'default',
          'kaito.sh/machine-type': 'gpu',
          'kaito.sh/workspace': 'workspace-phi-3-mini',
          'kaito.sh/workspacenamespace': 'default',
          apps: 'phi-3',
          'karpenter.sh/registered': 'true',
        },
        finalizers: ['karpenter.sh/termination'],
        ownerReferences: [{ kind: 'Machine', name, uid: machine.metadata.uid }],
      });
      expect(node?.spec?.taints).toEqual([{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }]);
      const initialized = await world.until('the Node is marked as initialized', () =>
        world.nodesOf(name).find(({ metadata }) => metadata.labels?.['karpenter.sh/initialized'] === 'true'),
      );
      expect(initialized.metadata.name).toBe(node?.metadata.name);
    },
  },
  {
    name: 'capacity and allocatable follow the Node, also when its GPUs come late',
    async play(world) {
      await start(world);
      await world.untilReady(name);
      const machine = await world.until('the GPU shows on the Machine', () => {
        const found = world.machine(name);
        return found?.status?.allocatable?.['nvidia.com/gpu'] === '1' && found;
      });
      const [node] = await world.nodesNow(name);
      expect(machine.status?.capacity).toEqual(node?.status?.capacity);
      expect(machine.status?.allocatable).toEqual(node?.status?.allocatable);
    },
  },
  {
    name: 'M2 the first status comes before the PUT, which is one, conditional, and carries the tags of its Machine',
    async play(world) {
      const { api } = await world.startController();
      const hold = api.hold(({ method, path }) => method === 'PATCH' && path.endsWith(`/${name}/status`));
      await world.create('Machine', kaitoMachine({ name }));
      await hold.reached;
      await world.pass(aMomentSeconds);
      expect(world.calls('PUT')).toEqual([]);
      hold.release();
      const machine = await world.untilReady(name);
      const puts = world.calls('PUT');
      expect(puts).toMatchObject([{ pool: name, status: 201, ifNoneMatch: '*' }]);
      const [put] = puts;
      const first = world.history.versions('Machine', name).find(({ thing }) => thing.status?.conditions !== undefined);
      expect(first?.thing.metadata.annotations?.['gpu-provisioner.io/intent']).toBeUndefined();
      expect(conditionOf(first?.thing, 'MachineInitialized')?.status).toBe('False');
      expect(JSON.parse(put?.body ?? '{}').properties).toMatchObject({
        vmSize: 'Standard_NC6s_v3',
        count: 1,
        osDiskSizeGB: 50,
        nodeTaints: ['sku=gpu:NoSchedule'],
        tags: {
          'gpu-provisioner-kind': 'Machine',
          'gpu-provisioner-name': name,
          'gpu-provisioner-uid': machine.metadata.uid,
        },
      });
    },
  },
  {
    name: 'finalizer and intent are on the Machine before the PUT',
    async play(world) {
      const { api } = await world.startController();
      const hold = api.hold(({ method, path }) => method === 'PATCH' && path.endsWith(`/${name}`));
      await world.create('Machine', kaitoMachine({ name }));
      await hold.reached;
      await world.pass(aMomentSeconds);
      expect(world.calls('PUT', name)).toEqual([]);
      hold.release();
      await world.untilCalls('PUT', name, 1);
      const { metadata } = (await world.get('Machine', name)) ?? {};
      expect(metadata?.annotations).toHaveProperty(['gpu-provisioner.io/intent']);
      expect(metadata?.finalizers).toEqual(['karpenter.sh/termination']);
    },
  },
  {
    name: 'the milestones are told in their order, each once',
    async play(world) {
      await start(world);
      await world.untilReady(name);
      for (const reason of ['Ready', 'RetiredSize']) await world.untilEvent(name, reason);
      const reasons = world.history.sights
        .filter(({ kind, type, thing }) => kind === 'Event' && type === 'ADDED' && thing.regarding?.name === name)
        .map(({ thing }) => thing.reason);
      // KAITO's usual size is one that Azure has retired, which may be told before or after the PUT.
      const milestones = reasons.filter((reason) => reason !== 'RetiredSize');
      expect(milestones).toEqual(['PoolRequested', 'Launched', 'Registered', 'Initialized', 'Ready']);
      expect(reasons).toHaveLength(milestones.length + 1);
    },
  },
  {
    name: 'a Machine that asks for a GPU is initialized when the Node offers it, not before',
    // The device plugin is played by hand: on a busy machine its GPUs would show in the same look as the Node's Ready.
    world: { devicePlugin: false },
    async play(world) {
      await world.startController();
      const gpu = { 'nvidia.com/gpu': '1' };
      await world.create('Machine', kaitoMachine({ name, requests: { storage: '50Gi', ...gpu } }));
      const waiting = await world.untilCondition(name, 'MachineInitialized', 'False', 'ResourceNotRegistered');
      await world.editStatus('Node', waiting.status?.nodeName ?? '', { status: { capacity: gpu, allocatable: gpu } });
      await world.untilReady(name);
      const [first] = world.history.versions('Machine', name).filter(({ thing }) => isTrue(thing, 'Ready'));
      expect(first?.thing.status?.allocatable?.['nvidia.com/gpu']).toBe('1');
    },
  },
  {
    name: 'a whole life takes 16 writes to the API server at most, events, evictions and leases apart',
    keepsLease: true,
    async play(world) {
      await start(world);
      await world.untilReady(name);
      await world.until('the GPU shows', () => world.machine(name)?.status?.capacity?.['nvidia.com/gpu'] === '1');
      await world.remove('Machine', name);
      await world.untilGone('Machine', name);
      // Where others wrote to the Node in between, nothing was written.
      const writes = world.controller.api.requests
        .filter((request) => isWrite(request) && request.status !== conflict)
        .map((request) => Object.values(request).join(' '));
      expect(writes).toEqual(writes.slice(0, 16));
    },
  },
  {
    name: 'M10 a deletion takes one GET and one DELETE of the version that was seen, and leaves nothing',
    keepsLease: true,
    async play(world) {
      await start(world);
      await world.untilReady(name);
      const before = world.calls('GET', name).length;
      await world.remove('Machine', name);
      await world.untilGone('Machine', name);
      expect(world.calls('DELETE')).toMatchObject([
        { pool: name, status: 202, path: expect.stringContaining('ignore-pod-disruption-budget=true') },
      ]);
      expect(world.calls('GET', name)).toHaveLength(before + 1);
      expect(world.poolState(name)).toBeUndefined();
      expect(await world.nodesNow(name)).toEqual([]);
    },
  },
  {
    name: 'M9 a Machine at rest is left alone: nothing is written for ten minutes',
    async play(world) {
      await start(world);
      await world.untilReady(name);
      await world.until('the GPU shows', () => world.machine(name)?.status?.capacity?.['nvidia.com/gpu'] === '1');
      // The last writes of its way there; on a busy machine they take their time.
      await world.untilCondition(name, 'GPUReady', 'True');
      await world.until('the Node is marked', () =>
        world.nodesOf(name).some(({ metadata }) => metadata.labels?.['karpenter.sh/initialized'] === 'true'),
      );
      await world.pass(5);
      const { requests } = world.controller.api;
      const written = requests.filter(isWrite).length;
      world.clock.jump(600_000);
      await world.pass(20);
      expect(requests.filter(isWrite).slice(written)).toEqual([]);
      expect(world.calls('PUT')).toHaveLength(1);
    },
  },
  {
    name: 'twenty Machines at once become twenty nodes with one PUT each',
    async play(world) {
      await world.startController();
      const names = Array.from({ length: 20 }, (_, index) => `many${index}`);
      for (const each of names) await world.create('Machine', kaitoMachine({ name: each }));
      for (const each of names) await world.untilReady(each);
      expect(new Set(world.calls('PUT').map(({ pool }) => pool))).toEqual(new Set(names));
      expect(world.calls('PUT')).toHaveLength(20);
    },
  },
  {
    name: 'M1 E2M1 E2M2 Machines of a Workspace and of a RAGEngine, sent with a namespace and without a disk, get one GPU node each and take it along',
    async play(world) {
      await world.startController();
      const labels = { workspace1: {}, ragengine1: { 'kaito.sh/workspace': null, 'kaito.sh/ragengine': 'r' } };
      for (const [each, more] of Object.entries(labels)) {
        const machine = Object(kaitoMachine({ name: each, requests: {} }));
        machine.metadata.namespace = 'default';
        machine.metadata.labels = { ...machine.metadata.labels, ...more };
        await world.create('Machine', machine);
      }
      for (const each of Object.keys(labels)) {
        await world.untilReady(each);
        await world.until(`one Node of "${each}" is initialized`, () => {
          const [node, ...others] = world.nodesOf(each);
          return others.length === 0 && node?.metadata.labels?.['karpenter.sh/initialized'] === 'true';
        });
        await world.remove('Machine', each);
      }
      for (const each of Object.keys(labels)) {
        await world.untilGone('Machine', each);
        expect([await world.nodesNow(each), world.poolState(each)]).toEqual([[], undefined]);
      }
    },
  },
  {
    name: "M11 another provider's Machine is left alone",
    async play(world) {
      await world.startController();
      const foreign = Object(kaitoMachine({ name }));
      foreign.spec.machineTemplateRef = {
        name: 'x',
        kind: 'AWSNodeTemplate',
        apiVersion: 'karpenter.k8s.aws/v1alpha1',
      };
      await world.create('Machine', foreign);
      await world.create('Machine', kaitoMachine({ name: 'ours' }));
      await world.untilReady('ours');
      expect(world.history.versions('Machine', name)).toHaveLength(1);
      expect(world.calls('PUT', name)).toEqual([]);
    },
  },
];
