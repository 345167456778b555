// Rows A0, A11, B5 and B11: what is done unasked, and everything that stands before it.
import { describe, expect, test } from 'vitest';
import {
  aMachine,
  aNode,
  anInput,
  aPool,
  aRegisteredNode,
  at,
  noon,
  poolIdOf,
  sentHashFor,
  timeAt,
} from '../../test/support/claim-builders.ts';
import type { InputOptions, MachineOptions } from '../../test/support/claim-builders.ts';
import { twiceEmpty, wished, unfit } from '../../test/support/claim-days.ts';
import type { Claim } from '../apis/claim.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import type { Gate } from './gate.ts';
import type { Memory } from './input.ts';

const name = 'ws1a2b3c4d5';
const poolId = poolIdOf(name);
const why = { reason: 'ClusterStarting', message: 'The cluster is starting' };
const settling: Gate = { state: 'settling', ...why };
const closed = (by: Extract<Gate, { state: 'closed' }>['by']): Gate => ({ state: 'closed', by, forMs: 0, ...why });
const shut: readonly Gate[] = [
  settling,
  closed('clusterStopped'),
  closed('clusterBusy'),
  closed('clusterUnreadable'),
  closed('anotherCluster'),
  closed('nodesDown'),
];

function launched(options: MachineOptions = {}): Claim {
  return aMachine({ intent: { at: timeAt(-7200) }, record: { poolId }, ...options });
}

function registered(record: MachineOptions['record'] = {}): Claim {
  return launched({
    record: { poolId, sentHash: sentHashFor(aMachine()), boundUid: 'node-uid-1', boundNode: 'aks-node', ...record },
  });
}

const deciding = (options: InputOptions): Decision => decide(anInput({ live: true, poolSince: -7200, ...options }));

