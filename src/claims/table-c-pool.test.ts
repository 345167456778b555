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
import type { MachineOptions } from '../../test/support/claim-builders.ts';
import { deleting } from '../../test/support/claim-days.ts';
import type { Claim } from '../apis/claim.ts';
import { finalizer, recordAnnotation, recordOf } from './annotations.ts';
import { decide } from './decide.ts';

/** Made and asked for within seconds, and deleted. */
function asked(createdAt: number): Claim {
  return deleting({ createdAt, intent: { at: timeAt(-9) }, record: { poolId: poolIdOf('ws1a2b3c4d5') } });
}

/** Azure failed to delete its pool, for the nth time in a row, so many seconds from now. */
function failedOnce(seconds: number, times: number): Claim {
  return deleting({ record: { poolId: poolIdOf('ws1a2b3c4d5'), failedDeletion: { at: timeAt(seconds), times } } });
}

/** As a person, or another version, may leave it. */
function edited(failedDeletion: unknown): Claim {
  const one = failedOnce(-1, 1);
  const text = JSON.stringify({ ...recordOf(one), uid: one.uid, failedDeletion });
  return { ...one, annotations: { ...one.annotations, [recordAnnotation]: text } };
}

describe('table C by what Azure shows', () => {
  const goFinalizers = [finalizer];
  const claim = deleting();
  const node = aRegisteredNode(claim);
  const drained = { drain: { at: at(-1), pending: 0 } };

  test('C1: an unknown pool is looked at', () => {
    expect(decide(anInput({ claim, pool: 'unknown' }))).toMatchObject({ row: 'C1', step: { do: 'look' } });
  });

  test.each([
    ['our last write was answered after the look began', { lastWriteAnswered: 0 }, {}],
    ['the intent has no answer and is younger than 90 s', {}, { intent: { at: timeAt(-80) }, record: {} }],
    ['the term is younger than a minute', { termSince: -30 }, {}],
  ])('C2: an absence is no proof while %s', (_why, input, changes) => {
    const decision = decide(anInput({ claim: deleting(changes), pool: { absentSince: -1 }, ...input }));
    expect(decision).toMatchObject({ row: 'C2', terminating: [{ reason: 'ConfirmingDeletion' }] });
  });

  test('C2, C4: a claim of the second in which the term began waits, unless we wrote its first intent', () => {
    const input = { pool: { absentSince: -1, proof: 'get404' }, termSince: -9.5 } as const;
    const memory = { wroteFirstIntent: true };
    expect(decide(anInput({ ...input, claim: asked(-10) })).row).toBe('C2');
    expect(decide(anInput({ ...input, claim: asked(-10), memory })).row).toBe('C4');
    expect(decide(anInput({ ...input, claim: asked(-11), memory })).row).toBe('C2');
  });

  test('C2: it looks again as soon as a look would be proof', () => {
    const decision = decide(anInput({ claim, pool: { absentSince: -100 }, lastWriteAnswered: -50 }));
    expect(decision).toMatchObject({ row: 'C2', step: { do: 'look' } });
  });

  test('C3, C4: once the pool is proved absent the Nodes go, then the finalizer', () => {
    const pool = { absentSince: -1, proof: 'get404' } as const;
    expect(decide(anInput({ claim, pool, nodes: [node] }))).toMatchObject({
      row: 'C3',
      step: { do: 'releaseNodes', remove: true },
    });
    expect(decide(anInput({ claim, pool }))).toMatchObject({ row: 'C4', step: { do: 'releaseClaim' } });
  });

  test('C2, C4: a LIST without the pool is proof after our DELETE; before one, Azure is asked by name', () => {
    expect(decide(anInput({ claim }))).toMatchObject({ row: 'C2', step: { do: 'look' } });
    const deleted = { endedAt: at(-30), outcome: 'accepted', preconditions: 0 } as const;
    expect(decide(anInput({ claim, memory: { deleted } }))).toMatchObject({ row: 'C4' });
  });

  test.each<[string, MachineOptions]>([
    ['was adopted', { record: { poolId: poolIdOf('ws1a2b3c4d5'), adopted: true } }],
    ['names its instance', { finalizers: goFinalizers, status: { providerID: aNode().spec?.providerID ?? '' } }],
    [
      'names its link',
      { finalizers: goFinalizers, annotations: { 'karpenter.sh/linked': aNode().spec?.providerID ?? '' } },
    ],
  ])('C2, C4: a LIST may be behind for a claim, too, that never asked for its pool and %s', (_which, options) => {
    const adopted = aMachine({ deletingSince: -10, ...options });
    const seen = (proof: 'get404' | 'list'): unknown =>
      decide(anInput({ claim: adopted, pool: { absentSince: -1, proof } }));
    expect(seen('list')).toMatchObject({ row: 'C2', step: { do: 'look' } });
    expect(seen('get404')).toMatchObject({ row: 'C4' });
  });

  test('C2: of a claim without a note of ours, a look from before its creation proves nothing', () => {
    const finalizers = ['karpenter.sh/termination'];
    const young = aMachine({ createdAt: -20, deletingSince: -10, finalizers });
    expect(decide(anInput({ claim: young, termSince: -90, pool: { absentSince: -30 } })).row).toBe('C2');
    expect(decide(anInput({ claim: young, termSince: -90, pool: { absentSince: -15 } })).row).toBe('C4');
  });

  test('C4: a claim of this term that never asked for anything goes without a look at ARM', () => {
    const never = aMachine({ createdAt: -3, deletingSince: -1, finalizers: ['karpenter.sh/termination'] });
    expect(decide(anInput({ claim: never, termSince: -10 }))).toMatchObject({ row: 'C4' });
  });

  test('C5: a pool that is not ours is left alone, and the claim goes', () => {
    const other = aPool(claim, 'settled', {
      tags: { 'gpu-provisioner-uid': 'u', 'gpu-provisioner-kind': 'Machine', 'gpu-provisioner-name': 'x' },
    });
    expect(decide(anInput({ claim, pool: other, nodes: [node], live: true }))).toMatchObject({
      row: 'C5',
      step: { do: 'releaseClaim', nodes: [{ uid: 'node-uid-1' }] },
      events: [{ reason: 'PoolLeftAlone' }],
    });
  });

  test('C2, C5: what an old look showed of another pool may have made room for a pool of ours', () => {
    const earlier = aPool(aMachine({ uid: 'uid-0' }));
    const ours = deleting({ intent: { at: timeAt(-120) }, record: {} });
    const row = (lookedAt: number, termSince: number, live = true): unknown =>
      decide(anInput({ claim: ours, pool: earlier, lookedAt, termSince, live })).row;
    expect(row(-100, -3600)).toBe('C2');
    expect(row(-1, -30)).toBe('C2');
    expect(row(-1, -3600, false)).toBe('C2');
    expect(row(-1, -3600)).toBe('C5');
  });

  test('C6: a pool that may be ours keeps the finalizer and is not written to', () => {
    const pool = aPool(claim, 'settled', { tags: {}, nodeLabels: {} });
    expect(decide(anInput({ claim, pool, live: true }))).toMatchObject({
      row: 'C6',
      step: { do: 'nothing' },
      terminating: [{ status: 'False', reason: 'OwnershipUnproven', message: expect.stringContaining('uid-1') }],
    });
  });

  test('C8: a pool that is being created is deleted at once, after a live look', () => {
    const early = deleting({ record: { poolId: poolIdOf('ws1a2b3c4d5') } });
    const pool = aPool(early, 'creating');
    expect(decide(anInput({ claim: early, pool }))).toMatchObject({ row: 'C8', step: { do: 'look' } });
    expect(decide(anInput({ claim: early, pool, live: true }))).toMatchObject({
      row: 'C8',
      step: { do: 'deletePool', etag: 'etag-1' },
    });
  });

  test('C9: a Node is drained before its pool goes', () => {
    const pool = aPool(claim);
    expect(decide(anInput({ claim, pool, nodes: [node], live: true }))).toMatchObject({
      row: 'C9',
      step: { do: 'drain' },
    });
    const blocked = decide(
      anInput({ claim, pool, nodes: [node], memory: { drain: { at: at(-1), pending: 1, blocked: 'Pod "a/b" ...' } } }),
    );
    expect(blocked).toMatchObject({
      row: 'C9',
      terminating: [{ type: 'Drained', reason: 'DrainBlocked', message: 'Pod "a/b" ...' }, {}],
    });
  });

  test('C9: a Node that is not cordoned yet is drained, whatever was counted before', () => {
    expect(decide(anInput({ claim, pool: aPool(claim), nodes: [node], memory: drained })).row).toBe('C9');
  });

  test.each([
    ['it is drained', { nodes: [aRegisteredNode(claim, { cordoned: true })], memory: drained }, 'True', 'Drained'],
    [
      'its Node has been down for five minutes',
      { nodes: [aRegisteredNode(claim, { ready: 'False', readySince: -300 })] },
      'True',
      'Drained',
    ],
    ['it has no Node', {}, 'True', 'Drained'],
  ])('C10: a pool goes when %s', (_when, input, status, reason) => {
    expect(decide(anInput({ claim, pool: aPool(claim), live: true, ...input }))).toMatchObject({
      row: 'C10',
      step: { do: 'deletePool', ignorePodDisruptionBudget: true },
      terminating: [{ type: 'Drained', status, reason }, { type: 'InstanceTerminating' }],
    });
  });

  test('C10: past the drain deadline the pool goes all the same; 0 waits for ever', () => {
    const late = deleting({ deletingSince: -901 });
    const input = {
      claim: late,
      pool: aPool(late),
      nodes: [node],
      live: true,
      memory: { drain: { at: at(-1), pending: 1, blocked: 'Pod x' } },
    };
    expect(decide(anInput(input))).toMatchObject({
      row: 'C10',
      terminating: [{ status: 'False', reason: 'DrainDeadline' }, {}],
    });
    expect(decide(anInput({ ...input, timings: { drainDeadlineMs: 0 } })).row).toBe('C9');
  });

  test('C10: a look that is older than 15 s is renewed before the DELETE', () => {
    expect(decide(anInput({ claim, pool: aPool(claim), live: true, lookedAt: -16 }))).toMatchObject({
      row: 'C10',
      step: { do: 'look' },
    });
  });

  test('C11: a pool that is being deleted is waited for', () => {
    expect(decide(anInput({ claim, pool: aPool(claim, 'deleting'), nodes: [node] }))).toMatchObject({
      row: 'C11',
      step: { do: 'nothing' },
      terminating: [{ type: 'Drained' }, { type: 'InstanceTerminating', status: 'True' }],
    });
  });

  const broken = aPool(claim, 'failed', { error: { code: 'InternalOperationError', message: 'x' } });
  const accepted = { deleted: { endedAt: at(-40), outcome: 'accepted', preconditions: 0 } } as const;

  test('C12: a deletion that failed is told and tried again after a minute', () => {
    const known = failedOnce(-10, 1);
    expect(decide(anInput({ claim: known, pool: broken, memory: accepted, poolSince: -10 }))).toMatchObject({
      row: 'C12',
      step: { do: 'nothing' },
      events: [{ type: 'Warning' }],
      wakeAfterMs: 50_000,
    });
    expect(decide(anInput({ claim: known, pool: broken, memory: accepted, poolSince: -60, live: true }))).toMatchObject(
      { row: 'C10', step: { do: 'deletePool' } },
    );
  });

  test.each([
    ['nothing of it yet', claim, undefined],
    ['an earlier one', failedOnce(-700, 1), 2],
  ])(
    'C12: the record has %s: its time and number are written first, and told when that is done',
    (_what, one, times) => {
      const memory = { deleted: { ...accepted.deleted, accepted: times } };
      const decision = decide(anInput({ claim: one, pool: broken, memory, poolSince: -10 }));
      expect(decision).toMatchObject({
        row: 'C12',
        step: {
          do: 'remember',
          record: { poolId: recordOf(one)?.poolId, failedDeletion: { at: timeAt(-10), times: times ?? 1 } },
        },
      });
      expect(decision.events ?? []).toEqual([]);
    },
  );

  test.each([
    [1, 60],
    [3, 240],
    [5, 600],
    [40, 600],
  ])('C12: a new leader knows of %i in a row by the record, and waits out the %i s', (times, paceS) => {
    const just = { pool: broken, poolSince: -1, live: true };
    expect(decide(anInput({ claim: failedOnce(1 - paceS, times), ...just }))).toMatchObject({
      row: 'C12',
      step: { do: 'nothing' },
      terminating: [{}, { type: 'InstanceTerminating', status: 'False' }],
      wakeAfterMs: 1000,
    });
    expect(decide(anInput({ claim: failedOnce(-paceS, times), ...just }))).toMatchObject({
      row: 'C10',
      step: { do: 'deletePool' },
    });
  });

  test.each([
    ['from the far future', { at: '9999-01-01T00:00:00.000Z', times: 1 }],
    ['that is no time', { at: 'yesterday', times: 1 }],
    ['that is nothing of the kind', 'yes'],
  ])('C12: nothing waits for a failure %s', (_what, failedDeletion) => {
    expect(decide(anInput({ claim: edited(failedDeletion), pool: broken, live: true })).row).toBe('C10');
  });

  test.each([-3, 0, 1.5, 1e300, '5', null])('C12: a number that nobody can count to (%j) is one', (times) => {
    const input = { claim: edited({ at: timeAt(-30), times }), pool: broken, live: true };
    expect(decide(anInput(input))).toMatchObject({ row: 'C12', wakeAfterMs: 30_000 });
  });

  test('C10, C11: what was recorded of a failure says nothing of a pool that is not failed', () => {
    const known = failedOnce(-1, 1);
    expect(decide(anInput({ claim: known, pool: aPool(known), live: true })).row).toBe('C10');
    expect(decide(anInput({ claim: known, pool: aPool(known, 'deleting') })).row).toBe('C11');
  });
});
