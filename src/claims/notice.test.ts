import { describe, expect, test } from 'vitest';
import {
  aMachine,
  aNode,
  anInput,
  aPool,
  aRegisteredNode,
  at,
  poolIdOf,
  timeAt,
} from '../../test/support/claim-builders.ts';
import type { InputOptions } from '../../test/support/claim-builders.ts';
import type { Memory } from './input.ts';
import { notice } from './notice.ts';

const claim = aMachine({
  intent: { at: timeAt(-7200) },
  record: { poolId: poolIdOf('ws1a2b3c4d5'), boundUid: 'node-uid-1', boundNode: 'n' },
});
const pool = aPool(claim);
const down = aRegisteredNode(claim, { createdAt: -6000, ready: 'False' });
const settling = { state: 'settling', reason: 'x', message: 'x' } as const;
const noticed = (options: InputOptions): Memory => notice(anInput({ claim, pool, ...options }));
const since = (forMs: number, seconds: number, runs = true, isGone = false): Partial<Memory> => ({
  unfit: { forMs, at: at(seconds), runs, isGone },
});

describe('notice', () => {
  test('counts from the first pass that finds the Node down', () => {
    expect(noticed({ nodes: [down] }).unfit).toEqual({ forMs: 0, at: at(0), runs: true, isGone: false });
    expect(noticed({ nodes: [down], memory: since(5000, -10) }).unfit).toMatchObject({ forMs: 15_000, at: at(0) });
  });

  test.each([
    ['the gate is not open', { gate: settling }],
    ['somebody is at work on the pool', { pool: aPool(claim, 'busy') }],
    ['the pool is stopped', { pool: aPool(claim, 'settled', { power: 'stopped' }) }],
    ['the pool is at 0 nodes', { pool: aPool(claim, 'settled', { count: 0 }) }],
    ['nothing is known of the pool', { pool: 'unknown' }],
  ] as const)('stands still while %s, and does not count the time up to then or from then', (_what, options) => {
    const still = noticed({ nodes: [down], memory: since(5000, -10), ...options });
    expect(still.unfit).toEqual({ forMs: 5000, at: at(0), runs: false, isGone: false });
    expect(noticed({ nodes: [down], memory: since(5000, -10, false) }).unfit).toMatchObject({
      forMs: 5000,
      runs: true,
    });
  });

  test('begins anew when a Node is fit again, be it another, and when the one that was down is gone', () => {
    const memory = since(5000, -10);
    expect(noticed({ nodes: [aRegisteredNode(claim)], memory }).unfit).toBeUndefined();
    expect(noticed({ nodes: [down, aNode({ uid: 'node-uid-2', name: 'other' })], memory }).unfit).toBeUndefined();
    expect(noticed({ memory }).unfit).toMatchObject({ forMs: 0, isGone: true });
  });

  test('says nothing of a claim that was never bound', () => {
    const never = aMachine({ intent: {}, record: { poolId: poolIdOf('ws1a2b3c4d5') } });
    expect(notice(anInput({ claim: never, pool: aPool(never) })).unfit).toBeUndefined();
  });

  test('doing it twice at one moment equals doing it once', () => {
    const options = { nodes: [down], memory: since(5000, -10) };
    const once = noticed(options);
    expect(notice({ ...anInput({ claim, pool, ...options }), memory: once })).toEqual(once);
  });

  test('remembers the start of the first live look of an absence, until the pool is seen', () => {
    const absent = { absentSince: -3, proof: 'get404' } as const;
    expect(noticed({ pool: absent }).firstAbsent).toEqual(at(-3));
    expect(noticed({ pool: { absentSince: -3 } }).firstAbsent).toBeUndefined();
    const memory = { firstAbsent: at(-90) };
    expect(noticed({ pool: absent, memory }).firstAbsent).toEqual(at(-90));
    expect(noticed({ pool: 'unknown', memory }).firstAbsent).toEqual(at(-90));
    expect(noticed({ memory }).firstAbsent).toBeUndefined();
  });

  test('forgets what was seen of machines while somebody is at work', () => {
    const memory = { machines: { startedAt: at(-5), machines: [] }, noMachinesSince: at(-90) };
    expect(noticed({ memory })).toMatchObject(memory);
    for (const options of [{ gate: settling }, { pool: aPool(claim, 'busy') }, { pool: 'unknown' }] as const) {
      expect(noticed({ memory, ...options }).machines).toBeUndefined();
      expect(noticed({ memory, ...options }).noMachinesSince).toBeUndefined();
    }
  });
});
