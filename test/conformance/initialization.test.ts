// What Karpenter's own tests ask of initialization, liveness and the finalizer, in both eras.
import { describe, expect, test } from 'vitest';
import type { Node } from '../../src/apis/wire.ts';
import { begin, joined, kinds } from '../support/eras.ts';

const gpus = { 'nvidia.com/gpu': '1' };
const asksForGpu = { spec: { requests: { storage: '50Gi', 'nvidia.com/gpu': '1' } } };
const startupTaint = { key: 'starting', effect: 'NoSchedule' };
const startsSlowly = { spec: { startupTaints: [startupTaint] } };
/** The taints that kubelet and the cloud take off by themselves. */
const ephemeral = [
  { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' },
  { key: 'node.cloudprovider.kubernetes.io/uninitialized', value: 'true', effect: 'NoSchedule' },
];
const initializedLabel = { 'karpenter.sh/initialized': 'true' };

function withTaints(taints: readonly { readonly key: string; readonly effect: string }[]): (node: Node) => Node {
  return ({ spec, ...rest }) => ({ ...rest, spec: { ...spec, taints } });
}

describe.each(kinds)('initialization of a %s', (kind) => {
  const pending = kind === 'Machine' ? 'False' : 'Unknown';

  test('K29-IN01 K17-IN01 when all conditions are met the claim is initialized, and Ready', async () => {
    const era = await joined(kind, asksForGpu, { allocatable: gpus, capacity: gpus });
    expect([era.condition('Initialized')?.status, era.condition('Ready')?.status]).toEqual(['True', 'True']);
  });

  test('K29-IN02 K17-IN04 then the Node is labelled as initialized', async () => {
    const era = await joined(kind);
    expect(era.node().metadata.labels).toMatchObject(initializedLabel);
  });

  test('K17-IN03 a claim that has not registered is not initialized', async () => {
    const era = await begin(kind);
    era.settle();
    await era.clock.advance(20_000);
    expect(era.condition('Registered')?.status).toBe(pending);
    expect(era.condition('Initialized')).toMatchObject({ status: pending, reason: 'NotRegistered' });
  });

  test('K29-IN03 K17-IN05 nor one whose Node is not Ready', async () => {
    const era = await joined(kind, {}, { ready: 'False' });
    expect(era.condition('Initialized')).toMatchObject({ status: pending, reason: 'NodeNotReady' });
    expect(era.node().metadata.labels).not.toMatchObject(initializedLabel);
  });

  test('K29-IN04 K17-IN06 nor one whose Node does not offer what was asked for', async () => {
    const era = await joined(kind, asksForGpu);
    expect(era.condition('Initialized')).toMatchObject({ status: pending, reason: 'ResourceNotRegistered' });
  });

  test('K29-IN05 K17-IN07 it is once the Node offers it', async () => {
    const era = await joined(kind, asksForGpu);
    era.change(({ status, ...rest }) => ({ ...rest, status: { ...status, allocatable: gpus, capacity: gpus } }));
    await era.clock.advance(5000);
    expect(era.condition('Initialized')?.status).toBe('True');
  });

  test('K29-IN06 K17-IN08 a startup taint on the Node keeps it from being initialized', async () => {
    const era = await joined(kind, startsSlowly);
    expect(era.condition('Initialized')).toMatchObject({ status: pending, reason: 'StartupTaintsExist' });
  });

  test('K29-IN07 K17-IN09 it is once the startup taint is taken off', async () => {
    const era = await joined(kind, startsSlowly);
    era.change(withTaints([]));
    await era.clock.advance(5000);
    expect(era.condition('Initialized')?.status).toBe('True');
  });

  test.each(ephemeral)('K29-IN08 K17-IN10 $key on the Node keeps it from being initialized', async (taint) => {
    const era = await joined(kind, {}, { taints: [taint] });
    expect(era.condition('Initialized')).toMatchObject({ status: pending, reason: 'KnownEphemeralTaintsExist' });
  });

  test('K29-IN09 K17-IN11 it is once they are taken off', async () => {
    const era = await joined(kind, {}, { taints: ephemeral });
    era.change(withTaints([]));
    await era.clock.advance(5000);
    expect(era.condition('Initialized')?.status).toBe('True');
  });
});

describe.each(kinds)('liveness and finalizer of a %s', (kind) => {
  const hourMs = 3_600_000;

  test('K29-LI01 K17-LI03 a registered claim stays, whatever the hour', async () => {
    const era = await joined(kind, {}, { ready: 'False' });
    await era.clock.advance(2 * hourMs);
    expect([era.exists(), era.now().deletingSince, era.callsOf('delete')]).toEqual([true, undefined, []]);
  });

  test('K29-LI04 K17-FI01 the finalizer is there before the pool is asked for', async () => {
    const finalizers: unknown[] = [];
    await begin(kind, {
      before: ({ arm, kube }) => {
        arm.fault = (call) => {
          const [plural] = ['machines', 'nodeclaims'].filter((each) => kube.has(each, call.split(' ')[1] ?? ''));
          if (call.startsWith('create')) finalizers.push(kube.find(plural ?? '', call.slice(7)).metadata.finalizers);
          return undefined;
        };
      },
    });
    expect(finalizers).toEqual([['karpenter.sh/termination']]);
  });
});
