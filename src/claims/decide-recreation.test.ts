// Rows A0, A2, A7, A9, A11, B4, B5, B6, B9, B11: what is done unasked, and everything that stands before it.
import { describe, expect, test } from 'vitest';
import {
  aMachine,
  aNode,
  anInput,
  aPool,
  aRegisteredNode,
  at,
  poolIdOf,
  sentHashFor,
  timeAt,
} from '../../test/support/claim-builders.ts';
import type { InputOptions, MachineOptions } from '../../test/support/claim-builders.ts';
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

/** The pool was found without an instance by two looks at its machines, a minute apart. */
const twiceEmpty: Partial<Memory> = {
  machines: { startedAt: at(-5), machines: [] },
  noMachinesSince: at(-65),
};
/** What is due was wished for a minute ago. */
const wished: Partial<Memory> = { wished: at(-60) };
const unfit = (forMs: number): Partial<Memory> => ({ unfit: { forMs, at: at(0), runs: true, isGone: false } });

const deciding = (options: InputOptions): Decision => decide(anInput({ live: true, poolSince: -7200, ...options }));

describe('A2', () => {
  test('A2: nothing is asked of Azure while the cluster stops, stands or starts', () => {
    expect(deciding({ gate: closed('clusterStopped') })).toMatchObject({
      row: 'A2',
      step: { do: 'nothing' },
      face: { face: 'waiting', reason: 'ClusterBusy', message: why.message },
    });
    for (const gate of [settling, closed('clusterBusy'), closed('clusterFailed'), closed('nodesDown')])
      expect(deciding({ gate })).toMatchObject({ row: 'A5', step: { do: 'create' } });
  });
});

describe('A9', () => {
  test.each(shut)('A9: a failed pool of ours stays while the gate is not open: %o', (gate) => {
    const claim = launched();
    const pool = aPool(claim, 'failed', { error: { code: 'AllocationFailed', message: 'x' } });
    expect(deciding({ claim, pool, gate })).toMatchObject({
      row: 'A9',
      step: { do: 'nothing' },
      face: { face: 'refused' },
    });
    expect(deciding({ claim, pool, gate: closed('clusterFailed') }).row).toBe('A10');
  });
});

describe('A7 past its deadline', () => {
  const claim = launched();
  const pool = aPool(claim);

  test('A7: Azure is asked for the machines, and again where it did not answer', () => {
    expect(deciding({ claim, pool })).toMatchObject({ row: 'A7', step: { do: 'countMachines' } });
    const memory = { machines: { startedAt: at(-20), machines: 'unknown' } } as const;
    expect(deciding({ claim, pool, memory })).toMatchObject({
      row: 'A7',
      step: { do: 'nothing' },
      wakeAfterMs: 40_000,
      events: [{ reason: 'NodeNotJoining' }],
    });
  });

  test('A7: while the gate is not open it is told and nothing is asked', () => {
    expect(deciding({ claim, pool, gate: settling, memory: twiceEmpty })).toMatchObject({
      row: 'A7',
      step: { do: 'nothing' },
      events: [{ reason: 'NodeNotJoining' }],
    });
  });

  test('A7: one empty look is a question; two a minute apart are an answer', () => {
    const once = { machines: { startedAt: at(-20), machines: [] }, noMachinesSince: at(-20), ...wished };
    expect(deciding({ claim, pool, memory: once })).toMatchObject({ step: { do: 'nothing' }, wakeAfterMs: 40_000 });
    expect(deciding({ claim, pool, memory: { ...twiceEmpty, ...wished } })).toMatchObject({
      row: 'A7',
      step: { do: 'recreate', poolIsGone: false, record: { recreating: true }, intent: { attempt: 2 } },
      face: { face: 'joining', reason: 'InstanceGone' },
    });
  });

  test('A7: a machine whose Node does not come is replaced only under --on-node-missing=recreate', () => {
    const memory = { machines: { startedAt: at(-5), machines: ['m'] }, ...wished };
    expect(deciding({ claim, pool, memory }).step.do).toBe('nothing');
    const policies = { onNodeMissing: 'recreate' } as const;
    expect(deciding({ claim, pool, memory, policies })).toMatchObject({
      step: { do: 'recreate' },
      events: [{ reason: 'NodeNotJoining' }],
    });
  });
});

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
    expect(deciding({ claim, pool, memory, poolSince: -179 })).toMatchObject({
      row: 'A0',
      step: { do: 'nothing' },
      wakeAfterMs: 1000,
    });
    expect(deciding({ claim, pool, memory, poolSince: -180 })).toMatchObject({
      row: 'A11',
      step: { do: 'deletePool' },
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
    // Nobody's Node may be one that has just joined.
    expect(deciding({ claim, pool: absence, nodes: [aNode()] }).row).toBe('A5');
  });
});

