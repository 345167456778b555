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
} from '../../test/support/claim-builders.ts';
import type { InputOptions, MachineOptions } from '../../test/support/claim-builders.ts';
import type { Claim } from '../apis/claim.ts';
import type { Cause } from '../azure/cause.ts';
import { forceReleaseAnnotation } from './annotations.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import type { Gate } from './gate.ts';
import type { DrainProgress, Memory } from './input.ts';

const name = 'ws1a2b3c4d5';
const minute = 60_000;
const launched: MachineOptions = {
  deletingSince: -30,
  intent: {},
  record: { poolId: poolIdOf(name), sentHash: sentHashFor(aMachine()), boundUid: 'node-uid-1' },
};
const claim = aMachine(launched);
const node = aRegisteredNode(claim);
const cordoned = aRegisteredNode(claim, { cordoned: true });
const force = { [forceReleaseAnnotation]: 'true' };

function deciding(options: InputOptions): Decision {
  return decide(anInput({ claim, ...options }));
}

function draining(progress: Omit<DrainProgress, 'at'>): Partial<Memory> {
  return { drain: { at: at(-1), ...progress } };
}

/** Deleted so many seconds ago, with such a terminationGracePeriod. */
function graceful(seconds: number, terminationGracePeriodMs: number): Claim {
  return aMachine({ ...launched, deletingSince: -seconds, spec: { terminationGracePeriodMs } });
}

function closed(by: Extract<Gate, { state: 'closed' }>['by'], forMs = 0): Gate {
  return { state: 'closed', by, forMs, reason: 'ClusterStarting', message: 'The cluster is starting' };
}

function says({ terminating = [] }: Decision, type: string): object | undefined {
  return terminating.find((condition) => condition.type === type);
}

describe('C0', () => {
  const forced = aMachine({ ...launched, annotations: force });

  test.each<[string, InputOptions]>([
    ['that is settled', { pool: aPool(claim) }],
    ['that is unknown', { pool: 'unknown' }],
    ['that may be absent', { pool: { absentSince: -1 }, termSince: -10 }],
    ['that is not provably ours', { pool: aPool(claim, 'settled', { tags: {}, id: 'another' }) }],
    [
      'of a cluster that is stopped, while everything is paused',
      { pool: aPool(claim), gate: closed('clusterStopped') },
    ],
  ])('C0: by its annotation the claim goes, with a pool %s', (_which, options) => {
    const decision = decide(anInput({ ...options, claim: forced, nodes: [node], policies: { paused: true } }));
    expect(decision).toMatchObject({
      row: 'C0',
      step: { do: 'releaseClaim', nodes: [{ name: node.metadata.name }], isForced: true },
      events: [{ type: 'Warning', reason: 'ForceReleased', message: expect.stringContaining(`"${name}"`) }],
    });
  });

  test('C0: the event says which pool is left, of which size and in which state', () => {
    const [event] = decide(anInput({ claim: forced, pool: aPool(claim, 'failed', { state: 'Failed' }) })).events ?? [];
    expect(event?.message).toContain('(Standard_NC24ads_A100_v4, 1 nodes, state Failed)');
  });

  test.each<[string, InputOptions, string]>([
    ['is an orphan', {}, 'it is deleted in 15 min at the soonest; take its gpu-provisioner-* tags off to keep it'],
    ['is an orphan and nobody collects', { policies: { orphans: 'report' } }, 'nobody deletes it'],
    ['is an orphan and is only reported', { policies: { reportOnly: true } }, 'nobody deletes it'],
    ['is of another claim', { pool: aPool(aMachine({ uid: 'x', name: 'other' }), 'settled', { name }) }, 'and stays'],
    ['has no tags of ours', { pool: aPool(claim, 'settled', { tags: {} }) }, 'nobody deletes it'],
    ['is not known', { pool: 'unknown' }, 'if it has our tags, it is deleted in 15 min at the soonest'],
  ])('C0: the event says what becomes of the pool that %s', (_which, options, text) => {
    const [event] = decide(anInput({ pool: aPool(claim), ...options, claim: forced })).events ?? [];
    expect(event?.message).toContain(text);
  });

  test('C0: a Node of another claim is not touched', () => {
    const others = [aNode({ name: 'a', uid: 'a', owner: 'another-claim' }), aNode({ name: 'c', uid: 'c' })];
    const { step } = decide(anInput({ claim: forced, pool: aPool(claim), nodes: others }));
    expect(step).toMatchObject({ do: 'releaseClaim', nodes: [{ name: 'c' }] });
  });

  test('C0: any other value, or a claim that nobody deleted, changes nothing', () => {
    const no = aMachine({ ...launched, annotations: { [forceReleaseAnnotation]: 'yes' } });
    expect(decide(anInput({ claim: no, pool: aPool(claim), nodes: [node] })).row).toBe('C9');
    const { deletingSince: _deleting, ...rest } = launched;
    const live = aMachine({ ...rest, annotations: force });
    expect(decide(anInput({ claim: live, pool: aPool(claim), nodes: [node] })).step.do).not.toBe('releaseClaim');
  });
});

