import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  aMachine,
  anInput,
  aPool,
  aRegisteredNode,
  at,
  noon,
  poolIdOf,
  sentHashFor,
} from '../../test/support/claim-builders.ts';
import type { InputOptions, NodeOptions } from '../../test/support/claim-builders.ts';
import { pauseAnnotation } from './annotations.ts';
import type { Gate } from './gate.ts';
import { decideNode } from './node-decision.ts';
import type { NodeDecision, NodeInput, NodeMemory } from './node-decision.ts';
import { viewOfNode } from './node-view.ts';
import type { NodeView } from './node-view.ts';
import type { Policies } from './policies.ts';
import type { Restrained } from './restraint.ts';

const name = 'ws1a2b3c4d5';
const record = { poolId: poolIdOf(name), sentHash: sentHashFor(aMachine()), boundUid: 'node-uid-1' };
const claim = aMachine({ intent: { at: '2026-03-01T10:00:00.000Z' }, record });
const pool = aPool(claim);
const why = { reason: 'Any', message: 'the cluster is at something' };

interface Options {
  readonly claim?: InputOptions['claim'];
  readonly pool?: InputOptions['pool'];
  readonly node?: NodeOptions;
  readonly others?: readonly NodeOptions[];
  readonly gate?: Gate;
  readonly policies?: Partial<Policies>;
  readonly timings?: InputOptions['timings'];
  readonly restrained?: Restrained;
  readonly memory?: Partial<NodeMemory>;
  readonly deletedAt?: number;
}

/** A healthy Node whose deletion was seen two seconds ago; its pool was looked at since, and no platform spoke of it. */
function deciding(options: Options = {}): NodeDecision {
  return decideNode(inputOf(options));
}

function inputOf(options: Options): NodeInput {
  const { claim: owner = claim, others = [], deletedAt = -2, restrained } = options;
  const deleted = aRegisteredNode(owner, { createdAt: -7200, deletingSince: deletedAt, ...options.node });
  const rest = others.map((other) => aRegisteredNode(owner, { name: 'other', uid: 'other', ...other }));
  const input = anInput({
    claim: owner,
    pool: options.pool ?? pool,
    nodes: [deleted, ...rest],
    ...(options.gate === undefined ? {} : { gate: options.gate }),
    ...(options.policies === undefined ? {} : { policies: options.policies }),
    ...(options.timings === undefined ? {} : { timings: options.timings }),
  });
  return {
    now: at(0),
    node: viewOfNode(deleted, owner.spec),
    deletedAtMs: noon + deletedAt * 1000,
    owner: { is: 'claim', claim: owner },
    memory: { seenAt: at(-2), lookedAt: at(-1), platformSpoke: false, ...options.memory },
    claim: { ...input, restrained },
  };
}

const wished = { memory: { wished: at(-10) } };
const release = { do: 'release' };

