// What gpu-provisioner's own unit tests ask of creating, finding and deleting an instance, in both eras.
import { describe, expect, test } from 'vitest';
import type { ArmFailure } from '../../src/azure/arm-errors.ts';
import { conditionOf } from '../../src/apis/conditions.ts';
import { begin, joined, kinds, type Era } from '../support/eras.ts';

const minuteMs = 60_000;
const forbidden: ArmFailure = { status: 403, code: 'AuthorizationFailed', armMessage: 'does not have authorization' };
const internal: ArmFailure = { status: 500, code: 'InternalServerError', armMessage: 'An internal error occurred' };
const quota = { code: 'QuotaExceeded', message: 'Operation results in exceeding quota limits of Core' };
/** The providerID that gpu-provisioner's tests use. */
const providerId =
  'azure:///subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/nodeRG/providers/Microsoft.Compute/virtualMachineScaleSets/aks-agentpool0-20562481-vmss/virtualMachines/0';

function terminating(era: Era): unknown {
  return conditionOf(era.now().status.conditions, 'InstanceTerminating');
}

describe.each(kinds)('the instance of a %s: found', (kind) => {
  test('GPM03 GPM06 GPN03 GPN06 GPN40 the Node of the pool is the instance of the claim', async () => {
    const era = await joined(kind, { name: 'agentpool0' }, { name: 'aks-agentpool0-20562481-vmss000000', providerId });
    expect(era.now().status).toMatchObject({ nodeName: 'aks-agentpool0-20562481-vmss000000', providerID: providerId });
  });

  test('GPM04 GPN04 GPN41 a pool that Azure does not tell of is waited for, with the cause, and not asked for', async () => {
    const era = await begin(kind, {
      before: async ({ arm, clock }) => {
        arm.fault = () => internal;
        await clock.advance(10 * minuteMs);
      },
    });
    await era.clock.advance(5 * minuteMs);
    expect(era.condition('Launched')).toMatchObject({
      status: 'Unknown',
      message: expect.stringContaining('InternalServerError'),
    });
    expect(era.callsOf('create')).toEqual([]);
  });

  test('GPN42 an instance that does not exist is asked for, once Azure has said so by name', async () => {
    const era = await begin(kind, {
      before: async ({ arm, clock }) => {
        arm.fault = (call) => (call === 'list' ? internal : undefined);
        await clock.advance(10 * minuteMs);
      },
    });
    expect(era.callsOf('create')).toEqual([]);
    await era.clock.advance(2 * minuteMs);
    expect(era.callsOf('create')).toEqual([`create ${era.name}`]);
  });

  test('GPM05 GPN05 an instance whose id AKS never makes is no proof of whose a pool is', async () => {
    const odd = 'azure:///subscriptions/s/resourceGroups/rg/virtualMachineScaleSets/vmss/virtualMachines/0';
    const era = await begin(kind, {
      status: { conditions: [], providerID: odd },
      finalizers: ['karpenter.sh/termination'],
      before: ({ arm }) =>
        arm.put({
          name: 'ws1a2b3c4d5',
          id: 'pool',
          phase: 'settled',
          state: 'Succeeded',
          power: 'running',
          mode: 'User',
          vmSize: 'Standard_NC24ads_A100_v4',
          count: 1,
          autoscaled: false,
          nodeLabels: {},
          nodeTaints: [],
          tags: {},
        }),
    });
    expect(era.condition('Launched')).toMatchObject({ status: 'False', reason: 'NameConflict' });
  });

  test('GPM07 GPN07 a pool without a Node is joining, and says that the Node is not there', async () => {
    const era = await begin(kind);
    era.settle();
    await era.clock.advance(20_000);
    expect(era.condition('Registered')?.reason).toBe('NodeNotFound');
    expect(era.now().status).not.toHaveProperty('nodeName');
  });

  test('GPM08 GPN08 while Nodes cannot be listed nothing is done that depends on them', async () => {
    const era = await begin(kind);
    era.kube.unserved.add('nodes');
    era.arm.change(era.name, { phase: 'failed', state: 'Failed', error: quota });
    await era.clock.advance(10 * minuteMs);
    expect(era.callsOf('delete')).toEqual([]);
    era.kube.unserved.clear();
    await era.clock.advance(10 * minuteMs);
    expect(era.callsOf('delete')).toEqual([`delete ${era.name}`]);
  });
});

