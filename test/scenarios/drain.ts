// A Node is drained before its pool is deleted: who goes, who stays, and what may stand in the way.
import { expect } from 'vitest';
import { kaitoMachine } from '../support/machines.ts';
import { kaitoNodeClaim } from '../support/nodeclaims.ts';
import { aBudget, anAttachment, aPod, aVolumeClaim, type PodWish } from '../support/pods.ts';
import type { Scenario } from '../support/scenario.ts';
import { untilSaid } from '../support/world-said.ts';
import { conditionOf } from '../support/world-things.ts';
import type { World } from '../support/world.ts';

const name = 'ws6fa1b2c3d';
const terminationTimestamp = 'karpenter.sh/nodeclaim-termination-timestamp';
const taint = { key: 'sku', operator: 'Exists' };

interface Wish extends Omit<PodWish, 'node' | 'ownerReferences'> {
  /** A mirror of what the kubelet runs by itself. */
  readonly ofNode?: boolean;
}

/** A Ready Machine with these pods running on its Node. */
async function withPods(world: World, pods: readonly Wish[]): Promise<string> {
  await world.startController();
  await world.create('Machine', kaitoMachine({ name }));
  return addPods(world, pods);
}

/** Answers the name of the Node on which they run, once they do. */
async function addPods(world: World, pods: readonly Wish[]): Promise<string> {
  const { status } = await world.untilReady(name);
  const node = status?.nodeName ?? '';
  const { uid = '' } = (await world.get('Node', node))?.metadata ?? {};
  for (const { ofNode = false, ...pod } of pods) {
    const ownerReferences = ofNode ? [{ apiVersion: 'v1', kind: 'Node', name: node, uid }] : [];
    await world.create('Pod', aPod({ tolerations: [taint], ownerReferences, ...pod, node }));
  }
  for (const pod of pods)
    await world.until(`pod "${pod.name}" runs`, () => {
      const found = world.history.get('Pod', pod.name);
      return conditionOf(found, 'Ready')?.status === 'True';
    });
  return node;
}

async function evicted(world: World, pod: string): Promise<boolean> {
  const found = await world.get('Pod', pod);
  return found === undefined || found.metadata.deletionTimestamp !== undefined;
}

/** What was carried out, by path: an API server that is busy refuses one, and it is asked for again. */
function evictions(world: World): readonly string[] {
  return world.controller.api.requests
    .filter(({ path, status }) => path.includes('/eviction') && status === 201)
    .map(({ path }) => path);
}

