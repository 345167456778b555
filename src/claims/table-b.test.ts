import { describe, expect, test } from 'vitest';
import { aNode, anInput, aPool, aRegisteredNode, at } from '../../test/support/claim-builders.ts';
import { registered, unfit } from '../../test/support/claim-days.ts';
import type { Claim } from '../apis/claim.ts';
import { ownerTagsFor } from '../azure/tags.ts';
import { decide } from './decide.ts';

/** The uid of the Node that is bound. */
function chosen(claim: Claim, nodes: readonly ReturnType<typeof aNode>[]): string | undefined {
  const { step } = decide(anInput({ claim, pool: aPool(claim), nodes }));
  return step.do === 'register' ? step.node.uid : undefined;
}

const aMachineIsThere = { machines: { startedAt: at(-1), machines: ['a-machine'] } };

describe('table B', () => {
  const claim = registered();
  const bound = aRegisteredNode(claim, { createdAt: -600 });
  const down = (ago: number): ReturnType<typeof aNode> =>
    aRegisteredNode(claim, { createdAt: -6000, ready: 'False', readySince: -ago });

  test('B0: a pool that is no longer ours is told once and never written to', () => {
    const pool = aPool(claim, 'failed', { tags: { 'gpu-provisioner-uid': 'uid-2' } });
    for (const nodes of [[bound], [down(7200)], []]) {
      const decision = decide(anInput({ claim, pool, nodes, live: true, poolSince: -7200 }));
      expect(decision.events).toContainEqual(expect.objectContaining({ reason: 'OwnershipLost', once: true }));
      expect(['nothing', 'sync']).toContain(decision.step.do);
    }
  });

  test('B0: a Node of a pool that is no longer ours is not taken for the one that is gone', () => {
    const pool = aPool(claim, 'settled', { tags: ownerTagsFor({ kind: 'Machine', name: claim.name, uid: 'uid-2' }) });
    const stranger = aNode({ uid: 'node-uid-2', createdAt: -60 });
    const decision = decide(anInput({ claim, pool, nodes: [stranger] }));
    expect(decision).toMatchObject({ row: 'B0', step: { do: 'nothing' } });
    expect(decision.face.face).not.toBe('ready');
  });

  test.each(['settled', 'busy', 'failed', 'canceled', 'creating'] as const)(
    'B1: a fit Node of a %s pool is Ready',
    (phase) => {
      const decision = decide(anInput({ claim, pool: aPool(claim, phase), nodes: [bound] }));
      expect(decision).toMatchObject({ row: 'B1', step: { do: 'sync', initialize: true }, face: { face: 'ready' } });
      const degraded = phase === 'failed' || phase === 'canceled';
      expect(decision.events?.some(({ reason }) => reason === 'PoolDegraded')).toBe(degraded);
    },
  );

  test('B1: an unknown or absent pool does not unmake a Ready Node', () => {
    expect(decide(anInput({ claim, pool: 'unknown', nodes: [bound] })).face.face).toBe('ready');
    expect(decide(anInput({ claim, pool: { absentSince: -1 }, nodes: [bound] })).face.face).toBe('ready');
  });

  test.each([
    [
      'its startup taint',
      { startupTaints: [{ key: 'init', effect: 'NoSchedule' }] },
      { taints: [{ key: 'init', effect: 'NoSchedule' }] },
      'StartupTaintsExist',
    ],
    [
      'a taint of the node controller',
      {},
      { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] },
      'KnownEphemeralTaintsExist',
    ],
    ['a missing GPU', { requests: { 'nvidia.com/gpu': '1' } }, {}, 'ResourceNotRegistered'],
    [
      'one GPU of two',
      { requests: { 'nvidia.com/gpu': '2' } },
      { allocatable: { 'nvidia.com/gpu': '1' } },
      'ResourceNotRegistered',
    ],
  ])('B2: %s keeps a Node from being initialized', (_what, spec, node, reason) => {
    const waiting = registered({ spec });
    const view = aRegisteredNode(waiting, { ...node, labels: { 'karpenter.sh/initialized': 'false' } });
    expect(decide(anInput({ claim: waiting, pool: aPool(waiting), nodes: [view] }))).toMatchObject({
      row: 'B2',
      step: { do: 'sync', initialize: false },
      face: { face: 'initializing', reason },
    });
  });

  test('B2: taints that go one after the other are told of as one', () => {
    const waiting = registered({});
    const messages = [
      ['node.cloudprovider.kubernetes.io/uninitialized NoSchedule', 'node.kubernetes.io/not-ready NoSchedule'],
      ['node.kubernetes.io/not-ready NoExecute', 'node.kubernetes.io/not-ready NoSchedule'],
      ['node.kubernetes.io/not-ready NoExecute'],
    ].map((texts) => {
      const taints = texts.map((text) => text.split(' ')).map(([key = '', effect = '']) => ({ key, effect }));
      const view = aRegisteredNode(waiting, { taints, labels: { 'karpenter.sh/initialized': 'false' } });
      const { face } = decide(anInput({ claim: waiting, pool: aPool(waiting), nodes: [view] }));
      return face.face === 'initializing' ? face.message : face.face;
    });
    expect(new Set(messages)).toEqual(
      new Set([
        'Node "aks-ws1a2b3c4d5-12345678-vmss000000" still has the taint "node.kubernetes.io/not-ready", which its cluster takes off by itself',
      ]),
    );
  });

  test('B2: what was initialized once stays so when a GPU goes missing later', () => {
    const asking = registered({
      spec: { requests: { 'nvidia.com/gpu': '1', storage: '50Gi', 'ephemeral-storage': '1Ti' } },
    });
    expect(decide(anInput({ claim: asking, pool: aPool(asking), nodes: [aRegisteredNode(asking)] })).row).toBe('B1');
  });

  test('B2f: a pool that failed under a Node that never came to life goes back to table A', () => {
    const never = aRegisteredNode(claim, { ready: 'False', labels: { 'karpenter.sh/initialized': 'false' } });
    const pool = aPool(claim, 'failed');
    expect(decide(anInput({ claim, pool, nodes: [never], poolSince: -1199 })).row).toBe('B2');
    const decision = decide(anInput({ claim, pool, nodes: [never], poolSince: -1200 }));
    expect(decision).toMatchObject({ row: 'B2f', step: { do: 'unbind' }, face: { face: 'refused' } });
    expect(decision.step).not.toHaveProperty('record.boundUid');
  });

  test('B0: a pool that failed and is not the claim’s any more waits for nothing, however long that is so', () => {
    const never = aRegisteredNode(claim, { ready: 'False', labels: { 'karpenter.sh/initialized': 'false' } });
    const lost = { ...aPool(claim, 'failed'), tags: {}, nodeLabels: {} };
    const decision = decide(anInput({ claim, pool: lost, nodes: [never], poolSince: -7200 }));
    expect(decision.row).toBe('B0');
    expect(decision.wakeAfterMs ?? 1).toBeGreaterThan(0);
  });

  test('B3: another fit Node takes over once the bound one is out for longer than a blink', () => {
    const other = aNode({ uid: 'node-uid-2', name: 'aks-ws1a2b3c4d5-12345678-vmss000001' });
    const pool = aPool(claim);
    expect(decide(anInput({ claim, pool, nodes: [down(29), other] })).row).toBe('B5');
    expect(decide(anInput({ claim, pool, nodes: [down(30), other] }))).toMatchObject({
      row: 'B3',
      step: { do: 'register', record: { boundUid: 'node-uid-2' } },
    });
    expect(decide(anInput({ claim, pool, nodes: [other] }))).toMatchObject({
      row: 'B3',
      events: [{ reason: 'Rebound' }],
    });
  });

  test('B3: the Node that AKS is about to take away is chosen last, then the oldest wins', () => {
    const marked = aNode({
      uid: 'a',
      createdAt: -50,
      annotations: { 'kubernetes.azure.com/azure-cluster-autoscaler-scale-down-disabled-reason': 'upgrade' },
    });
    const cordoned = aNode({ uid: 'b', createdAt: -40, cordoned: true });
    const young = aNode({ uid: 'c', createdAt: -10 });
    const old = aNode({ uid: 'd', createdAt: -30 });
    expect(chosen(claim, [marked, cordoned, young, old])).toBe('d');
    expect(chosen(claim, [marked, cordoned])).toBe('b');
    expect(chosen(claim, [marked])).toBe('a');
  });

  test('B4: during an upgrade a Node that is NotReady or gone is awaited', () => {
    const pool = aPool(claim, 'busy', { state: 'Upgrading' });
    expect(decide(anInput({ claim, pool, nodes: [down(7200)] }))).toMatchObject({
      row: 'B4',
      step: { do: 'nothing' },
      face: { face: 'notReady' },
    });
    expect(decide(anInput({ claim, pool }))).toMatchObject({
      row: 'B4',
      step: { do: 'nothing' },
      face: { face: 'replacing', reason: 'PoolUpgrading' },
    });
  });

  test('B5: a Node that is down is said to be, with an event after ten minutes and no ARM call', () => {
    const pool = aPool(claim);
    expect(decide(anInput({ claim, pool, nodes: [down(5)] }))).toMatchObject({
      row: 'B5',
      step: { do: 'nothing' },
      face: { face: 'notReady', reason: 'NodeNotReady' },
    });
    // The Node's own clock says an hour, ours ten minutes less a second: it is ours that counts.
    expect(decide(anInput({ claim, pool, nodes: [down(3600)], memory: unfit(599_000) }))).toMatchObject({
      row: 'B5',
      wakeAfterMs: 1000,
    });
    expect(decide(anInput({ claim, pool, nodes: [down(600)], live: true, memory: unfit(600_000) }))).toMatchObject({
      row: 'B5',
      step: { do: 'nothing' },
      events: [{ type: 'Warning' }],
    });
  });

  test('B6: a Node that is gone is a question to Azure, not an order', () => {
    const input = { claim, pool: aPool(claim), live: true, poolSince: -9999 };
    expect(decide(anInput(input))).toMatchObject({ row: 'B6', step: { do: 'countMachines' } });
    expect(decide(anInput({ ...input, memory: aMachineIsThere }))).toMatchObject({
      row: 'B6',
      step: { do: 'nothing' },
      face: { face: 'replacing', reason: 'NodeMissing' },
      events: [{ reason: 'NodeMissing' }],
    });
  });

  test("B7, B8: a pool at 0 or stopped is a person's will, for ever", () => {
    expect(decide(anInput({ claim, pool: aPool(claim, 'settled', { count: 0 }), poolSince: -99_999 }))).toMatchObject({
      row: 'B7',
      step: { do: 'nothing' },
    });
    expect(decide(anInput({ claim, pool: aPool(claim, 'settled', { power: 'stopped' }) }))).toMatchObject({
      row: 'B8',
      step: { do: 'nothing' },
    });
  });

  test('B9: a failed pool under a lost Node is told and not touched', () => {
    const pool = aPool(claim, 'failed', { error: { code: 'NodesNotReady', message: 'x' } });
    expect(decide(anInput({ claim, pool, nodes: [down(7200)], live: true, poolSince: -7200 }))).toMatchObject({
      row: 'B9',
      step: { do: 'nothing' },
      face: { face: 'notReady' },
    });
    expect(decide(anInput({ claim, pool, live: true, poolSince: -7200, memory: aMachineIsThere }))).toMatchObject({
      row: 'B9',
      step: { do: 'nothing' },
      face: {
        face: 'replacing',
        reason: 'NodeBootstrapFailed',
        message: expect.stringMatching(
          /^Node ".*" is gone from the API server.*; the pool is failed in Azure \(NodesNotReady\)$/,
        ),
      },
    });
  });

  test('B10: a pool that somebody deletes is lost', () => {
    expect(decide(anInput({ claim, pool: aPool(claim, 'deleting'), nodes: [bound] }))).toMatchObject({
      row: 'B10',
      step: { do: 'nothing' },
      face: { face: 'lost' },
    });
  });

  test('B11, B12: an absence is believed after two live looks a minute apart', () => {
    expect(decide(anInput({ claim, pool: { absentSince: -1 } }))).toMatchObject({
      row: 'B12',
      step: { do: 'look' },
      face: { face: 'keep' },
    });
    expect(decide(anInput({ claim, pool: 'unknown' }))).toMatchObject({ row: 'B12', step: { do: 'look' } });
    const seen = (first: number, last: number): ReturnType<typeof decide> =>
      decide(anInput({ claim, pool: { absentSince: last, proof: 'get404' }, memory: { firstAbsent: at(first) } }));
    expect(seen(-30, -30)).toMatchObject({ row: 'B12', step: { do: 'nothing' }, wakeAfterMs: 30_000 });
    expect(seen(-61, -61)).toMatchObject({ row: 'B12', step: { do: 'look' } });
    expect(seen(-61, -1)).toMatchObject({
      row: 'B11',
      step: { do: 'nothing' },
      face: { face: 'lost', reason: 'InstanceGone' },
    });
  });

  test('two Nodes in a settled pool are no error, and told after a quarter of an hour', () => {
    const other = aNode({ uid: 'node-uid-2', name: 'other' });
    const decision = decide(anInput({ claim, pool: aPool(claim), nodes: [bound, other], poolSince: -900 }));
    expect(decision).toMatchObject({ row: 'B1', events: [{ reason: 'ExtraNodes' }] });
  });
});