describe.each(kinds)('the instance of a %s: created', (kind) => {
  test('GPM18 GPN19 GPN36 a pool, a Node, Ready', async () => {
    const era = await joined(kind);
    expect(era.condition('Ready')?.status).toBe('True');
  });

  test('GPM19 GPN20 the Node may come minutes after the pool', async () => {
    const era = await begin(kind);
    era.settle();
    await era.clock.advance(4 * minuteMs);
    era.nodeJoins({ createdAt: 240 });
    await era.clock.advance(20_000);
    expect(era.condition('Ready')?.status).toBe('True');
  });

  test('GPM20 GPM21 GPN21 GPN22 a Node that does not come is waited for, without a second PUT', async () => {
    const era = await begin(kind);
    era.settle();
    await era.clock.advance(15 * minuteMs);
    expect(era.condition('Registered')?.reason).toBe('NodeNotFound');
    expect(era.callsOf('create')).toHaveLength(1);
  });

  test('GPM22 GPN23 a creation that fails after it was accepted is told, and the failed pool goes', async () => {
    const era = await begin(kind);
    era.arm.change(era.name, { phase: 'failed', state: 'Failed', error: quota });
    await era.clock.advance(20_000);
    expect(era.condition('Launched')).toMatchObject({
      status: 'False',
      message: expect.stringContaining('QuotaExceeded'),
    });
    await era.clock.advance(5 * minuteMs);
    expect(era.callsOf('delete')).toEqual([`delete ${era.name}`]);
  });

  test('GPM23 GPN24 GPN37 a creation that Azure refuses is told, and tried again', async () => {
    let allowed = false;
    const era = await begin(kind, {
      before: ({ arm }) => {
        arm.fault = (call) => (call.startsWith('create') && !allowed ? forbidden : undefined);
      },
    });
    expect(era.condition('Launched')).toMatchObject({
      status: 'False',
      message: expect.stringContaining('AuthorizationFailed'),
    });
    allowed = true;
    await era.clock.advance(60 * minuteMs);
    expect(era.arm.pools.has(era.name)).toBe(true);
  });

  test('GPM24 GPN25 a claim without an instance type is refused, and Azure is not asked', async () => {
    const era = await begin(kind, { spec: { requirements: [] } });
    expect(era.condition('Launched')).toMatchObject({ status: 'False', reason: 'InvalidSpec' });
    expect(era.now().finalizers).toEqual([]);
    expect(era.callsOf('create')).toEqual([]);
  });

  test('GPM25 GPN26 a claim whose name AKS refuses gets a pool of a name that it takes', async () => {
    const era = await begin(kind, { name: 'my-machine.of-a-long-name' });
    const [pool] = era.arm.pools.keys();
    expect(pool).toMatch(/^[a-z][a-z0-9]{0,11}$/);
  });
});

describe.each(kinds)('the instance of a %s: deleted', (kind) => {
  test('GPM09 GPM10 GPN09 GPN10 GPN43 K17-CT06 the pool is deleted, and the claim goes when Azure does not find it any more', async () => {
    const era = await joined(kind);
    era.deleteClaim();
    await era.clock.advance(5000);
    expect(era.callsOf('delete')).toEqual([`delete ${era.name}`]);
    expect(era.exists()).toBe(true);
    era.arm.pools.clear();
    await era.clock.advance(40_000);
    expect(era.exists()).toBe(false);
  });

  test('GPM11 GPN11 a deletion that fails after it was accepted is told and tried again', async () => {
    const era = await joined(kind);
    era.deleteClaim();
    await era.clock.advance(5000);
    era.arm.change(era.name, { phase: 'failed', state: 'Failed', error: { code: 'InUse', message: 'busy' } });
    await era.clock.advance(30_000);
    expect(terminating(era)).toMatchObject({ status: 'False' });
    expect(era.exists()).toBe(true);
    await era.clock.advance(5 * minuteMs);
    expect(era.callsOf('delete').length).toBeGreaterThan(1);
  });

  test('GPM12 GPN12 a pool that the DELETE does not find is deleted', async () => {
    const era = await joined(kind);
    era.arm.fault = (call) => {
      if (call.startsWith('delete')) era.arm.pools.clear();
      return undefined;
    };
    era.deleteClaim();
    await era.clock.advance(40_000);
    expect(era.exists()).toBe(false);
  });

  test('GPM13 GPN13 GPN44 K17-CT05 a DELETE that Azure refuses keeps the claim, with the cause, and is tried again', async () => {
    const era = await joined(kind);
    era.arm.fault = (call) => (call.startsWith('delete') ? forbidden : undefined);
    era.deleteClaim();
    await era.clock.advance(30 * minuteMs);
    expect(era.exists()).toBe(true);
    expect(terminating(era)).toMatchObject({ message: expect.stringContaining('AuthorizationFailed') });
    expect(era.callsOf('delete').length).toBeGreaterThan(1);
  });

  test('GPM14 the deletion needs no providerID that can be read', async () => {
    const era = await joined(kind, {}, { providerId: 'azure:///what' });
    era.deleteClaim();
    await era.clock.advance(5000);
    expect(era.callsOf('delete')).toEqual([`delete ${era.name}`]);
  });

  test('GPN14 a pool that is being deleted already is waited for, without a second DELETE', async () => {
    const era = await joined(kind);
    era.arm.change(era.name, { phase: 'deleting', state: 'Deleting' });
    await era.clock.advance(20_000);
    era.deleteClaim();
    await era.clock.advance(20_000);
    era.arm.pools.clear();
    await era.clock.advance(2 * minuteMs);
    expect([era.exists(), era.callsOf('delete')]).toEqual([false, []]);
  });

  test('GPN15 a pool that is gone already is not deleted', async () => {
    const era = await joined(kind);
    era.arm.pools.clear();
    era.deleteClaim();
    await era.clock.advance(2 * minuteMs);
    expect([era.exists(), era.callsOf('delete')]).toEqual([false, []]);
  });
});
