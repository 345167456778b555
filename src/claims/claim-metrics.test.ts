import { describe, expect, it, onTestFinished } from 'vitest';
import { aMachine, aPool } from '../../test/support/claim-builders.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { MemoryArm } from '../../test/support/memory-arm.ts';
import { Inventory } from '../azure/inventory.ts';
import { createMetrics } from '../observability/metrics.ts';
import { createClaimMetrics } from './claim-metrics.ts';
import type { Gate } from './gate.ts';
import { defaultPolicies } from './policies.ts';
import { Restraint } from './restraint.ts';

describe('createClaimMetrics', () => {
  it('shows the gate with its reason, what is due unasked, and pools that failed', async () => {
    const clock = new FakeClock();
    const arm = new MemoryArm();
    const inventory = new Inventory({ arm, clock });
    const restraint = new Restraint({ clock, ours: () => 1, allowMass: () => false, limits: defaultPolicies });
    const metrics = createMetrics();
    let leads = false;
    let gate: Gate = { state: 'closed', by: 'clusterBusy', forMs: 0, reason: 'ClusterBusy', message: 'x' };
    createClaimMetrics(metrics, {
      inventory,
      gate: () => gate,
      gateNotOpenMs: () => 90_000,
      leads: () => leads,
      restraint,
    });
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    arm.put(aPool(aMachine(), 'creating'));
    expect(await metrics.text()).not.toMatch(/^gpu_provisioner_inventory_age_seconds /m);
    void inventory.run(stop.signal);
    await clock.advance(0);
    const { name } = aPool(aMachine());
    arm.change(name, { phase: 'failed', state: 'Failed' });
    await clock.advance(600_000);
    expect(await metrics.text()).toContain('gpu_provisioner_pool_failures_total{reason="AzureError"} 0');
    leads = true;
    arm.change(name, { phase: 'creating', state: 'Creating' });
    await clock.advance(600_000);
    arm.change(name, { phase: 'failed', state: 'Failed' });
    await clock.advance(600_000);
    for (const key of ['a', 'b', 'c']) restraint.wish(key);
    const closed = await metrics.text();
    expect(closed).toMatch(/^gpu_provisioner_inventory_age_seconds \d/m);
    expect(closed).toContain('gpu_provisioner_gate_not_open_seconds 90');
    expect(closed).toContain('gpu_provisioner_gate_open{reason="ClusterBusy"} 0');
    expect(closed).toContain('gpu_provisioner_disruptions_wished 3');
    expect(closed).toContain('gpu_provisioner_mass_disruption 1');
    expect(closed).toContain('gpu_provisioner_pool_failures_total{reason="AzureError"} 1');
    expect(closed).toContain('gpu_provisioner_pool_failures_total{reason="QuotaExceeded"} 0');
    gate = { state: 'open' };
    restraint.drop('a');
    const open = await metrics.text();
    expect(open).toContain('gpu_provisioner_gate_open{reason=""} 1');
    expect(open).not.toContain('ClusterBusy"} 0');
    expect(open).toContain('gpu_provisioner_mass_disruption 0');
  });
});