describe('C1', () => {
  const cause: Cause = {
    reason: 'AzureError',
    kind: 'retry',
    headline: 'Azure does not answer',
    detail: '503',
    capacity: false,
    retry: { minMs: 10_000, maxMs: 60_000 },
    leavesPool: false,
  };
  const lookFailed = { at: at(0), cause, times: 1 };

  test('C1: while Azure does not answer, the claim’s own Nodes are drained', () => {
    const memory = { lookFailed };
    const surge = aNode({ name: 'surge', uid: 'surge' });
    const decision = deciding({ pool: 'unknown', nodes: [node, surge], memory });
    expect(decision).toMatchObject({ row: 'C1', step: { do: 'drain', nodes: [{ name: node.metadata.name }] } });
    expect(says(decision, 'Drained')).toMatchObject({ status: 'Unknown', reason: 'Draining' });
    expect(says(decision, 'InstanceTerminating')).toMatchObject({ status: 'Unknown', reason: 'AwaitingAzure' });
    expect(decision.wakeAfterMs).toBe(1000);
  });

  test('C1: drained, it waits for Azure', () => {
    const memory = { lookFailed, ...draining({ pending: 0 }) };
    expect(deciding({ pool: 'unknown', nodes: [cordoned], memory })).toMatchObject({
      row: 'C1',
      step: { do: 'nothing' },
      terminating: [{ type: 'Drained', status: 'True' }, { type: 'InstanceTerminating' }],
      wakeAfterMs: 10_000,
    });
  });
});

describe('C2, C3', () => {
  test('K17-NT19 C2: a Ready Node stays while its pool’s absence is no proof yet', () => {
    const decision = deciding({ pool: { absentSince: -1, proof: 'get404' }, termSince: -10, nodes: [node] });
    expect(decision).toMatchObject({ row: 'C2', step: { do: 'nothing' } });
  });

  test('K29-NT12 K17-NT18 C3: Nodes of a pool that is gone for certain go, drained or not', () => {
    const decision = deciding({
      pool: { absentSince: -1, proof: 'get404' },
      nodes: [node],
      memory: draining({ pending: 3 }),
    });
    expect(decision).toMatchObject({ row: 'C3', step: { do: 'releaseNodes', remove: true } });
  });

  test('K29-MT02 K17-CT07 C3: all Nodes of the pool go, of however many', () => {
    const nodes = ['a', 'b', 'c'].map((uid) => aRegisteredNode(claim, { name: uid, uid }));
    const { step } = deciding({ pool: { absentSince: -1, proof: 'get404' }, nodes });
    expect(step).toMatchObject({ do: 'releaseNodes', nodes: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] });
  });

  test('K29-MT04 K17-CT08 C3: a Node that somebody else’s finalizer holds keeps the claim', () => {
    const held = aNode({ finalizers: ['example.com/held'], deletingSince: -5 });
    const decision = deciding({ pool: { absentSince: -1, proof: 'get404' }, nodes: [held] });
    expect(decision).toMatchObject({ row: 'C3', step: { do: 'nothing' }, wakeAfterMs: 1000 });
  });

  test('K29-MT03 C3: the Node goes although the claim does not name its providerID yet', () => {
    const linked = aMachine({
      deletingSince: -30,
      intent: {},
      record: { poolId: poolIdOf(name) },
      annotations: { 'karpenter.sh/linked': 'x' },
    });
    const pool = { absentSince: -1, proof: 'get404' } as const;
    expect(decide(anInput({ claim: linked, pool, nodes: [aNode()] }))).toMatchObject({ row: 'C3' });
  });

  test('C3: a Node that has just joined, and has no providerID yet, goes with its pool', () => {
    const pool = { absentSince: -1, proof: 'get404' } as const;
    const decision = deciding({ pool, nodes: [aNode({ providerId: null })] });
    expect(decision).toMatchObject({ row: 'C3', step: { do: 'releaseNodes', nodes: [{}] } });
  });

  test('K29-MT05 K29-MT06 K17-CT09 K17-CT10 C4: of a claim that was never launched nothing is asked of Azure, and no Node without an instance is touched', () => {
    const never = aMachine({ deletingSince: -5, createdAt: -60, finalizers: ['karpenter.sh/termination'] });
    const nodes = [aNode({ providerId: null })];
    expect(decide(anInput({ claim: never, nodes, termSince: -90 }))).toMatchObject({
      row: 'C4',
      step: { do: 'releaseClaim', nodes: [] },
    });
  });
});