describe('A0 and A11', () => {
  const claim = launched({ record: { poolId, recreating: true } });
  const down = aRegisteredNode(claim, { createdAt: -6000, ready: 'False' });

  test('A0: the old pool is not touched in the pass that first wished for it', () => {
    expect(deciding({ claim, pool: aPool(claim), nodes: [down] })).toMatchObject({
      row: 'A0',
      step: { do: 'nothing' },
      wishes: true,
      wakeAfterMs: 10_000,
      face: { face: 'waiting', reason: 'Replacing' },
    });
  });

  test('A0: restraint is waited for, and a mass event is told', () => {
    const restrained = { reason: 'MassDisruption', message: 'many', retryAfterMs: 30_000 };
    expect(deciding({ claim, pool: aPool(claim), memory: wished, restrained })).toMatchObject({
      row: 'A0',
      step: { do: 'nothing' },
      wishes: true,
      wakeAfterMs: 30_000,
      events: [{ reason: 'MassDisruption' }],
    });
  });

  test.each(shut)('A0: it waits for the gate and wishes for nothing: %o', (gate) => {
    const decision = deciding({ claim, pool: aPool(claim), memory: wished, gate });
    expect(decision).toMatchObject({ row: 'A0', step: { do: 'nothing' } });
    expect(decision.wishes).toBeUndefined();
  });

  test('A11: the old pool is looked at, then deleted by its version', () => {
    const pool = aPool(claim);
    expect(deciding({ claim, pool, nodes: [down], memory: wished, lookedAt: -16 })).toMatchObject({
      row: 'A11',
      step: { do: 'look' },
    });
    expect(deciding({ claim, pool, nodes: [down], memory: wished })).toMatchObject({
      row: 'A11',
      step: { do: 'deletePool', etag: 'etag-1', isUnasked: true, unlessNodeReady: true },
    });
  });

  test('A0: a deletion that Azure failed at is not repeated before three minutes', () => {
    const pool = aPool(claim, 'failed');
    const memory = { ...wished, deleted: { endedAt: at(-100), outcome: 'accepted', preconditions: 0 } } as const;
    const failed = { failedDeletion: { at: timeAt(-179), times: 1 } };
    const known = launched({ record: { poolId, recreating: true, ...failed } });
    expect(deciding({ claim: known, pool, memory, poolSince: -179 })).toMatchObject({
      row: 'A0',
      step: { do: 'nothing' },
      wakeAfterMs: 1000,
    });
    expect(deciding({ claim: known, pool, memory, poolSince: -180 })).toMatchObject({
      row: 'A11',
      step: { do: 'deletePool' },
    });
    expect(deciding({ claim, pool, memory, poolSince: -179 })).toMatchObject({
      row: 'A0',
      step: { do: 'remember', record: { recreating: true, ...failed } },
    });
    // Another leader knows it by the record alone.
    expect(deciding({ claim: known, pool, memory: wished, poolSince: -1 })).toMatchObject({
      row: 'A0',
      step: { do: 'nothing' },
      wakeAfterMs: 1000,
    });
  });

  test('A8: a Node that comes back in the last moment ends the recreation', () => {
    const decision = deciding({ claim, pool: aPool(claim), nodes: [aNode({ createdAt: -6000 })], memory: wished });
    expect(decision).toMatchObject({ row: 'A8', step: { do: 'register', record: { boundUid: 'node-uid-1' } } });
    expect(decision.step).not.toHaveProperty('record.recreating');
  });

  test.each([
    ['stopped', { power: 'stopped' }, 'A16'],
    ['at 0 nodes', { count: 0 }, 'A15'],
  ] as const)("A0: a pool that is %s by now is a person's will", (_what, changes, row) => {
    expect(deciding({ claim, pool: aPool(claim, 'settled', changes), memory: wished })).toMatchObject({
      row,
      step: { do: 'nothing' },
    });
  });

  test('A12: the deletion is awaited; A5: then the next PUT has its own attempt and forgets the old pool', () => {
    expect(deciding({ claim, pool: aPool(claim, 'deleting') })).toMatchObject({
      row: 'A12',
      face: { face: 'waiting', reason: 'Replacing' },
    });
    const again = launched({
      intent: { attempt: 2, at: timeAt(-7200) },
      record: { poolId, recreating: true, recreated: { day: '2026-03-01', times: 1 } },
    });
    const decision = deciding({ claim: again, pool: { absentSince: -1 } });
    expect(decision).toMatchObject({
      row: 'A5',
      step: { do: 'create', intent: { attempt: 2 }, record: { recreated: { day: '2026-03-01', times: 1 } } },
    });
    expect(decision.step).not.toHaveProperty('record.recreating');
    expect(decision.step).not.toHaveProperty('record.poolId');
  });

  test('A0: Node objects of the old pool go before the PUT, once its absence is proved', () => {
    const absence = { absentSince: -1 };
    expect(deciding({ claim, pool: absence, nodes: [down] })).toMatchObject({
      row: 'A0',
      step: { do: 'releaseNodes', remove: true, nodes: [{ uid: 'node-uid-1' }] },
    });
    expect(deciding({ claim, pool: absence, nodes: [down], lastWriteAnswered: 0 })).toMatchObject({ row: 'A0' });
    expect(deciding({ claim, pool: absence, nodes: [down], lastWriteAnswered: 0 }).step.do).not.toBe('releaseNodes');
    // Nobody's Node is of a pool that we know nothing of.
    expect(deciding({ claim, pool: absence, nodes: [aNode()] })).toMatchObject({ row: 'A0', step: { do: 'nothing' } });
  });
});

/** Four minutes before it was told of, AKS had spoken of the Node; that was so long ago. */
function repaired(agoMs: number): Partial<Memory> {
  return unfit(900_000, {
    askedAt: at((240_000 - agoMs) / 1000),
    word: { source: 'aks-auto-repair', atApiMs: noon - agoMs },
  });
}

