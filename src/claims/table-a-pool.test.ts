import { describe, expect, test } from 'vitest';
import { aMachine, aNode, anInput, aPool, at, poolIdOf, sentHashFor } from '../../test/support/claim-builders.ts';
import { spoken, launched } from '../../test/support/claim-days.ts';
import { decide } from './decide.ts';

describe('table A with a pool', () => {
  test('A6: a pool that is being created is waited for, past the deadline with an event and no write', () => {
    const claim = launched();
    const pool = aPool(claim, 'creating');
    expect(decide(anInput({ claim, pool }))).toMatchObject({
      row: 'A6',
      step: { do: 'nothing' },
      face: { face: 'waiting', reason: 'Creating' },
    });
    const late = decide(anInput({ claim, pool, poolSince: -1801 }));
    expect(late).toMatchObject({ row: 'A6', step: { do: 'nothing' }, events: [{ reason: 'CreateDeadlineExceeded' }] });
  });

  test('A7: a settled pool without a Node is joining, past the deadline with an event and no write', () => {
    const claim = launched();
    const pool = aPool(claim);
    expect(decide(anInput({ claim, pool }))).toMatchObject({
      row: 'A7',
      step: { do: 'nothing' },
      face: { face: 'joining', reason: 'NodeNotFound' },
      wakeAfterMs: 1_170_000,
    });
    const memory = { machines: { startedAt: at(-1), machines: ['aks-ws1a2b3c4d5-12345678-vmss000000'] } };
    expect(decide(anInput({ claim, pool, poolSince: -1201, memory }))).toMatchObject({
      row: 'A7',
      step: { do: 'nothing' },
      events: [{ reason: 'NodeNotJoining' }],
    });
  });

  test.each(['creating', 'settled', 'busy'] as const)(
    'A8: a Node of a %s pool is registered, Ready or not',
    (phase) => {
      const claim = launched();
      const decision = decide(anInput({ claim, pool: aPool(claim, phase), nodes: [aNode({ ready: 'False' })] }));
      expect(decision).toMatchObject({
        row: 'A8',
        step: { do: 'register', record: { boundUid: 'node-uid-1', poolId: poolIdOf('ws1a2b3c4d5') } },
        face: { face: 'initializing', reason: 'NodeNotReady' },
      });
    },
  );

  test('A8: of a failed pool only a Ready Node is registered', () => {
    const claim = launched();
    const pool = aPool(claim, 'failed');
    expect(decide(anInput({ claim, pool, nodes: [aNode()] })).row).toBe('A8');
    expect(decide(anInput({ claim, pool, nodes: [aNode({ ready: 'Unknown' })] })).row).toBe('A9');
  });

  test.each([
    ['is older than the intent', { createdAt: -121 }],
    ['is being deleted', { deletingSince: -1 }],
    ['belongs to another claim', { owner: 'uid-2' }],
    ['has no providerID', { providerId: null }],
  ])("A8: a Node that %s is not this claim's", (_why, node) => {
    const claim = launched();
    expect(decide(anInput({ claim, pool: aPool(claim), nodes: [aNode(node)] })).row).toBe('A7');
  });

  test('A9: a failed pool is left alone while a late Node may still come', () => {
    const claim = launched();
    const pool = aPool(claim, 'failed', { error: { code: 'AllocationFailed', message: 'no capacity' } });
    expect(decide(anInput({ claim, pool, poolSince: -179 }))).toMatchObject({
      row: 'A9',
      step: { do: 'nothing' },
      face: { face: 'refused', message: 'all requested instance types were unavailable during launch' },
      wakeAfterMs: 1000,
    });
    const node = aNode({ ready: 'False' });
    expect(decide(anInput({ claim, pool, poolSince: -600, nodes: [node] })).row).toBe('A9');
  });

  test('A10: a failed pool is looked at, then deleted by its version; the next PUT waits', () => {
    const claim = launched();
    const pool = aPool(claim, 'failed', { error: { code: 'AllocationFailed', message: 'no capacity' } });
    expect(decide(anInput({ claim, pool, poolSince: -180 }))).toMatchObject({ row: 'A10', step: { do: 'look' } });
    expect(decide(anInput({ claim, pool, poolSince: -180, live: true }))).toMatchObject({
      row: 'A10',
      step: {
        do: 'deletePool',
        etag: 'etag-1',
        unlessNodeReady: true,
        answer: { reason: 'InsufficientCapacity', face: 'refused', attempt: 1 },
      },
    });
    const old = decide(anInput({ claim, pool, poolSince: -180, live: true, lookedAt: -16 }));
    expect(old.step.do).toBe('look');
  });

  test('A12: a pool that is being deleted is waited for, whoever owns it', () => {
    const pool = aPool(spoken, 'deleting', { tags: {} });
    expect(decide(anInput({ claim: spoken, pool }))).toMatchObject({
      row: 'A12',
      step: { do: 'nothing' },
      face: { face: 'waiting', reason: 'PoolDeleting' },
    });
  });

  test('A13: the pool of an earlier claim of this name is a conflict, untouched', () => {
    const pool = aPool(aMachine({ uid: 'uid-0' }));
    expect(decide(anInput({ claim: spoken, pool }))).toMatchObject({
      row: 'A13',
      step: { do: 'nothing' },
      face: { face: 'refused', reason: 'NameConflict', message: expect.stringContaining('wait until it is collected') },
    });
  });

  test('A13: of a pool that this claim was given and somebody re-tagged, nobody promises that it is collected', () => {
    const claim = launched();
    const { face } = decide(anInput({ claim, pool: aPool(aMachine({ uid: 'uid-0' })) }));
    expect(face).toMatchObject({ reason: 'NameConflict', message: expect.stringMatching(/delete the pool, or set/u) });
  });

  test("A13: a person's annotation makes it this claim's, and the record says so for good", () => {
    const pool = aPool(aMachine({ uid: 'uid-0' }));
    const ordered = aMachine({
      finalizers: ['karpenter.sh/termination'],
      annotations: { 'gpu-provisioner.io/adopt': 'true' },
    });
    expect(decide(anInput({ claim: ordered, pool }))).toMatchObject({
      row: 'Adopt',
      step: { do: 'adopt', record: { adopted: true, poolId: pool.id } },
      events: [{ reason: 'Adopted', message: expect.stringContaining('earlier Machine') }],
    });
    const adopted = aMachine({ record: { poolId: pool.id, adopted: true, sentHash: sentHashFor(spoken) } });
    expect(decide(anInput({ claim: adopted, pool, nodes: [aNode()] }))).toMatchObject({
      row: 'A8',
      step: { do: 'register', record: { adopted: true } },
      events: [],
    });
    const small = aPool(aMachine({ uid: 'uid-0', vmSize: 'Standard_NC6s_v3' }));
    expect(decide(anInput({ claim: ordered, pool: small }))).toMatchObject({
      row: 'A13',
      step: { do: 'nothing' },
      face: { message: expect.stringContaining('Standard_NC6s_v3') },
    });
  });

  test.each([
    ['without tags', { tags: {} }],
    [
      'of another claim',
      { tags: { 'gpu-provisioner-kind': 'Machine', 'gpu-provisioner-name': 'x', 'gpu-provisioner-uid': 'y' } },
    ],
    ['in System mode', { mode: 'System' }],
  ])('A14: a pool %s is a conflict, untouched', (_what, changes) => {
    const pool = aPool(spoken, 'settled', changes);
    expect(decide(anInput({ claim: spoken, pool, live: true }))).toMatchObject({
      row: 'A14',
      step: { do: 'nothing' },
      face: { face: 'refused', reason: 'NameConflict' },
    });
  });

  test("A15, A16, A17: a pool at 0, stopped or busy is a person's will", () => {
    const claim = launched();
    const seen = (changes: Parameters<typeof aPool>[2], phase: Parameters<typeof aPool>[1] = 'settled'): unknown =>
      decide(anInput({ claim, pool: aPool(claim, phase, changes), poolSince: -100_000 }));
    expect(seen({ count: 0 })).toMatchObject({
      row: 'A15',
      step: { do: 'nothing' },
      face: { reason: 'PoolScaledToZero' },
    });
    expect(seen({ power: 'stopped' })).toMatchObject({
      row: 'A16',
      step: { do: 'nothing' },
      face: { reason: 'PoolStopped' },
    });
    expect(seen({}, 'busy')).toMatchObject({ row: 'A17', step: { do: 'nothing' }, face: { reason: 'PoolBusy' } });
  });

  test('a pool of the Go provisioner for this very claim is adopted without a write to ARM', () => {
    const claim = aMachine({
      finalizers: ['karpenter.sh/termination'],
      annotations: { 'karpenter.sh/linked': aNode().spec?.providerID ?? '' },
    });
    const pool = aPool(claim, 'settled', { tags: {} });
    expect(decide(anInput({ claim, pool }))).toMatchObject({
      row: 'Adopt',
      step: { do: 'adopt', record: { poolId: pool.id } },
      events: [{ reason: 'Adopted' }],
    });
    const stranger = aPool(claim, 'settled', {
      tags: {},
      nodeLabels: { ...pool.nodeLabels, 'kaito.sh/workspace': 'other' },
    });
    expect(decide(anInput({ claim, pool: stranger })).row).toBe('A14');
  });

  test('A8: an adopted pool may have a Node that is older than our own intent, and never had our tags', () => {
    const provider = { 'karpenter.sh/linked': aNode().spec?.providerID ?? '' };
    // The PUT met the pool of the Go provisioner: the intent is younger than the Node.
    const options = { intent: {}, finalizers: ['karpenter.sh/termination'], annotations: provider };
    const pool = aPool(aMachine(options), 'settled', { tags: {} });
    const { step } = decide(anInput({ claim: aMachine(options), pool }));
    if (step.do !== 'adopt') throw new TypeError(`Nothing was adopted: ${step.do}`);
    const adopted = aMachine({ ...options, record: step.record });
    expect(decide(anInput({ claim: adopted, pool, nodes: [aNode({ createdAt: -3600 })] }))).toMatchObject({
      row: 'A8',
      step: { do: 'register' },
      events: [],
    });
  });

  test('lost tags with our record are still ours, with an event; with other labels they are not', () => {
    const record = { poolId: poolIdOf('ws1a2b3c4d5'), sentHash: sentHashFor(spoken) };
    const claim = launched({ record });
    expect(decide(anInput({ claim, pool: aPool(claim, 'settled', { tags: {} }) }))).toMatchObject({
      row: 'A7',
      events: [{ reason: 'OwnershipTagsLost' }],
    });
    expect(decide(anInput({ claim, pool: aPool(claim, 'settled', { tags: {}, nodeLabels: {} }) })).row).toBe('A14');
  });
});
