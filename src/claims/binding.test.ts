// Which Node may take the place of the one that a claim stands for.
import { describe, expect, test } from 'vitest';
import { aNode, anInput, aPool, aRegisteredNode, at } from '../../test/support/claim-builders.ts';
import { registered } from '../../test/support/claim-days.ts';
import { causeOfProvisioning } from '../azure/causes.ts';
import { decide } from './decide.ts';

describe('binding', () => {
  const claim = registered();

  test('B3: a Node that joined after the last look at its pool is bound only when a new look still proves the pool', () => {
    const joined = aNode({ uid: 'node-uid-2', createdAt: -20 });
    const byWhat = (options: Parameters<typeof anInput>[0]): unknown =>
      decide(anInput({ claim, nodes: [joined], ...options })).step.do;
    expect(byWhat({ pool: aPool(claim), lookedAt: -60 })).toBe('look');
    expect(byWhat({ pool: aPool(claim), lookedAt: -1 })).toBe('register');
    expect(byWhat({ pool: aPool(claim, 'settled', { tags: {}, nodeLabels: {} }), lookedAt: -1 })).toBe('nothing');
    const lookFailed = { at: at(-1), cause: causeOfProvisioning(undefined), times: 1 };
    expect(byWhat({ pool: aPool(claim), lookedAt: -60, memory: { lookFailed } })).toBe('nothing');
    // As after a restart of its machine: it is the claim's already.
    const own = aRegisteredNode(claim, { uid: 'node-uid-2', createdAt: -20 });
    expect(byWhat({ pool: aPool(claim), lookedAt: -60, nodes: [own] })).toBe('register');
  });

  test('B11, B12: a Node that joins where no pool was is no Node of the claim before Azure shows the pool', () => {
    const stranger = aNode({ uid: 'node-uid-2', createdAt: -10 });
    const policies = { onInstanceGone: 'hold' } as const;
    const memory = { firstAbsent: at(-300) };
    const gone = (absentSince: number): unknown =>
      decide(anInput({ claim, nodes: [stranger], memory, policies, pool: { absentSince, proof: 'get404' } }));
    expect(gone(-60)).toMatchObject({ step: { do: 'look' }, face: { face: 'lost', reason: 'InstanceGone' } });
    expect(gone(-1)).toMatchObject({ row: 'B11', step: { do: 'nothing' } });
  });

  test('B3: of a pool that is not known yet a look tells; while Azure does not answer, a Node of its takes over', () => {
    const joined = aNode({ uid: 'node-uid-2', createdAt: -20 });
    const lookFailed = { at: at(-1), cause: causeOfProvisioning(undefined), times: 1 };
    expect(decide(anInput({ claim, pool: 'unknown', nodes: [joined] }))).toMatchObject({
      row: 'B12',
      step: { do: 'look' },
    });
    expect(decide(anInput({ claim, pool: 'unknown', nodes: [joined], memory: { lookFailed } })).row).toBe('B3');
  });
});