describe('D1, D2', () => {
  test('D1: with its claim the Node waits for the end of the pool', () => {
    expect(deciding({ claim: aMachine({ intent: {}, record, deletingSince: -5 }) })).toMatchObject({
      row: 'D1',
      step: { do: 'nothing' },
      wakeAfterMs: 60_000,
    });
  });

  test('D2: a claim that only another finalizer keeps waits for its Node, so the Node does not wait for it', () => {
    const finalizers = ['foregroundDeletion'];
    const letGo = aMachine({ intent: {}, record, deletingSince: -5, finalizers });
    expect(deciding({ claim: letGo })).toMatchObject({ row: 'D2', step: { do: 'release', owner: letGo.uid } });
    const live = aMachine({ intent: {}, record, finalizers });
    expect(deciding({ claim: live }).row).not.toBe('D2');
  });

  test('K17-NT02 D2: without a claim it goes at once, with its owner reference', () => {
    const input = { ...inputOf({}), owner: { is: 'gone', uid: 'uid-gone' }, claim: undefined } as const;
    expect(decideNode(input)).toMatchObject({ row: 'D2', step: { do: 'release', owner: 'uid-gone' } });
  });

  test('K17-NT04 a Node of somebody else’s claim is left alone', () => {
    const input = { ...inputOf({}), owner: { is: 'foreign' }, claim: undefined } as const;
    expect(decideNode(input).step).toEqual({ do: 'nothing' });
  });

  test('D2: a Node in a pool that is another claim’s goes at once', () => {
    const tags = { ...pool.tags, 'gpu-provisioner-uid': 'another', 'gpu-provisioner-name': 'another' };
    expect(deciding({ pool: aPool(claim, 'settled', { tags }) })).toMatchObject({
      row: 'D2',
      step: { do: 'release', owner: claim.uid },
    });
  });

  test('D5: while the claims of its kind are not known, nothing is concluded', () => {
    const input = { ...inputOf({}), owner: { is: 'unknown' }, claim: undefined } as const;
    expect(decideNode(input)).toMatchObject({ row: 'D5', step: { do: 'nothing' }, wakeAfterMs: 1000 });
  });

  test("D3a: after a minute without its kind of claim the finalizer goes, and nothing else; not from a Node that may be Karpenter's", () => {
    const memory = { memory: { seenAt: at(-60) } };
    const input = { ...inputOf(memory), owner: { is: 'unknown' }, claim: undefined } as const;
    expect(decideNode(input)).toMatchObject({ row: 'D3a', step: { do: 'release' } });
    expect(decideNode(input).step).not.toHaveProperty('owner');
    const { node } = input.node;
    const [owner] = node.metadata.ownerReferences ?? [];
    if (owner === undefined) throw new RangeError('The Node has no owner');
    const ownerReferences = [{ ...owner, kind: 'NodeClaim' }];
    const karpenters = { ...input.node, node: { ...node, metadata: { ...node.metadata, ownerReferences } } };
    expect(decideNode({ ...input, node: karpenters })).toMatchObject({ row: 'D5', step: { do: 'nothing' } });
  });
});

describe('D3a', () => {
  test.each<[string, Options]>([
    ['a pool that is upgraded', { pool: aPool(claim, 'busy', { state: 'Upgrading' }) }],
    ['a pool that failed', { pool: aPool(claim, 'failed') }],
    ['a pool that is being deleted', { pool: aPool(claim, 'deleting') }],
    ['a pool that is stopped', { pool: aPool(claim, 'settled', { power: 'stopped' }) }],
    ['a pool that was scaled to 0', { pool: aPool(claim, 'settled', { count: 0 }) }],
    ['a pool that is gone', { pool: { absentSince: -1, proof: 'get404' } }],
    ['a pool that nobody lists', { pool: { absentSince: -1 } }],
    ['a pool that lost its tags and changed', { pool: aPool(claim, 'settled', { tags: {}, vmSize: 'Standard_D2' }) }],
    ['a pool that is being replaced', { claim: aMachine({ intent: {}, record: { ...record, recreating: true } }) }],
    ['a cluster that has just been met', { gate: { state: 'settling', ...why } }],
    ['a cluster that starts', { gate: { state: 'closed', by: 'clusterStopped', forMs: 0, ...why } }],
    ['a cluster that is upgraded', { gate: { state: 'closed', by: 'clusterBusy', forMs: 0, ...why } }],
    ['a cluster that failed', { gate: { state: 'closed', by: 'clusterFailed', forMs: 0, ...why } }],
    ['a cluster with many Nodes down', { gate: { state: 'closed', by: 'nodesDown', forMs: 0, ...why } }],
    ['a cluster that cannot be read', { gate: { state: 'closed', by: 'clusterUnreadable', forMs: 0, ...why } }],
    ['a cluster that is paused', { policies: { paused: true } }],
    ['a claim that is paused', { claim: aMachine({ intent: {}, record, annotations: { [pauseAnnotation]: 'true' } }) }],
  ])('D3a: the Node of %s is released at once, and its claim stays', (_what, options) => {
    expect(deciding({ ...wished, ...options })).toMatchObject({ row: 'D3a', step: release });
  });

  test.each<[string, Options]>([
    ['pool', { pool: 'unknown' }],
    ['cluster', { gate: { state: 'closed', by: 'azureUnknown', forMs: 0, ...why } }],
    ['gate, asked for the last time,', { memory: { ...wished.memory, isUnsure: true } }],
  ])('D3a, D5: while the %s is unknown it is held for a minute, and no longer', (_what, options) => {
    expect(deciding(options)).toMatchObject({ row: 'D5', wakeAfterMs: 5000 });
    const memory = { ...options.memory, seenAt: at(-60) };
    expect(deciding({ ...options, memory })).toMatchObject({ row: 'D3a', step: release });
  });
});

