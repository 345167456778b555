// What Karpenter's own tests ask of the repair of Nodes, in both eras, where --node-repair=act asks for it.
import { describe, expect, test } from 'vitest';
import { createDisruptionMetrics } from '../../src/claims/disruption-metrics.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { joined, kinds, type Era } from '../support/eras.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const repair = { policies: { nodeRepair: 'act' } } as const;
/** What its kubelet says of the Node. */
type Report = readonly { readonly type: string; readonly status: string }[];

function report(era: Era, conditions: Report): void {
  const lastTransitionTime = era.clock.now().toISOString();
  era.change(({ status, ...rest }) => ({
    ...rest,
    status: { ...status, conditions: conditions.map((condition) => ({ ...condition, lastTransitionTime })) },
  }));
}

describe.each(kinds)('repair of the Node of a %s', (kind) => {
  test.each(['False', 'Unknown'])('K17-HE01 Ready %s for long: its instance goes with its pool', async (status) => {
    const era = await joined(kind, repair);
    report(era, [{ type: 'Ready', status }]);
    await era.clock.advance(2 * hourMs);
    expect(era.callsOf('delete')).toEqual([`delete ${era.name}`]);
    expect(era.exists()).toBe(true);
  });

  test('K17-HE15 a repair counts as a disruption of its claim, for being unhealthy', async () => {
    const metrics = createMetrics();
    const era = await joined(kind, { ...repair, counts: { disrupted: createDisruptionMetrics(metrics) } });
    report(era, [{ type: 'Ready', status: 'False' }]);
    await era.clock.advance(2 * hourMs);
    const text = await metrics.text();
    const prefix = `karpenter_${kind.toLowerCase()}s`;
    expect(text).toContain(`${prefix}_disrupted_total{reason="unhealthy"} 1`);
    expect(text).toContain(`${prefix}_unhealthy_disrupted_total{condition="Ready"} 1`);
  });

  test('K17-HE02 another condition than Ready repairs nothing', async () => {
    const era = await joined(kind, repair);
    report(era, [
      { type: 'Ready', status: 'True' },
      { type: 'BadNode', status: 'False' },
    ]);
    await era.clock.advance(2 * hourMs);
    expect(era.callsOf('delete')).toEqual([]);
  });

  test('K17-HE03 another status than False and Unknown repairs nothing', async () => {
    const era = await joined(kind, repair);
    report(era, [{ type: 'Ready', status: 'True' }]);
    await era.clock.advance(2 * hourMs);
    expect(era.callsOf('delete')).toEqual([]);
  });

  test('K17-HE04 nor does a Node that has not been down for long enough', async () => {
    const era = await joined(kind, repair);
    report(era, [{ type: 'Ready', status: 'False' }]);
    await era.clock.advance(70 * minuteMs);
    expect(era.callsOf('delete')).toEqual([]);
    report(era, [{ type: 'Ready', status: 'True' }]);
    await era.clock.advance(minuteMs);
    report(era, [{ type: 'Ready', status: 'False' }]);
    await era.clock.advance(70 * minuteMs);
    expect(era.callsOf('delete')).toEqual([]);
  });

  test('K17-HE05 K17-HE06 K17-HE07 it is forced: it drains nothing and waits for no termination grace period', async () => {
    const past = { 'karpenter.sh/nodeclaim-termination-timestamp': '2020-01-01T00:00:00Z' };
    const graceful = { annotations: past, spec: { terminationGracePeriodMs: 24 * hourMs } };
    const era = await joined(kind, { ...repair, ...graceful });
    report(era, [{ type: 'Ready', status: 'False' }]);
    await era.clock.advance(2 * hourMs);
    expect(era.callsOf('delete')).toEqual([`delete ${era.name}`]);
    expect(era.kube.writes.filter(({ verb }) => verb === 'evict')).toEqual([]);
    expect(era.now().annotations).toMatchObject(past);
  });

  test('K17-HE08 K17-HE09 it comes by itself when the time is over, though nothing else happens', async () => {
    const era = await joined(kind, repair);
    report(era, [{ type: 'Ready', status: 'False' }]);
    await era.clock.advance(74 * minuteMs);
    expect(era.callsOf('delete')).toEqual([]);
    await era.clock.advance(3 * minuteMs);
    expect(era.callsOf('delete')).toEqual([`delete ${era.name}`]);
  });

  test('K17-HE10 K17-HE11 neither budgets of a NodePool nor do-not-disrupt hold it back', async () => {
    const still = { 'karpenter.sh/do-not-disrupt': 'true' };
    const era = await joined(kind, { ...repair, annotations: still, labels: { 'karpenter.sh/nodepool': 'kaito' } });
    expect(era.node().metadata.annotations).toMatchObject(still);
    report(era, [{ type: 'Ready', status: 'False' }]);
    await era.clock.advance(2 * hourMs);
    expect(era.callsOf('delete')).toEqual([`delete ${era.name}`]);
  });
});
