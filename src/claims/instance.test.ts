// Rows A7, B6 and B9: a pool without its Node, and what Azure says of its machines.
import { describe, expect, test } from 'vitest';
import { aMachine, anInput, aPool, at, poolIdOf, sentHashFor, timeAt } from '../../test/support/claim-builders.ts';
import type { InputOptions, MachineOptions } from '../../test/support/claim-builders.ts';
import { twiceEmpty, wished, unfit } from '../../test/support/claim-days.ts';
import type { Claim } from '../apis/claim.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import type { Gate } from './gate.ts';

const name = 'ws1a2b3c4d5';
const poolId = poolIdOf(name);
const why = { reason: 'ClusterStarting', message: 'The cluster is starting' };
const settling: Gate = { state: 'settling', ...why };
function launched(options: MachineOptions = {}): Claim {
  return aMachine({ intent: { at: timeAt(-7200) }, record: { poolId }, ...options });
}

function registered(record: MachineOptions['record'] = {}): Claim {
  return launched({
    record: { poolId, sentHash: sentHashFor(aMachine()), boundUid: 'node-uid-1', boundNode: 'aks-node', ...record },
  });
}

const deciding = (options: InputOptions): Decision => decide(anInput({ live: true, poolSince: -7200, ...options }));

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
