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
import type { Claim } from '../apis/claim.ts';
import { causeOf } from '../azure/causes.ts';
import { decide } from './decide.ts';
import type { Memory } from './input.ts';

const fresh = aMachine({ createdAt: -2, status: { conditions: [] } });
const spoken = aMachine({ createdAt: -2 });

/** Its PUT was accepted a minute ago. */
function launched(options: Parameters<typeof aMachine>[0] = {}): Claim {
  return aMachine({ intent: {}, record: { poolId: poolIdOf('ws1a2b3c4d5') }, ...options });
}

/** Its process died `ago` seconds ago, with the intent written and no answer known. */
function intended(ago: number): Claim {
  return aMachine({ intent: { attempt: 2, at: timeAt(-ago) }, record: {} });
}

function registered(options: Parameters<typeof aMachine>[0] = {}): Claim {
  return launched({
    intent: { at: timeAt(-7200) },
    record: {
      poolId: poolIdOf('ws1a2b3c4d5'),
      boundUid: 'node-uid-1',
      boundNode: 'aks-ws1a2b3c4d5-12345678-vmss000000',
    },
    ...options,
  });
}

/** The uid of the Node that is bound. */
function chosen(claim: Claim, nodes: readonly ReturnType<typeof aNode>[]): string | undefined {
  const { step } = decide(anInput({ claim, pool: aPool(claim), nodes }));
  return step.do === 'register' ? step.node.uid : undefined;
}

/** Made and asked for within seconds, and deleted. */
function asked(createdAt: number): Claim {
  return deleting({ createdAt, intent: { at: timeAt(-9) }, record: { poolId: poolIdOf('ws1a2b3c4d5') } });
}

const aMachineIsThere = { machines: { startedAt: at(-1), machines: ['a-machine'] } };
const unfit = (forMs: number): Partial<Memory> => ({ unfit: { forMs, at: at(0), runs: true, isGone: false } });

function deleting(options: Parameters<typeof aMachine>[0] = {}): Claim {
  return registered({ deletingSince: -10, ...options });
}

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