describe('D3b', () => {
  test.each<[string, Options]>([
    ['that is not Ready', { node: { ready: 'False' } }],
    ['whose kubelet is silent', { node: { ready: 'Unknown' } }],
    [
      'that the upgrader marked',
      {
        node: {
          annotations: { 'kubernetes.azure.com/azure-cluster-autoscaler-scale-down-disabled-reason': 'upgrade' },
        },
      },
    ],
    [
      'that the autoscaler marked',
      { node: { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] } },
    ],
    [
      'that the remediator marked',
      { node: { taints: [{ key: 'remediator.kubernetes.azure.com/unschedulable', effect: 'NoSchedule' }] } },
    ],
    ['that an upgrade or repair spoke of', { memory: { platformSpoke: true } }],
    ['that was four minutes old', { node: { createdAt: -242 }, deletedAt: -3 }],
    ['whose pool has another Node', { others: [{}] }],
    ['that its claim does not stand for', { node: { uid: 'another-uid' } }],
  ])('D3b: a Node %s is released at once, and its claim stays', (_what, options) => {
    expect(deciding({ ...wished, ...options })).toMatchObject({ row: 'D3b', step: release });
  });

  test('D3b: a Node that was old enough when it was deleted is not young', () => {
    expect(deciding({ node: { createdAt: -302 }, deletedAt: -2 }).row).toBe('D4');
  });

  test('D3b: an annotation of the autoscaler that people write too is no mark', () => {
    const annotations = { 'cluster-autoscaler.kubernetes.io/scale-down-disabled': 'true' };
    expect(deciding({ node: { annotations } }).row).toBe('D4');
  });
});

describe('D5', () => {
  test('D5: a look that began before the deletion says nothing of it', () => {
    const old = { seenAt: at(-2), lookedAt: at(-3) };
    expect(deciding({ memory: old })).toMatchObject({ row: 'D5', step: { do: 'look' } });
    expect(deciding({ memory: { lookedAt: undefined } })).toMatchObject({ row: 'D5', step: { do: 'look' } });
  });

  test('D5: the events are read only when everything else speaks for a person', () => {
    expect(deciding({ memory: { platformSpoke: undefined } })).toMatchObject({
      row: 'D5',
      step: { do: 'askPlatform' },
    });
    const down = deciding({ node: { ready: 'False' }, memory: { platformSpoke: undefined } });
    expect(down).toMatchObject({ row: 'D3b', step: release });
  });
});