describe('C6', () => {
  test('C6: what decides is named in the first 200 bytes', () => {
    const [condition] =
      deciding({ pool: aPool(claim, 'settled', { tags: {}, vmSize: 'Standard_D2s_v5' }) }).terminating ?? [];
    expect(condition).toMatchObject({ type: 'InstanceTerminating', status: 'False', reason: 'OwnershipUnproven' });
    expect(condition?.message?.slice(0, 200)).toContain(`${forceReleaseAnnotation}: "true"`);
  });

  test('C6: the tags that it names prove the pool, as they are', () => {
    const pool = aPool(claim, 'settled', { tags: {}, vmSize: 'Standard_D2s_v5' });
    const [condition] = deciding({ pool }).terminating ?? [];
    const pairs = [...(condition?.message ?? '').matchAll(/(gpu-provisioner-[a-z]+)=([^\s,]+)/gu)];
    const tags = Object.fromEntries(pairs.map(([, tag = '', value = '']) => [tag, value]));
    expect(deciding({ pool: { ...pool, tags } }).row).not.toBe('C6');
    for (const tag of Object.keys(tags)) {
      const { [tag]: _without, ...fewer } = tags;
      expect(deciding({ pool: { ...pool, tags: fewer } }).row).toBe('C6');
    }
  });
});

describe('C7', () => {
  const gate = closed('clusterStopped');

  test.each<[string, InputOptions]>([
    ['before anything is drained', { pool: aPool(claim), nodes: [node] }],
    ['of a drained Node', { pool: aPool(claim), nodes: [cordoned], memory: draining({ pending: 0 }), live: true }],
    ['whose creation is under way', { pool: aPool(claim, 'creating'), live: true }],
    ['that failed', { pool: aPool(claim, 'failed'), live: true }],
  ])('C7: while the cluster stops or starts no pool is deleted: %s', (_which, options) => {
    const decision = deciding({ ...options, gate });
    expect(decision).toMatchObject({ row: 'C7', step: { do: 'nothing' } });
    expect(says(decision, 'InstanceTerminating')).toMatchObject({
      status: 'Unknown',
      reason: 'WaitingForCluster',
      message: 'The cluster is starting',
    });
  });

  test('C7: after an hour it is tried', () => {
    const options = { pool: aPool(claim), live: true, nodes: [cordoned], memory: draining({ pending: 0 }) };
    const nearly = deciding({ ...options, gate: closed('clusterStopped', 60 * minute - 1000) });
    expect(nearly).toMatchObject({ row: 'C7', wakeAfterMs: 1000 });
    const decision = deciding({ ...options, gate: closed('clusterStopped', 60 * minute) });
    expect(decision).toMatchObject({ row: 'C10', step: { do: 'deletePool' } });
  });

  test('C7: what Azure is deleting already is waited for as ever (C11), and what is gone lets the claim go (C4)', () => {
    expect(deciding({ pool: aPool(claim, 'deleting'), gate }).row).toBe('C11');
    expect(deciding({ pool: { absentSince: -1, proof: 'get404' }, gate }).row).toBe('C4');
  });

  test('C7: while Azure does not answer the Node is drained, and the DELETE waits', () => {
    const unknown = closed('azureUnknown');
    expect(deciding({ pool: aPool(claim), nodes: [node], gate: unknown }).row).toBe('C9');
    const drained = { nodes: [cordoned], memory: draining({ pending: 0 }), live: true };
    const decision = deciding({ pool: aPool(claim), ...drained, gate: unknown });
    expect(decision).toMatchObject({ row: 'C7', step: { do: 'nothing' } });
    expect(says(decision, 'Drained')).toMatchObject({ status: 'True' });
  });

  test.each<[string, Gate]>([
    ['is upgraded', closed('clusterBusy')],
    ['failed', closed('clusterFailed')],
    ['has many Nodes down', closed('nodesDown')],
    ['cannot be read', closed('clusterUnreadable')],
    ['may be another one', closed('anotherCluster')],
    ['has just been met', { state: 'settling', reason: 'ClusterSettling', message: '' }],
  ])('C10: a person’s deletion goes on while the cluster %s', (_what, state) => {
    expect(deciding({ pool: aPool(claim), live: true, gate: state })).toMatchObject({
      row: 'C10',
      step: { do: 'deletePool' },
    });
  });
});

