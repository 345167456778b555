import { describe, expect, test } from 'vitest';
import { begin, joined, kinds, type Era } from '../../test/support/eras.ts';
import { noon } from '../../test/support/claim-builders.ts';
import { ServerError } from '../kube/errors.ts';
import { createMetrics, type Metrics } from '../observability/metrics.ts';
import { createDisruptionMetrics } from './disruption-metrics.ts';
import { createLifeMetrics } from './life-metrics.ts';
import { createTerminationMetrics } from './termination-metrics.ts';

const size = 'Standard_NC24ads_A100_v4';
const minuteMs = 60_000;

function countsOf(metrics: Metrics) {
  return { life: createLifeMetrics(metrics), termination: createTerminationMetrics(metrics) };
}

/** What a family counts or sums up for these labels; undefined: there is no such series. */
async function valueOf(metrics: Metrics, name: string, labels: Readonly<Record<string, string>> = {}) {
  for (const line of (await metrics.text()).split('\n')) {
    const [, found, text = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    const has = Object.entries(labels).every(([key, wanted]) => text.includes(`${key}="${wanted}"`));
    if (found === name && has) return Number(value);
  }
  return undefined;
}

/** How often each phase was told of. */
async function told(metrics: Metrics): Promise<Record<string, number | undefined>> {
  const phases = ['launching', 'registering', 'initializing', 'deleting'];
  const counts = phases.map(async (phase) => {
    const count = await valueOf(metrics, 'gpu_provisioner_phase_duration_seconds_count', { phase });
    return [phase, count ?? 0] as const;
  });
  return {
    ...Object.fromEntries(await Promise.all(counts)),
    ready: (await valueOf(metrics, 'gpu_provisioner_time_to_ready_seconds_count')) ?? 0,
  };
}

const cameUp = { launching: 1, registering: 1, initializing: 1, deleting: 0, ready: 1 };

function setReady(era: Era, status: 'True' | 'False'): void {
  era.change((node) => ({
    ...node,
    status: {
      ...node.status,
      conditions: [{ type: 'Ready', status, lastTransitionTime: era.clock.now().toISOString() }],
    },
  }));
}

describe.each(kinds)('createLifeMetrics of a %s', (kind) => {
  const prefix = `karpenter_${kind.toLowerCase()}s`;

  test('a whole life is counted once, with how long each part took', async () => {
    const metrics = createMetrics();
    const era = await begin(kind, { counts: countsOf(metrics) });
    await era.clock.advance(3 * minuteMs);
    era.settle();
    await era.clock.advance(2 * minuteMs);
    era.nodeJoins({ createdAt: 302 });
    await era.clock.advance(20_000);
    expect(await told(metrics)).toEqual(cameUp);
    const labels = { kind, size };
    const launching = { ...labels, phase: 'launching' };
    expect(await valueOf(metrics, 'gpu_provisioner_phase_duration_seconds_sum', launching)).toBeGreaterThan(170);
    expect(await valueOf(metrics, 'gpu_provisioner_time_to_ready_seconds_sum', labels)).toBeGreaterThan(300);
    expect(await valueOf(metrics, `${prefix}_created_total`, { reason: 'provisioned' })).toBe(1);
    expect(await valueOf(metrics, 'karpenter_nodes_created_total')).toBe(1);
    expect(await valueOf(metrics, `${prefix}_terminated_total`)).toBe(0);

    era.deleteClaim();
    await era.clock.advance(5000);
    era.arm.pools.clear();
    await era.clock.advance(40_000);
    expect(era.exists()).toBe(false);
    expect(await told(metrics)).toEqual({ ...cameUp, deleting: 1 });
    expect(await valueOf(metrics, `${prefix}_terminated_total`)).toBe(1);
    expect(await valueOf(metrics, `${prefix}_termination_duration_seconds_count`)).toBe(1);
    expect(await valueOf(metrics, `${prefix}_instance_termination_duration_seconds_count`)).toBe(1);
    expect(await valueOf(metrics, 'karpenter_nodes_drained_total')).toBe(1);
  });

  test('the series of a size begin at 0 with its first claim, so that a rate over the first one is not lost', async () => {
    const metrics = createMetrics();
    await begin(kind, { counts: countsOf(metrics) });
    const labels = { kind, size };
    for (const phase of ['launching', 'registering', 'initializing', 'deleting'])
      expect(await valueOf(metrics, 'gpu_provisioner_phase_duration_seconds_count', { ...labels, phase })).toBe(0);
    expect(await valueOf(metrics, 'gpu_provisioner_time_to_ready_seconds_count', labels)).toBe(0);
  });

  test('a Node that is down for a moment passes no milestone again', async () => {
    const metrics = createMetrics();
    const era = await joined(kind, { counts: countsOf(metrics) });
    setReady(era, 'False');
    await era.clock.advance(2 * minuteMs);
    expect(era.condition('Ready')?.status).toBe('False');
    setReady(era, 'True');
    await era.clock.advance(2 * minuteMs);
    expect(era.condition('Ready')?.status).toBe('True');
    expect(await told(metrics)).toEqual(cameUp);
  });

  test('another process that takes over counts nothing again', async () => {
    const metrics = createMetrics();
    const era = await joined(kind, { counts: countsOf(metrics) });
    era.restart();
    era.run();
    await era.clock.advance(10 * minuteMs);
    expect(await told(metrics)).toEqual(cameUp);
    expect(await valueOf(metrics, `${prefix}_created_total`, { reason: 'provisioned' })).toBe(1);
    expect(await valueOf(metrics, 'karpenter_nodes_created_total')).toBe(1);
  });

  test('a Node is counted once, also when the claim could not note it at first', async () => {
    const metrics = createMetrics();
    const era = await begin(kind, { counts: countsOf(metrics) });
    let refusals = 2;
    let isWritten = false;
    era.kube.beforeWrite = ({ plural, subresource }) => {
      isWritten ||= plural === 'nodes';
      // What the claim writes once its Node has been written to is the record that names it.
      if (plural === 'nodes' || subresource === 'status' || !isWritten || refusals === 0) return;
      refusals -= 1;
      throw new ServerError('Cannot patch: try again', { status: 500 });
    };
    era.settle();
    era.nodeJoins();
    await era.clock.advance(60_000);
    expect(refusals).toBe(0);
    expect(era.condition('Ready')?.status).toBe('True');
    expect(await valueOf(metrics, 'karpenter_nodes_created_total')).toBe(1);
  });

  test('an instance that is replaced has phases of its own, and its claim is not created again', async () => {
    const metrics = createMetrics();
    const disrupted = createDisruptionMetrics(metrics);
    const policies = { nodeRepair: 'act' } as const;
    const era = await joined(kind, { policies, counts: { ...countsOf(metrics), disrupted } });
    setReady(era, 'False');
    await era.clock.advance(120 * minuteMs);
    expect(era.callsOf('delete')).toHaveLength(1);
    era.kube.remove('nodes', era.node().metadata.name);
    era.arm.pools.clear();
    await era.clock.advance(2 * minuteMs);
    expect(era.callsOf('create')).toHaveLength(2);
    era.settle();
    era.nodeJoins({ uid: 'node-2', createdAt: (era.clock.now().getTime() - noon) / 1000 });
    await era.clock.advance(20_000);
    expect(era.condition('Ready')?.status).toBe('True');
    expect(await told(metrics)).toEqual({ ...cameUp, registering: 2, initializing: 2 });
    expect(await valueOf(metrics, `${prefix}_created_total`, { reason: 'provisioned' })).toBe(1);
    expect(await valueOf(metrics, `${prefix}_disrupted_total`, { reason: 'unhealthy' })).toBe(1);
    expect(await valueOf(metrics, 'karpenter_nodes_created_total')).toBe(2);
  });

  test('a size that is not in the catalogue is told of as other', async () => {
    const metrics = createMetrics();
    await joined(kind, { counts: countsOf(metrics), vmSize: 'Standard_NX1_v9' });
    expect(await valueOf(metrics, 'gpu_provisioner_time_to_ready_seconds_count', { size: 'other' })).toBe(1);
  });
});

test('createLifeMetrics counts Machines under the names of their time, too', async () => {
  const metrics = createMetrics();
  await joined('Machine', { counts: countsOf(metrics) });
  const names = ['created', 'launched', 'registered', 'initialized'].map((name) => `karpenter_machines_${name}`);
  for (const name of names) expect(await valueOf(metrics, name)).toBe(1);
  expect(await valueOf(metrics, 'karpenter_nodes_created')).toBe(1);
});