describe('B4', () => {
  const claim = registered();
  const down = aRegisteredNode(claim, { createdAt: -6000, ready: 'False' });

  test.each(shut)('B4: while the gate is not open nothing is asked about a Node that is down or gone: %o', (gate) => {
    for (const phase of ['settled', 'failed', 'canceled'] as const) {
      const pool = aPool(claim, phase);
      const memory = { ...twiceEmpty, ...wished, ...unfit(9_000_000) };
      const policies = { nodeRepair: 'act', onNodeMissing: 'recreate' } as const;
      expect(deciding({ claim, pool, nodes: [down], gate, memory, policies })).toMatchObject({
        row: 'B4',
        step: { do: 'nothing' },
        face: { face: 'notReady', reason: 'NodeNotReady' },
      });
      const gone = deciding({ claim, pool, gate, memory, policies });
      expect(gone).toMatchObject({ row: 'B4', step: { do: 'nothing' }, face: { face: 'replacing' } });
      expect(gone.face).toMatchObject(gate.state === 'closed' ? why : { reason: 'NodeMissing' });
    }
  });
});

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

describe.each([
  ['B6', 'settled'],
  ['B9', 'failed'],
] as const)('%s', (row, phase) => {
  const claim = registered();
  const pool = aPool(claim, phase);
  const gone = { ...twiceEmpty, ...wished };

  test(`${row}: no machine by two looks: the record forgets the Node and the pool is to go`, () => {
    const decision = deciding({ claim, pool, memory: gone });
    expect(decision).toMatchObject({
      row,
      step: {
        do: 'recreate',
        poolIsGone: false,
        intent: { attempt: 2, at: timeAt(-7200) },
        record: { recreating: true, poolId, recreated: { day: '2026-03-01', times: 1 } },
      },
      face: { face: 'replacing', reason: 'InstanceGone' },
      wishes: true,
    });
    expect(decision.step).not.toHaveProperty('record.boundUid');
    expect(decision.step).not.toHaveProperty('record.boundNode');
  });

  test(`${row}: the pool is looked at live first, and machines that were counted long ago are counted again`, () => {
    expect(deciding({ claim, pool, memory: gone, live: false }).step).toEqual({ do: 'look' });
    const old = { machines: { startedAt: at(-61), machines: [] }, noMachinesSince: at(-200), ...wished };
    expect(deciding({ claim, pool, memory: old }).step).toEqual({ do: 'countMachines' });
  });

  test(`${row}: three times a day, then it waits for the next`, () => {
    const spent = registered({ recreated: { day: '2026-03-01', times: 3 } });
    expect(deciding({ claim: spent, pool: aPool(spent, phase), memory: gone })).toMatchObject({
      row,
      step: { do: 'nothing' },
      events: [{ reason: 'InstanceGone' }, { reason: 'RecreationLimit' }],
      wakeAfterMs: 12 * 3_600_000,
    });
    const yesterday = registered({ recreated: { day: '2026-02-28', times: 3 } });
    expect(deciding({ claim: yesterday, pool: aPool(yesterday, phase), memory: gone })).toMatchObject({
      step: { do: 'recreate', record: { recreated: { day: '2026-03-01', times: 1 } } },
    });
  });

  test(`${row}: the other policies hold, or delete the claim`, () => {
    expect(deciding({ claim, pool, memory: gone, policies: { onInstanceGone: 'hold' } })).toMatchObject({
      row,
      step: { do: 'nothing' },
      events: [{ reason: 'InstanceGone' }],
    });
    expect(deciding({ claim, pool, memory: gone, policies: { onInstanceGone: 'delete-claim' } })).toMatchObject({
      row,
      step: { do: 'deleteClaim' },
    });
  });

  test(`${row}: a machine without its Node is replaced after half an hour, and only by policy`, () => {
    const machines = { startedAt: at(-5), machines: ['m'] };
    const policies = { onNodeMissing: 'recreate' } as const;
    const after = (forMs: number): Decision =>
      deciding({ claim, pool, policies, memory: { machines, ...wished, ...unfit(forMs) } });
    expect(after(1_799_000)).toMatchObject({ step: { do: 'nothing' }, wakeAfterMs: 1000 });
    expect(after(1_800_000)).toMatchObject({ row, step: { do: 'recreate' } });
    expect(deciding({ claim, pool, memory: { machines, ...wished, ...unfit(9_000_000) } }).step.do).toBe('nothing');
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