describe('B5', () => {
  const claim = registered();
  const pool = aPool(claim);
  const down = aRegisteredNode(claim, { createdAt: -99_000, ready: 'False', readySince: -90_000 });
  const late = { ...unfit(4_500_000), ...wished };
  const act = { nodeRepair: 'act' } as const;

  test('B5: by default a Node that is down is told of and its instance is left alone', () => {
    expect(deciding({ claim, pool, nodes: [down], memory: late })).toMatchObject({
      row: 'B5',
      step: { do: 'nothing' },
      events: [{ reason: 'NodeNotReady', message: expect.stringContaining('nothing is done') }],
    });
  });

  test('B5: with --node-repair=act its pool is replaced after 75 minutes by our own clock', () => {
    const early = { ...unfit(4_499_000), ...wished };
    expect(deciding({ claim, pool, nodes: [down], policies: act, memory: early })).toMatchObject({
      step: { do: 'nothing' },
      wakeAfterMs: 1000,
    });
    expect(deciding({ claim, pool, nodes: [down], policies: act, memory: late })).toMatchObject({
      row: 'B5',
      step: { do: 'recreate', why: expect.stringContaining('75 min'), poolIsGone: false },
    });
  });

  test('B5: before it is told of, the API server is asked what AKS says of the Node', () => {
    const early = deciding({ claim, pool, nodes: [down], memory: unfit(599_000, 'notAsked') });
    expect(early.step).toEqual({ do: 'nothing' });
    const due = deciding({ claim, pool, nodes: [down], memory: unfit(600_000, 'notAsked') });
    expect(due).toMatchObject({ row: 'B5', step: { do: 'askPlatform', nodeName: down.metadata.name } });
    expect(due.events ?? []).toEqual([]);
    expect(deciding({ claim, pool, nodes: [down], memory: unfit(600_000) }).step).toEqual({ do: 'nothing' });
  });

  test.each<[string, number, number, object]>([
    ['not before', 1_199_000, -599, { step: { do: 'nothing' }, wakeAfterMs: 1000 }],
    ['then', 1_200_000, -600, { step: { do: 'askPlatform' } }],
    ['not when its repair had its time', 4_500_000, -600, { step: { do: 'nothing' } }],
  ])('B5: of an AKS that says nothing the API server is asked again after ten minutes: %s', (_when, forMs, ago, is) => {
    const memory = unfit(forMs, { askedAt: at(ago) });
    expect(deciding({ claim, pool, nodes: [down], memory })).toMatchObject(is);
  });

  test.each([
    ['B5', aPool(claim)],
    ['B9', aPool(claim, 'failed')],
  ])('%s: what AKS said of the Node is in condition and event, with source and age, while it is fresh', (row, one) => {
    const fresh = deciding({ claim, pool: one, nodes: [down], memory: repaired(540_000) });
    expect(fresh).toMatchObject({
      row,
      face: {
        message: expect.stringContaining('; aks-auto-repair spoke of it at 2026-03-01T11:51:00Z, 4 min before'),
      },
      events: [{ reason: 'NodeNotReady', message: expect.stringContaining('aks-auto-repair spoke of it 4 min ago; ') }],
      wakeAfterMs: 51 * 60_000,
    });
    expect(Buffer.byteLength(fresh.events?.[0]?.message ?? '')).toBeLessThan(200);
    const stale = deciding({ claim, pool: one, nodes: [down], memory: repaired(3_600_000) });
    expect(stale.face).toMatchObject({ message: expect.not.stringContaining('aks-auto-repair') });
  });

  test('B5: a word without a time is passed on without one', () => {
    const memory = unfit(900_000, { askedAt: at(0), word: { source: 'upgrader' } });
    expect(deciding({ claim, pool, nodes: [down], memory })).toMatchObject({
      face: { message: `Node "${down.metadata.name}" is not Ready; upgrader spoke of it` },
      events: [{ message: expect.stringContaining('and upgrader spoke of it; ') }],
    });
  });

  test('B5: a Node that is being deleted is for table D', () => {
    const deleting = aRegisteredNode(claim, { createdAt: -99_000, ready: 'False', deletingSince: -9000 });
    expect(deciding({ claim, pool, nodes: [deleting], policies: act, memory: late })).toMatchObject({
      row: 'B5',
      step: { do: 'nothing' },
      face: { face: 'notReady' },
    });
  });

  test('B0: a pool that is not ours is not replaced, whatever the policy', () => {
    const other = aPool(claim, 'settled', {
      tags: { 'gpu-provisioner-kind': 'Machine', 'gpu-provisioner-name': 'x', 'gpu-provisioner-uid': 'y' },
    });
    expect(deciding({ claim, pool: other, nodes: [down], policies: act, memory: late }).step.do).toBe('nothing');
    expect(deciding({ claim, pool: other, memory: { ...twiceEmpty, ...wished } }).step.do).toBe('nothing');
  });
});

