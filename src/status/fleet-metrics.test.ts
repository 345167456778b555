import { describe, expect, test } from 'vitest';
import { aMachine, aNode, noon, timeAt } from '../../test/support/claim-builders.ts';
import type { MachineOptions } from '../../test/support/claim-builders.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import type { Claim, Condition } from '../apis/claim.ts';
import { createNodeStore } from '../claims/node-controller.ts';
import { conditionsOf } from '../claims/faces.ts';
import type { Face } from '../claims/faces.ts';
import { createMetrics } from '../observability/metrics.ts';
import { createFleetMetrics } from './fleet-metrics.ts';

/** A claim that shows this face since so many seconds. */
function claim(name: string, face: Face, since: number, more: MachineOptions = {}): Claim {
  const conditions: readonly Condition[] = conditionsOf(face, 'Machine', []).map((one) => ({
    ...one,
    lastTransitionTime: timeAt(since),
  }));
  return aMachine({ name, uid: name, ...more, status: { conditions, ...more.status } });
}

function setUp(machines: Claim[], nodeClaims: readonly Claim[] = []) {
  const metrics = createMetrics();
  const nodes = createNodeStore(new FakeClock());
  createFleetMetrics(metrics, {
    claims: { Machine: () => machines, NodeClaim: () => nodeClaims },
    nodes,
    now: () => new Date(noon),
  });
  const series = async (name: string): Promise<readonly string[]> =>
    (await metrics.text())
      .split('\n')
      .filter((line) => line.startsWith(`gpu_provisioner_${name}{`))
      .map((line) => line.slice('gpu_provisioner_'.length));
  return { nodes, series };
}

const creating: Face = { face: 'waiting', reason: 'Creating', message: 'x' };
const quota: Face = { face: 'refused', reason: 'QuotaExceeded', message: 'x' };

describe('createFleetMetrics', () => {
  test('an empty fleet shows zeros, one for each kind and phase', async () => {
    const { series } = setUp([]);
    const claims = await series('claims');
    expect(claims).toHaveLength(10);
    expect(claims).toContain('claims{kind="NodeClaim",phase="ready",reason=""} 0');
    expect(await series('gpus')).toHaveLength(4);
    expect(await series('claim_not_ready_seconds')).toEqual([]);
  });

  test('claims are counted by phase and reason, and what is gone disappears', async () => {
    const machines = [claim('a', creating, -60), claim('b', quota, -90), claim('c', quota, -30)];
    const { series } = setUp(machines);
    const before = await series('claims');
    expect(before).toContain('claims{kind="Machine",phase="launching",reason="QuotaExceeded"} 2');
    expect(before).toContain('claims{kind="Machine",phase="launching",reason="Creating"} 1');
    expect(before).not.toContain('claims{kind="Machine",phase="launching",reason=""} 0');
    machines.splice(0, 3, claim('a', { face: 'ready' }, -5));
    const after = await series('claims');
    expect(after).toContain('claims{kind="Machine",phase="ready",reason="Ready"} 1');
    expect(after.filter((line) => line.includes('QuotaExceeded'))).toEqual([]);
    expect(after).toContain('claims{kind="Machine",phase="launching",reason=""} 0');
  });

  test('the age is that of the one which waits longest, by its reason, and does not begin anew with an answer of Azure', async () => {
    const refusedNow = claim('b', quota, -900);
    const conditions = refusedNow.status.conditions.map((one) =>
      one.type === 'Ready' ? { ...one, lastTransitionTime: timeAt(-2) } : one,
    );
    const { series } = setUp([
      claim('a', quota, -60),
      { ...refusedNow, status: { conditions } },
      claim('c', creating, -30),
      claim('d', { face: 'ready' }, -5000),
    ]);
    expect(await series('claim_not_ready_seconds')).toEqual([
      'claim_not_ready_seconds{kind="Machine",reason="QuotaExceeded"} 900',
      'claim_not_ready_seconds{kind="Machine",reason="Creating"} 30',
    ]);
  });

  test('a claim that nothing was said of yet is as old as it is', async () => {
    const { series } = setUp([aMachine({ createdAt: -20, status: { conditions: [] } })]);
    expect(await series('claim_not_ready_seconds')).toEqual(['claim_not_ready_seconds{kind="Machine",reason=""} 20']);
  });

  test('a deletion is told of apart, and asks for no GPUs', async () => {
    const deleting = claim('a', { face: 'ready' }, -900, { deletingSince: -300 });
    const { series } = setUp([deleting]);
    expect(await series('claim_deleting_seconds')).toEqual(['claim_deleting_seconds{kind="Machine",reason=""} 300']);
    expect(await series('claim_not_ready_seconds')).toEqual([]);
    expect(await series('gpus')).toContain('gpus{kind="Machine",state="asked"} 0');
  });

  test('reasons of other software are of one name', async () => {
    const { series } = setUp([claim('a', { face: 'refused', reason: 'SomebodyElses-42', message: '' }, -5)]);
    expect(await series('claims')).toContain('claims{kind="Machine",phase="launching",reason="Other"} 1');
  });

  test('GPUs are asked for by size, and ready where a Node offers them', async () => {
    const vmSize = 'Standard_NC96ads_A100_v4';
    const up = claim('a', { face: 'ready' }, -5, { vmSize });
    const { nodes, series } = setUp([
      { ...up, status: { ...up.status, nodeName: 'node-a' } },
      claim('b', creating, -5, { vmSize }),
      claim('c', creating, -5, { vmSize: 'Standard_NX1_v9', spec: { requests: { 'nvidia.com/gpu': '2' } } }),
    ]);
    nodes.replace([aNode({ name: 'node-a', allocatable: { 'nvidia.com/gpu': '3' } })], '1');
    expect(await series('gpus')).toEqual([
      'gpus{kind="Machine",state="asked"} 10',
      'gpus{kind="Machine",state="ready"} 3',
      'gpus{kind="NodeClaim",state="asked"} 0',
      'gpus{kind="NodeClaim",state="ready"} 0',
    ]);
  });
});
