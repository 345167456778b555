// The machines as their nodes will show them, and when they join.
import { describe, expect, it } from 'vitest';
import { anArm, gpuPool, type ArmFixture } from './arm-fixture.ts';
import type { InstanceEvent } from './fleet.ts';

function eventsOf(arm: ArmFixture): InstanceEvent[] {
  const events: InstanceEvent[] = [];
  arm.aks.onInstance((event) => {
    if (event.pool !== 'nodepool1') events.push(event);
  });
  return events;
}

describe('a machine that joins', () => {
  it('has the name, providerID, labels and taints of AKS', async () => {
    await using arm = await anArm();
    const events = eventsOf(arm);
    await arm.put('ws1', {
      ...gpuPool,
      nodeLabels: { 'kaito.sh/workspace': 'w' },
      nodeTaints: ['sku=gpu:NoSchedule'],
      availabilityZones: ['2'],
    });
    arm.clock.advance(150);

    const [event] = events;
    const digits = /^aks-ws1-(\d{8})-vmss000000$/.exec(event?.instance.nodeName ?? '')?.[1];
    expect(event).toMatchObject({
      type: 'joined',
      pool: 'ws1',
      instance: {
        providerID: `azure:///subscriptions/sub/resourceGroups/mc_rg_mc_eastus/providers/Microsoft.Compute/virtualMachineScaleSets/aks-ws1-${digits}-vmss/virtualMachines/0`,
        vmSize: gpuPool['vmSize'],
        zone: '2',
        taints: ['sku=gpu:NoSchedule'],
        labels: {
          'kaito.sh/workspace': 'w',
          agentpool: 'ws1',
          'kubernetes.azure.com/agentpool': 'ws1',
          'kubernetes.azure.com/cluster': 'MC_rg_mc_eastus',
          'kubernetes.azure.com/mode': 'user',
          'kubernetes.azure.com/accelerator': 'nvidia',
          'node.kubernetes.io/instance-type': gpuPool['vmSize'],
          'topology.kubernetes.io/region': 'eastus',
          'topology.kubernetes.io/zone': 'eastus-2',
          'kubernetes.io/arch': 'amd64',
        },
      },
    });
  });

  it('carries the mark and the taint of spot', async () => {
    await using arm = await anArm();
    const events = eventsOf(arm);
    await arm.put('ws1', { ...gpuPool, scaleSetPriority: 'Spot' });
    arm.clock.advance(150);
    expect(events[0]?.instance.taints).toEqual(['kubernetes.azure.com/scalesetpriority=spot:NoSchedule']);
    expect(events[0]?.instance.labels['kubernetes.azure.com/scalesetpriority']).toBe('spot');
    expect(events[0]?.instance.labels['topology.kubernetes.io/zone']).toBe('0');
  });

  it.each([
    ['before', 60, 'Creating'],
    ['after', 200, 'Succeeded'],
  ] as const)('may do so %s the pool is Succeeded', async (_, joinSeconds, state) => {
    await using arm = await anArm({ timing: { createSeconds: 120, joinSeconds } });
    const events = eventsOf(arm);
    await arm.put('ws1');
    arm.clock.advance(joinSeconds - 1);
    expect(events).toHaveLength(0);
    arm.clock.advance(1);
    expect(events).toHaveLength(1);
    expect((await arm.get('ws1')).properties['provisioningState']).toBe(state);
  });

  it.each([60, 10])('may do so after its pool has failed at %i s', async (afterSeconds) => {
    const fail = { afterSeconds, code: 'OSProvisioningTimedOut', message: 'late', machine: 'kept' } as const;
    await using arm = await anArm({ plans: [{ fail, joinSeconds: 90 }] });
    const events = eventsOf(arm);
    await arm.put('ws1');
    arm.clock.advance(89);
    expect((await arm.get('ws1')).properties['provisioningState']).toBe('Failed');
    expect(events).toHaveLength(0);
    arm.clock.advance(1);
    expect(events).toHaveLength(1);
  });

  it('may never do so, while the machines list shows it', async () => {
    await using arm = await anArm({ plans: [{ node: 'never' }] });
    const events = eventsOf(arm);
    await arm.put('ws1');
    arm.clock.advance(3600);
    expect(events).toHaveLength(0);
    expect((await arm.send('GET', '/agentPools/ws1/machines')).body['value']).toHaveLength(1);
    await arm.delete('ws1');
    arm.clock.advance(30);
    expect(events).toHaveLength(0);
  });

  it('does not do so when its pool is deleted first', async () => {
    await using arm = await anArm();
    const events = eventsOf(arm);
    await arm.put('ws1');
    arm.clock.advance(100);
    await arm.delete('ws1');
    arm.clock.advance(600);
    expect(events.map(({ type }) => type)).not.toContain('removed');
    expect(arm.aks.pools()).toHaveLength(1);
  });
});

describe('onInstance', () => {
  it('tells a late listener of what has joined, and one that left of nothing', async () => {
    await using arm = await anArm();
    const told: string[] = [];
    const stop = arm.aks.onInstance(({ pool }) => told.push(pool));
    expect(told).toEqual(['nodepool1']);
    stop();
    await arm.put('ws1');
    arm.clock.advance(180);
    expect(told).toEqual(['nodepool1']);
  });

  it('tells of labels and taints that changed', async () => {
    await using arm = await anArm();
    await arm.put('ws1');
    arm.clock.advance(180);
    const events = eventsOf(arm);
    arm.aks.relabel('ws1', { team: 'x' });
    expect(events.at(-1)).toMatchObject({ type: 'changed', instance: { labels: { team: 'x' } } });
  });
});