describe('table A', () => {
  test('A1: an unknown pool is waited for, and looked at by name after 30 s', () => {
    const input = { claim: spoken, pool: 'unknown' } as const;
    expect(decide(anInput({ ...input, memory: { firstSeen: at(-29) } }))).toMatchObject({
      row: 'A1',
      step: { do: 'nothing' },
      face: { face: 'waiting', reason: 'AwaitingAzure' },
      wakeAfterMs: 1000,
    });
    expect(decide(anInput({ ...input, memory: { firstSeen: at(-30) } })).step).toEqual({ do: 'look' });
  });

  test('A1: a look that failed is shown with its cause and repeated at the pace of the cause', () => {
    const cause = causeOf(new Error('boom'));
    const decision = decide(
      anInput({
        claim: spoken,
        pool: 'unknown',
        memory: { firstSeen: at(-60), lookFailed: { at: at(-1), cause, times: 1 } },
      }),
    );
    expect(decision).toMatchObject({ row: 'A1', step: { do: 'nothing' }, wakeAfterMs: cause.retry.minMs - 1000 });
    expect(decision.face).toMatchObject({ message: expect.stringContaining('boom') });
  });

  test('A3: after a PUT without an answer it looks at 5 and 15 s and PUTs no earlier than at 20 s', () => {
    const claim = aMachine({ intent: { attempt: 1, at: timeAt(-40) }, record: {} });
    const unanswered = (ago: number, lookedAt: number): ReturnType<typeof decide> =>
      decide(
        anInput({
          claim,
          pool: { absentSince: lookedAt },
          memory: { put: { attempt: 1, endedAt: at(-ago), outcome: 'unknown' } },
        }),
      );
    expect(unanswered(4, -30)).toMatchObject({ row: 'A3', step: { do: 'nothing' }, wakeAfterMs: 1000 });
    expect(unanswered(5, -30)).toMatchObject({ row: 'A3', step: { do: 'look' } });
    expect(unanswered(6, -1)).toMatchObject({ row: 'A3', step: { do: 'nothing' }, wakeAfterMs: 9000 });
    expect(unanswered(15, -10)).toMatchObject({ row: 'A3', step: { do: 'look' } });
    expect(unanswered(20, -4)).toMatchObject({ row: 'A5', step: { do: 'create', intent: { attempt: 1 } } });
  });

  test('A3: a process that comes late looks before its second PUT, and PUTs on nothing older', () => {
    const claim = aMachine({ intent: { attempt: 1, at: timeAt(-90) }, record: {} });
    const late = (lookedAt: number, memory = {}): ReturnType<typeof decide> =>
      decide(
        anInput({
          claim,
          pool: { absentSince: lookedAt },
          memory: { put: { attempt: 1, endedAt: at(-60), outcome: 'unknown' }, ...memory },
        }),
      );
    expect(late(-50)).toMatchObject({ row: 'A3', step: { do: 'look' } });
    expect(late(-44)).toMatchObject({ row: 'A5', step: { do: 'create' } });
    const cause = causeOf(new Error('boom'));
    const failed = late(-50, { lookFailed: { at: at(-1), cause, times: 1 } });
    expect(failed).toMatchObject({ row: 'A3', step: { do: 'nothing' } });
    expect(failed.wakeAfterMs).toBeGreaterThan(0);
  });

  test('A3: a restart after the intent looks first, then PUTs the same attempt', () => {
    expect(decide(anInput({ claim: intended(6), pool: { absentSince: -5 } }))).toMatchObject({
      row: 'A3',
      step: { do: 'look' },
    });
    expect(decide(anInput({ claim: intended(21), pool: { absentSince: -1 } }))).toMatchObject({
      row: 'A5',
      step: { do: 'create', intent: { attempt: 2 } },
    });
  });

  const refusal = {
    attempt: 1,
    face: 'refused',
    reason: 'QuotaExceeded',
    message: 'no quota',
    retryAt: timeAt(60),
    times: 1,
  } as const;

  test('A4: the backoff of a refusal is kept, also by a process that has just started', () => {
    const claim = aMachine({ intent: { attempt: 1 }, record: { lastAnswer: refusal } });
    expect(decide(anInput({ claim }))).toMatchObject({
      row: 'A4',
      step: { do: 'nothing' },
      face: { face: 'refused', reason: 'QuotaExceeded', message: 'no quota' },
      wakeAfterMs: 60_000,
    });
  });

  test('A4: an edited spec does not wait for the backoff of the old one', () => {
    const claim = aMachine({ intent: { attempt: 1 }, record: { lastAnswer: refusal, specHash: 'of-another-spec' } });
    expect(decide(anInput({ claim }))).toMatchObject({ row: 'A5', step: { do: 'create', intent: { attempt: 2 } } });
  });

  test('A5: an absent pool is asked for, with intent and record', () => {
    expect(decide(anInput({ claim: spoken }))).toMatchObject({
      row: 'A5',
      step: {
        do: 'create',
        intent: { pool: 'ws1a2b3c4d5', attempt: 1, size: 'Standard_NC24ads_A100_v4' },
        record: { pool: 'ws1a2b3c4d5', sentHash: sentHashFor(spoken) },
        body: { count: 1, mode: 'User', tags: { 'gpu-provisioner-uid': 'uid-1' } },
      },
      face: { face: 'waiting', reason: 'Creating' },
    });
  });

  test('A5: the next PUT after a refusal is a new attempt', () => {
    const claim = aMachine({
      intent: { attempt: 3 },
      record: { lastAnswer: { ...refusal, attempt: 3, retryAt: timeAt(-1) } },
    });
    expect(decide(anInput({ claim }))).toMatchObject({ row: 'A5', step: { do: 'create', intent: { attempt: 4 } } });
  });

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
      face: { face: 'refused', reason: 'NameConflict', message: expect.stringContaining('earlier') },
    });
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
      face: { face: 'replacing' },
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

describe('table C', () => {
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

  test('C12: a deletion that failed is told and tried again after a minute', () => {
    const pool = aPool(claim, 'failed', { error: { code: 'InternalOperationError', message: 'x' } });
    const memory = { deleted: { endedAt: at(-40), outcome: 'accepted', preconditions: 0 } } as const;
    expect(decide(anInput({ claim, pool, memory, poolSince: -10 }))).toMatchObject({
      row: 'C12',
      step: { do: 'nothing' },
      wakeAfterMs: 50_000,
    });
    expect(decide(anInput({ claim, pool, memory, poolSince: -60, live: true }))).toMatchObject({
      row: 'C10',
      step: { do: 'deletePool' },
    });
  });
});
