import { describe, expect, test } from 'vitest';
import { aMachine, anInput, aPool, poolIdOf } from '../../test/support/claim-builders.ts';
import { spoken, launched, registered } from '../../test/support/claim-days.ts';
import { decide } from './decide.ts';

const fresh = aMachine({ createdAt: -2, status: { conditions: [] } });

describe('before the tables', () => {
  test('P0: a claim that is not ours and has no record of ours is left alone', () => {
    expect(decide(anInput({ ours: false }))).toMatchObject({
      row: 'P0',
      step: { do: 'nothing' },
      face: { face: 'none' },
    });
    expect(decide(anInput({ ours: false, claim: registered() })).row).not.toBe('P0');
  });

  test('P3: a deleting claim without our finalizer is left to those who hold it', () => {
    const claim = aMachine({ deletingSince: -5, finalizers: ['example.com/other'] });
    expect(decide(anInput({ claim }))).toMatchObject({ row: 'P3', step: { do: 'nothing' } });
  });

  test('P4: a spec that cannot become a pool is refused without finalizer or PUT', () => {
    const claim = aMachine({ spec: { requirements: [] }, status: { conditions: [] } });
    expect(decide(anInput({ claim }))).toMatchObject({
      row: 'P4',
      step: { do: 'nothing' },
      face: { face: 'refused', reason: 'InvalidSpec', message: expect.stringContaining('instance') },
    });
  });

  test('P5: an edit of the spec after launch changes nothing and is told once', () => {
    const claim = launched({ record: { poolId: poolIdOf('ws1a2b3c4d5'), specHash: 'of-another-spec' } });
    const decision = decide(anInput({ claim, pool: aPool(claim, 'creating') }));
    expect(decision).toMatchObject({ row: 'A6', step: { do: 'nothing' } });
    expect(decision.events).toContainEqual(expect.objectContaining({ reason: 'SpecChangedAfterLaunch', once: true }));
  });

  test('a claim without conditions gets its first status in a pass of its own', () => {
    expect(decide(anInput({ claim: fresh }))).toMatchObject({
      row: 'A5',
      step: { do: 'nothing' },
      face: { face: 'waiting', reason: 'Creating' },
      wakeAfterMs: 0,
    });
    expect(decide(anInput({ claim: spoken })).step.do).toBe('create');
  });
});