describe('B11', () => {
  const claim = registered();
  const pool = { absentSince: -1, proof: 'get404' } as const;
  const gone = { firstAbsent: at(-61), ...wished };

  test('B11: a pool that is gone for certain is made again with a new attempt', () => {
    expect(deciding({ claim, pool, memory: gone })).toMatchObject({
      row: 'B11',
      step: { do: 'recreate', poolIsGone: true, intent: { attempt: 2 }, record: { recreating: true } },
      face: { face: 'lost', reason: 'InstanceGone' },
    });
  });

  test.each(shut)('B11: only when the gate is open: %o', (gate) => {
    expect(deciding({ claim, pool, memory: gone, gate })).toMatchObject({ row: 'B11', step: { do: 'nothing' } });
  });

  test('B11: its Node objects go first, and an old look is made anew', () => {
    const left = aRegisteredNode(claim, { createdAt: -6000, ready: 'Unknown' });
    expect(deciding({ claim, pool, memory: gone, nodes: [left] })).toMatchObject({
      row: 'B11',
      step: { do: 'releaseNodes', remove: true },
    });
    const old = { absentSince: -16, proof: 'get404' } as const;
    const memory = { firstAbsent: at(-100), ...wished };
    expect(deciding({ claim, pool: old, memory })).toMatchObject({ row: 'B11', step: { do: 'look' } });
  });

  test('B11: a Node that another finalizer keeps is waited for and named, and nothing is wished for meanwhile', () => {
    const kept = aNode({ name: 'kept', uid: 'kept', deletingSince: -60, finalizers: ['example.com/backup'] });
    const waiting = deciding({ claim, pool, memory: gone, nodes: [kept] });
    expect(waiting).toMatchObject({
      row: 'B11',
      step: { do: 'nothing' },
      face: { face: 'lost', reason: 'RemovingNode', message: expect.stringMatching(/"kept".*example\.com\/backup/u) },
      wakeAfterMs: 30_000,
    });
    expect(waiting.wishes).toBeUndefined();
    const ours = aRegisteredNode(claim, { createdAt: -6000, ready: 'Unknown' });
    expect(deciding({ claim, pool, memory: gone, nodes: [kept, ours] }).step).toMatchObject({
      do: 'releaseNodes',
      nodes: [{ name: ours.metadata.name }],
    });
  });

  test('B11: hold tells and waits; delete-claim deletes; a user-made claim is never deleted by default', () => {
    expect(deciding({ claim, pool, memory: gone, policies: { onInstanceGone: 'hold' } })).toMatchObject({
      row: 'B11',
      step: { do: 'nothing' },
      events: [{ reason: 'InstanceGone' }],
    });
    expect(deciding({ claim, pool, memory: gone, policies: { onInstanceGone: 'delete-claim' } }).step.do).toBe(
      'deleteClaim',
    );
  });

  test('B11: what cannot be made again is not given up', () => {
    const broken = launched({ spec: { requirements: [] }, record: { poolId, boundUid: 'node-uid-1' } });
    expect(deciding({ claim: broken, pool, memory: gone })).toMatchObject({
      row: 'B11',
      step: { do: 'nothing' },
      events: [{ reason: 'InstanceGone' }, { reason: 'InvalidSpec' }],
    });
  });
});
