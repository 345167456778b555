// What Karpenter's own tests ask of the end of a claim with its Node, in both eras, and of what is counted of it.
import { describe, expect, test } from 'vitest';
import { conditionOf } from '../../src/apis/conditions.ts';
import { createTerminationMetrics } from '../../src/claims/termination-metrics.ts';
import { TooManyRequests } from '../../src/kube/errors.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { aNode } from '../support/claim-builders.ts';
import { aPod } from '../support/pod-builders.ts';
import { joined, kinds, type Era } from '../support/eras.ts';

const nodeName = aNode().metadata.name;

/** Deleted, its pool gone, and the look after that. */
async function end(era: Era): Promise<void> {
  era.deleteClaim();
  await era.clock.advance(5000);
  era.arm.pools.clear();
  await era.clock.advance(40_000);
}

describe.each(kinds)('the end of a %s', (kind) => {
  test('K29-MT01 K29-NT01 K17-CT01 K17-NT01 takes its pool, its Node and itself along', async () => {
    const era = await joined(kind);
    await end(era);
    expect(era.callsOf('delete')).toEqual([`delete ${era.name}`]);
    expect([era.exists(), era.kube.has('nodes', nodeName)]).toEqual([false, false]);
  });

  test('K17-CT04 comes also when its quantities are written as the API server would not write them', async () => {
    const era = await joined(kind, { spec: { requests: { storage: '51200Mi', cpu: '1000m', memory: '0.5Gi' } } });
    await end(era);
    expect(era.exists()).toBe(false);
  });

  test('K17-NT04 leaves Nodes of others alone', async () => {
    const era = await joined(kind);
    era.join(aNode({ name: 'other', uid: 'other', pool: 'other', finalizers: ['karpenter.sh/termination'] }));
    await end(era);
    expect(era.kube.writes.filter(({ name }) => name === 'other')).toEqual([]);
  });

  test('K29-CO01 that a budget blocks is told on the claim and in an event', async () => {
    const era = await joined(kind);
    era.kube.put('pods', aPod({ name: 'web', node: nodeName }));
    era.kube.beforeWrite = ({ verb }) => {
      if (verb === 'evict')
        throw new TooManyRequests('The disruption budget web needs 1 healthy pods', { status: 429 });
    };
    era.deleteClaim();
    await era.clock.advance(60_000);
    const blocked = { reason: 'DrainBlocked', message: expect.stringMatching(/ns\/web.*budget/u) };
    expect(conditionOf(era.now().status.conditions, 'Drained')).toMatchObject(blocked);
    expect(era.events).toContainEqual(expect.objectContaining(blocked));
  });

  test('K17-NT19 keeps a Ready Node whose instance Azure does not list any more, and drains it as any other', async () => {
    const era = await joined(kind);
    era.kube.put('pods', aPod({ name: 'web', node: nodeName }));
    era.arm.machinesOf.set(era.name, []);
    const evictions: string[] = [];
    era.kube.beforeWrite = ({ verb, name }) => {
      if (verb !== 'evict') return;
      evictions.push(name);
      throw new TooManyRequests('The disruption budget web needs 1 healthy pods', { status: 429 });
    };
    era.deleteClaim();
    await era.clock.advance(10 * 60_000);
    expect(era.node().metadata.deletionTimestamp).toBeUndefined();
    expect(era.callsOf('delete')).toEqual([]);
    expect(new Set(evictions)).toEqual(new Set(['web']));
  });

  test('K29-NT14 K29-NT15 K17-NT28 K17-NT29 K17-NT30 is counted, with its duration and the age of its Node', async () => {
    const metrics = createMetrics();
    const era = await joined(kind, { counts: { termination: createTerminationMetrics(metrics) } });
    await end(era);
    const text = await metrics.text();
    expect(text).toMatch(/^karpenter_nodes_terminated_total 1$/mu);
    expect(text).toMatch(/^karpenter_nodes_termination_duration_seconds_count 1$/mu);
    expect(text).toMatch(/^karpenter_nodes_lifetime_duration_seconds_count 1$/mu);
  });
});