export const drain: readonly Scenario[] = [
  {
    name: 'K29-NT06 K29-NT10 K29-NT11 K17-NT11 K17-NT16 K17-NT17 pods are evicted before Azure is asked to delete; daemons and mirror pods are not waited for',
    async play(world) {
      const node = await withPods(world, [
        { name: 'model', finalizers: ['example.com/takes-its-time'] },
        { name: 'daemon', tolerations: [{ operator: 'Exists' }] },
        { name: 'mirror', ofNode: true },
      ]);
      await world.remove('Machine', name);
      await world.until('the pod is on its way out', () => evicted(world, 'model'));
      await world.pass(10);
      expect(world.calls('DELETE', name)).toEqual([]);
      await world.edit('Pod', 'model', { metadata: { finalizers: null } });
      await world.untilGone('Machine', name);
      expect(evictions(world)).toEqual(['/api/v1/namespaces/default/pods/model/eviction']);
      const cordoned = world.history.versions('Node', node).find(({ thing }) => thing.spec?.unschedulable === true);
      expect(cordoned?.thing.spec?.taints).toContainEqual({ key: 'karpenter.sh/disrupted', effect: 'NoSchedule' });
    },
  },
  {
    name: 'K29-NT08 K29-CO01 K17-NT13 K17-EV05 a budget that forbids it is named with the pod, on the Machine and in an event; when it allows, all goes on',
    async play(world) {
      await world.create('PodDisruptionBudget', aBudget('keep-one', 'model', 1));
      await withPods(world, [{ name: 'model', labels: { app: 'model' } }]);
      await world.remove('Machine', name);
      const machine = await world.untilCondition(name, 'Drained', 'Unknown', 'DrainBlocked');
      expect(conditionOf(machine, 'Drained')?.message).toContain('default/model');
      expect(conditionOf(machine, 'Drained')?.message).toContain('keep-one');
      const event = await world.untilEvent(name, 'DrainBlocked');
      expect(event.note).toContain('keep-one');
      await world.pass(30);
      expect(await evicted(world, 'model')).toBe(false);
      expect(world.calls('DELETE', name)).toEqual([]);
      await world.remove('PodDisruptionBudget', 'keep-one');
      await world.untilGone('Machine', name);
      expect(world.calls('DELETE', name)).toHaveLength(1);
    },
  },
  {
    name: 'the deadline ends a drain that never would: the pool goes, and the Machine says what was left',
    // Slower than usual: what blocks it is told before its end also on a busy machine.
    world: { rate: 10, env: { DRAIN_TIMEOUT: '60s' }, script: { timing: { deleteSeconds: 30 } } },
    async play(world) {
      await world.create('PodDisruptionBudget', aBudget('keep-one', 'model', 1));
      await withPods(world, [{ name: 'model', labels: { app: 'model' } }]);
      await world.remove('Machine', name);
      await untilSaid(world, name, { type: 'Drained', status: 'Unknown', reason: 'DrainBlocked' });
      const machine = await untilSaid(world, name, { type: 'Drained', status: 'False', reason: 'DrainDeadline' });
      expect(conditionOf(machine, 'Drained')?.message).toContain('default/model');
      await world.untilGone('Machine', name);
      expect(world.calls('DELETE', name)).toMatchObject([
        { path: expect.stringContaining('ignore-pod-disruption-budget=true') },
      ]);
    },
  },
  {
    name: 'a pod that must not be disrupted is waited for, never evicted',
    async play(world) {
      await withPods(world, [{ name: 'training', annotations: { 'karpenter.sh/do-not-disrupt': 'true' } }]);
      await world.remove('Machine', name);
      const machine = await world.untilCondition(name, 'Drained', 'Unknown', 'DrainBlocked');
      expect(conditionOf(machine, 'Drained')?.message).toContain('default/training');
      await world.pass(20);
      expect(await evicted(world, 'training')).toBe(false);
      await world.remove('Pod', 'training');
      await world.untilGone('Machine', name);
    },
  },
  {
    name: 'a Node that has been NotReady for long is not drained: its pods cannot end',
    async play(world) {
      const node = await withPods(world, [{ name: 'model' }]);
      await world.nodes.setReady(node, false);
      await world.untilCondition(name, 'Ready', 'False', 'NodeNotReady');
      world.clock.jump(6 * 60_000);
      await world.remove('Machine', name);
      await world.untilGone('Machine', name);
      expect(world.controller.api.requests.filter(({ path }) => path.includes('/eviction'))).toEqual([]);
    },
  },
  {
    name: 'K17-NT14 critical pods leave last: each group goes when the one before is gone',
    async play(world) {
      await withPods(world, [
        { name: 'agent', priorityClassName: 'system-node-critical' },
        { name: 'model', labels: { app: 'model' } },
      ]);
      await world.remove('Machine', name);
      await world.untilGone('Machine', name);
      expect(evictions(world)).toEqual([
        '/api/v1/namespaces/default/pods/model/eviction',
        '/api/v1/namespaces/default/pods/agent/eviction',
      ]);
    },
  },
  {
    name: 'K17-EV06 a pod under two budgets is named, since no eviction passes them',
    async play(world) {
      for (const budget of ['one', 'two']) await world.create('PodDisruptionBudget', aBudget(budget, 'model', 0));
      await withPods(world, [{ name: 'model', labels: { app: 'model' } }]);
      await world.remove('Machine', name);
      const machine = await world.untilCondition(name, 'Drained', 'Unknown', 'DrainBlocked');
      expect(conditionOf(machine, 'Drained')?.message).toContain('more than one PodDisruptionBudget');
      await world.remove('PodDisruptionBudget', 'two');
      // Of a pod with several budgets the cluster's controller may have counted for the other one alone; it looks at what changes.
      await world.edit('PodDisruptionBudget', 'one', { metadata: { annotations: { 'example.org/looked': 'at' } } });
      await world.untilGone('Machine', name);
    },
  },
  {
    name: 'K17-NT22 K17-CT12 the grace of a NodeClaim ends its pods in time, past their budget, and its Node says when',
    async play(world) {
      await world.create('PodDisruptionBudget', aBudget('keep-one', 'model', 1));
      await world.startController();
      await world.create('NodeClaim', kaitoNodeClaim({ name, terminationGracePeriod: '15m' }));
      const node = await addPods(world, [{ name: 'model', labels: { app: 'model' }, graceSeconds: 300 }]);
      await world.remove('NodeClaim', name);
      await world.untilCondition(name, 'Drained', 'Unknown', 'DrainBlocked');
      const ends = (await world.get('Node', node))?.metadata.annotations?.[terminationTimestamp];
      const deleted = Date.parse(world.claim(name)?.metadata.deletionTimestamp ?? '');
      expect(Date.parse(ends ?? '')).toBe(deleted + 15 * 60_000);
      await world.untilEvent(name, 'TerminationGracePeriodExpiring');
      // So far the budget has kept the pod; from now on its own grace would not fit before the end, which is far away still.
      expect(await evicted(world, 'model')).toBe(false);
      world.clock.jump(10 * 60_000);
      await world.untilGone('NodeClaim', name);
      const removals = world.controller.api.requests.filter(
        ({ method, path }) => method === 'DELETE' && path.endsWith('/pods/model'),
      );
      expect(removals.length).toBeGreaterThan(0);
      expect(world.calls('DELETE', name)).toMatchObject([
        { path: expect.stringContaining('ignore-pod-disruption-budget=true') },
      ]);
    },
  },
  {
    name: 'K17-NT25 K17-NT26 a pool goes when the volumes of its pods are detached; those of daemons are not waited for',
    async play(world) {
      await world.create('PersistentVolumeClaim', aVolumeClaim('cache', 'pv-cache'));
      const node = await withPods(world, [
        { name: 'model' },
        {
          name: 'daemon',
          tolerations: [{ operator: 'Exists' }],
          volumes: [{ name: 'cache', persistentVolumeClaim: { claimName: 'cache' } }],
        },
      ]);
      await world.create('VolumeAttachment', anAttachment('csi-cache', 'pv-cache', node));
      await world.create('VolumeAttachment', anAttachment('csi-data', 'pv-data', node));
      await world.remove('Machine', name);
      const machine = await world.untilCondition(name, 'Drained', 'Unknown', 'AwaitingVolumeDetachment');
      expect(conditionOf(machine, 'Drained')?.message).toContain('detached: csi-data');
      expect(conditionOf(machine, 'Drained')?.message).not.toContain('csi-cache');
      await world.pass(20);
      expect(world.calls('DELETE', name)).toEqual([]);
      await world.remove('VolumeAttachment', 'csi-data');
      await world.untilGone('Machine', name);
      expect(world.calls('DELETE', name)).toHaveLength(1);
    },
  },
];