describe('C8', () => {
  test('K17-CT14 C8: a pool that has no registered Node is deleted without touching a Node', () => {
    const early = aMachine({ deletingSince: -5, intent: {}, record: { poolId: poolIdOf(name) } });
    const decision = decide(anInput({ claim: early, pool: aPool(early, 'creating'), live: true, nodes: [aNode()] }));
    expect(decision).toMatchObject({ row: 'C8', step: { do: 'deletePool' } });
  });
});

describe('C9', () => {
  const pool = aPool(claim);

  test('C9: every Node of the pool is cordoned, and those that have been down for five minutes are not drained', () => {
    const surge = aNode({ name: 'surge', uid: 'surge' });
    const dead = aRegisteredNode(claim, { name: 'dead', uid: 'dead', ready: 'Unknown', readySince: -301 });
    const down = aRegisteredNode(claim, { name: 'down', uid: 'down', ready: 'False', readySince: -299 });
    const { row, step } = deciding({ pool, nodes: [node, surge, dead, down] });
    expect(row).toBe('C9');
    expect(step).toMatchObject({
      do: 'drain',
      kind: 'Machine',
      nodes: [{}, { name: 'surge' }, { name: 'dead' }, { name: 'down' }],
      alive: [{}, { name: 'surge' }, { name: 'down' }],
    });
  });

  test('C9: what blocks is a condition and an event that name it', () => {
    const blocked = 'Pod "ns/model" may not be evicted now: The disruption budget keep-one needs 1 healthy pods';
    const decision = deciding({ pool, nodes: [cordoned], memory: draining({ pending: 2, blocked }) });
    expect(says(decision, 'Drained')).toMatchObject({ status: 'Unknown', reason: 'DrainBlocked', message: blocked });
    expect(decision.events).toEqual([{ type: 'Warning', reason: 'DrainBlocked', message: blocked }]);
  });

  test('K17-NT25 C9: volumes are waited for and named, three of them at most', () => {
    const volumes = ['csi-1', 'csi-2', 'csi-3', 'csi-4', 'csi-5'];
    const decision = deciding({ pool, nodes: [cordoned], memory: draining({ pending: 5, volumes }) });
    expect(decision).toMatchObject({ row: 'C9', step: { do: 'drain' } });
    expect(says(decision, 'Drained')).toMatchObject({
      status: 'Unknown',
      reason: 'AwaitingVolumeDetachment',
      message: expect.stringContaining('csi-1, csi-2, csi-3 and 2 more'),
    });
  });

  test('C9: asks each second for a minute, then each five', () => {
    expect(deciding({ pool, nodes: [node] }).wakeAfterMs).toBe(1000);
    const slow = aMachine({ ...launched, deletingSince: -61 });
    expect(decide(anInput({ claim: slow, pool, nodes: [node] })).wakeAfterMs).toBe(5000);
  });

  const graced = aMachine({ ...launched, spec: { terminationGracePeriodMs: 60_000 } });

  test('C9: a promised end is told of once, with its time', () => {
    const { events, step } = decide(anInput({ claim: graced, pool, nodes: [node] }));
    expect(events).toEqual([
      {
        type: 'Warning',
        reason: 'TerminationGracePeriodExpiring',
        message: expect.stringContaining('2026-03-01T12:00:30.000Z'),
        once: true,
      },
      { type: 'Normal', reason: 'Draining', message: expect.stringContaining(`"${node.metadata.name}"`), once: true },
    ]);
    expect(step).toMatchObject({ do: 'drain', end: { isPromised: true } });
  });

  test('C10: terminationGracePeriod ends a drain before --drain-timeout does, and after it where it is longer', () => {
    const over = decide(anInput({ claim: graceful(60, 60_000), pool, nodes: [cordoned], live: true }));
    expect(over).toMatchObject({ row: 'C10', step: { do: 'deletePool', ignorePodDisruptionBudget: true } });
    expect(says(over, 'Drained')).toMatchObject({
      status: 'False',
      reason: 'DrainDeadline',
      message: expect.stringContaining('terminationGracePeriod'),
    });
    expect(decide(anInput({ claim: graceful(1200, 30 * minute), pool, nodes: [node] })).row).toBe('C9');
  });

  test('K17-NT27 C10: volumes are waited for until the promised end, and then named', () => {
    const memory = draining({ pending: 1, volumes: ['csi-1'] });
    expect(decide(anInput({ claim: graceful(59, 60_000), pool, nodes: [cordoned], memory })).row).toBe('C9');
    const over = decide(anInput({ claim: graceful(60, 60_000), pool, nodes: [cordoned], memory }));
    expect(over.row).toBe('C10');
    expect(says(over, 'Drained')).toMatchObject({ status: 'False', message: expect.stringContaining('csi-1') });
  });
});