describe('D4', () => {
  test('D4: it is wished for first, and done ten seconds later', () => {
    expect(deciding()).toMatchObject({ row: 'D4', step: { do: 'nothing' }, wishes: true, wakeAfterMs: 10_000 });
  });

  test('K29-NT02 K17-NT05 D4: a healthy Node that a person deleted takes its claim with it', () => {
    expect(deciding(wished)).toMatchObject({ row: 'D4', step: { do: 'deleteClaim' }, wishes: true });
  });

  test('D4: the look that it leans on is fifteen seconds old at most', () => {
    const memory = { ...wished.memory, seenAt: at(-30), lookedAt: at(-16) };
    expect(deciding({ memory })).toMatchObject({ row: 'D4', step: { do: 'look' }, wishes: true });
  });

  test.each(['MassDisruption', 'DisruptionCapped'])(
    'D4, D3a: without room (%s) the Node is released instead',
    (reason) => {
      const restrained = { reason, message: 'too many', retryAfterMs: 30_000 };
      expect(deciding({ ...wished, restrained })).toMatchObject({ row: 'D3a', step: release, why: 'too many' });
    },
  );

  test('D4: while it is seen whether there are many, it waits', () => {
    const restrained = { reason: 'DisruptionPending', message: '', retryAfterMs: 400 };
    expect(deciding({ ...wished, restrained })).toMatchObject({ row: 'D4', step: { do: 'nothing' }, wakeAfterMs: 400 });
  });

  test('D4: who only reports says what would be done, and releases the Node', () => {
    const decision = deciding({ ...wished, policies: { reportOnly: true } });
    expect(decision).toMatchObject({
      row: 'D4',
      step: release,
      why: expect.stringContaining('would delete its claim'),
    });
    expect(decision.wishes).toBeUndefined();
  });

  const policies = { onNodeDeletion: 'replace' } as const;

  test('D4: with "replace" the Node is drained first, then the instance is replaced', () => {
    expect(deciding({ ...wished, policies })).toMatchObject({ row: 'D4', step: { do: 'drain' } });
    const half = { ...wished.memory, drain: { at: at(-1), pending: 1 } };
    expect(deciding({ policies, memory: half })).toMatchObject({ step: { do: 'drain' } });
    const memory = { ...wished.memory, drain: { at: at(-1), pending: 0 } };
    expect(deciding({ policies, memory, node: { cordoned: true } })).toMatchObject({ step: { do: 'replace' } });
  });

  test('D4: a drain before a replacement ends with --drain-timeout, and with the claim’s own grace', () => {
    const memory = { ...wished.memory, seenAt: at(-900), drain: { at: at(-1), pending: 1 } };
    expect(deciding({ policies, memory, deletedAt: -899 }).step.do).toBe('drain');
    expect(deciding({ policies, memory, deletedAt: -900 }).step.do).toBe('replace');
    expect(deciding({ policies, memory, deletedAt: -900, timings: { drainDeadlineMs: 0 } }).step.do).toBe('drain');
    const graced = aMachine({ intent: {}, record, spec: { terminationGracePeriodMs: 30_000 } });
    expect(deciding({ claim: graced, policies, memory, deletedAt: -30 }).step.do).toBe('replace');
  });

  test('D4: a replacement that began ends as soon as the platform has its hands in it', () => {
    const memory = { ...wished.memory, drain: { at: at(-1), pending: 1 } };
    expect(deciding({ policies, memory, pool: aPool(claim, 'busy') })).toMatchObject({ row: 'D3a', step: release });
  });
});

/** What costs somebody a Node that works. */
function isOrder({ step }: NodeDecision): boolean {
  return step.do === 'deleteClaim' || step.do === 'replace' || step.do === 'drain';
}

/** Far more often the first: an order takes all of them at once. */
function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

