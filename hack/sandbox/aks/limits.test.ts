// Quotas and capacity: what the subscription may have, and what the region has left.
import { describe, expect, it } from 'vitest';
import { anArm, gpuPool, gpuSize, type ArmFixture } from './arm-fixture.ts';

const family = 'StandardNCADSA100v4Family';

async function outcome(arm: ArmFixture, name: string): Promise<unknown> {
  arm.clock.advance(180);
  const { properties } = await arm.get(name);
  return [properties['provisioningState'], properties['status']];
}

describe('quotas', () => {
  it('refuse the request that exceeds a family', async () => {
    await using arm = await anArm({ quotas: { families: { [family]: 40 } } });
    expect((await arm.put('a')).status).toBe(201);
    const reply = await arm.put('b');
    expect([reply.status, reply.body['code']]).toEqual([400, 'ErrCode_InsufficientVCPUQuota']);
    expect(reply.body['message']).toMatch(
      /^Insufficient vcpu quota requested 24, remaining 16 for family StandardNCADSA100v4Family for region eastus\./,
    );
  });

  it('count what is created but not what failed or is gone', async () => {
    const fail = { afterSeconds: 1, code: 'NodesNotReady', message: 'no' };
    await using arm = await anArm({ quotas: { families: { [family]: 24 } }, plans: [{ pool: 'a', fail }] });
    await arm.put('a');
    expect((await arm.put('b')).status).toBe(400);
    arm.clock.advance(180);
    expect((await arm.put('b')).status).toBe(201);
    await arm.delete('b');
    arm.clock.advance(60);
    expect((await arm.put('c')).status).toBe(201);
  });

  it('hold for the whole region, and for spot apart', async () => {
    await using arm = await anArm({ quotas: { regionalCores: 28 + 8, spotCores: 0 } });
    expect((await arm.put('a')).status).toBe(201);
    expect((await arm.put('b')).body['message']).toMatch(
      /^Insufficient regional vcpu quota left for location eastus\. left regional vcpu quota 8, requested quota 24/,
    );
    expect((await arm.put('c', { ...gpuPool, scaleSetPriority: 'Spot' })).body['message']).toContain(
      'family LowPriorityCores',
    );
  });

  it('can be told by the operation instead', async () => {
    await using arm = await anArm({ quotas: { families: { [family.toUpperCase()]: 23 } }, quotaReport: 'operation' });
    expect((await arm.put('a')).status).toBe(201);
    expect(await outcome(arm, 'a')).toEqual([
      'Failed',
      {
        provisioningError: {
          code: 'OperationNotAllowed',
          message: expect.stringContaining(
            `exceeding approved ${family} Cores quota. Additional details - Deployment Model: Resource Manager, Location: eastus, Current Limit: 23, Current Usage: 0, Additional Required: 24, (Minimum) New Limit Required: 24`,
          ),
        },
      },
    ]);
  });

  it('may be raised while the emulator runs', async () => {
    await using arm = await anArm({ quotas: { families: { [family]: 0 } } });
    expect((await arm.put('a')).status).toBe(400);
    arm.aks.setScript({ quotas: { families: { [family]: 24 } } });
    expect((await arm.put('a')).status).toBe(201);
  });
});

describe('capacity', () => {
  it('fails the operation when the region has no machine left, and shows a Failed pool without machines', async () => {
    await using arm = await anArm({ capacity: { standard_nc24ads_a100_v4: 1 } });
    await arm.put('a');
    await arm.put('b');
    expect(await outcome(arm, 'b')).toEqual([
      'Failed',
      { provisioningError: { code: 'AllocationFailed', message: expect.stringMatching(/sufficient capacity/) } },
    ]);
    expect((await arm.get('a')).properties['provisioningState']).toBe('Succeeded');
    expect((await arm.send('GET', '/agentPools/b/machines')).body).toEqual({ value: [] });
  });

  it('can be missing in one zone alone', async () => {
    await using arm = await anArm({ capacity: { [gpuSize]: { '1': 0, '2': 1 } } });
    await arm.put('a', { ...gpuPool, availabilityZones: ['1'] });
    await arm.put('b', { ...gpuPool, availabilityZones: ['2'] });
    arm.clock.advance(180);
    expect((await arm.get('a')).properties).toMatchObject({
      status: { provisioningError: { code: 'ZonalAllocationFailed' } },
    });
    expect((await arm.get('b')).properties['provisioningState']).toBe('Succeeded');
  });

  it('comes back when a pool is deleted', async () => {
    await using arm = await anArm({ capacity: { [gpuSize]: 1 } });
    await arm.put('a');
    arm.clock.advance(180);
    await arm.delete('a');
    arm.clock.advance(30);
    await arm.put('b');
    expect(await outcome(arm, 'b')).toEqual(['Succeeded', undefined]);
  });
});