describe('decideNode', () => {
  const restraint = { message: '', retryAfterMs: 1000 };
  const options: fc.Arbitrary<Options> = fc.record({
    claim: mostly(
      claim,
      aMachine({ intent: {}, record: { ...record, recreating: true } }),
      aMachine({ intent: {}, record, annotations: { [pauseAnnotation]: 'true' } }),
      aMachine({ intent: {}, record, deletingSince: -5 }),
      aMachine({ intent: {}, record: { poolId: poolIdOf(name) } }),
    ),
    pool: mostly<NonNullable<Options['pool']>>(
      pool,
      'unknown',
      { absentSince: -1, proof: 'get404' },
      ...(['creating', 'deleting', 'busy', 'failed', 'canceled'] as const).map((phase) => aPool(claim, phase)),
      aPool(claim, 'settled', { count: 0 }),
      aPool(claim, 'settled', { power: 'stopped' }),
      aPool(claim, 'settled', { tags: {}, vmSize: 'Standard_D2' }),
    ),
    node: fc.record({
      ready: mostly<NodeView['ready']>('True', 'False', 'Unknown'),
      createdAt: mostly(-7200, -200),
      cordoned: fc.boolean(),
      uid: mostly('node-uid-1', 'other-uid'),
    }),
    others: mostly<readonly NodeOptions[]>([], [{}]),
    gate: mostly<Gate>(
      { state: 'open' },
      { state: 'settling', ...why },
      { state: 'closed', by: 'azureUnknown', forMs: 0, ...why },
      { state: 'closed', by: 'clusterBusy', forMs: 0, ...why },
    ),
    policies: mostly<Partial<Policies>>({}, { paused: true }, { reportOnly: true }, { onNodeDeletion: 'replace' }),
    memory: fc.record({
      seenAt: fc.integer({ min: -100, max: 0 }).map(at),
      lookedAt: mostly<NodeMemory['lookedAt']>(at(-1), at(-20), at(-60), undefined),
      platformSpoke: mostly<boolean | undefined>(false, undefined, true),
      isUnsure: mostly<boolean | undefined>(undefined, false, true),
      wished: fc.constantFrom(undefined, at(-10)),
      drain: mostly<NodeMemory['drain']>(undefined, { at: at(-1), pending: 1 }, { at: at(-1), pending: 0 }),
    }),
  });
  const restrained = mostly<Restrained | undefined>(
    undefined,
    { reason: 'DisruptionPending', ...restraint },
    { reason: 'MassDisruption', ...restraint },
  );

  test('takes a deletion for an order only of a healthy Node that nothing and nobody else is at work on', () => {
    let orders = 0;
    fc.assert(
      fc.property(options, restrained, (drawn, held) => {
        const { claim: of, ...input } = inputOf(held === undefined ? drawn : { ...drawn, restrained: held });
        const decision = decideNode({ ...input, claim: of });
        if (of === undefined || !isOrder(decision)) return;
        orders += 1;
        const { memory, node } = input;
        expect(decision.row).toBe('D4');
        expect([node.ready, node.upgradeMark, of.nodes.length, of.record?.boundUid]).toEqual([
          'True',
          false,
          1,
          node.uid,
        ]);
        expect(of.pool).toMatchObject({
          phase: 'settled',
          owner: { owner: 'mine' },
          pool: { power: 'running', count: 1 },
        });
        expect([of.gate.state, of.policies.paused, of.policies.reportOnly]).toEqual(['open', false, false]);
        expect([memory.platformSpoke, memory.isUnsure ?? false, of.claim.deletingSince]).toEqual([
          false,
          false,
          undefined,
        ]);
        expect(memory.lookedAt?.ms).toBeGreaterThanOrEqual(memory.seenAt.ms);
        expect(memory.lookedAt?.ms).toBeGreaterThanOrEqual(of.now.ms - of.timings.liveProofMs);
        expect(memory.wished ?? memory.drain).toBeDefined();
        // A drain that has begun was permitted.
        expect(memory.drain === undefined ? of.restrained : undefined).toBeUndefined();
      }),
      { numRuns: 20_000, seed: 20_260_301 },
    );
    expect(orders).toBeGreaterThan(1000);
  });

  test('holds a Node for a minute at most while it is to be found out who deleted it', () => {
    fc.assert(
      fc.property(options, (drawn) => {
        const input = inputOf(drawn);
        expect(decideNode({ ...input, memory: { ...input.memory, seenAt: at(-61) } }).row).not.toBe('D5');
      }),
      { numRuns: 5000, seed: 20_260_301 },
    );
  });
});
