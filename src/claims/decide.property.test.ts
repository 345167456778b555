// What must hold for every input, not just for the rows: the money rules as properties of decide.
import fc from 'fast-check';
import { expect, test } from 'vitest';
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
import type { AgentPool } from '../azure/pool.ts';
import { decide } from './decide.ts';
import { rows } from './decision.ts';
import { conditionsOf } from './faces.ts';
import type { DecideInput } from './input.ts';

const phases = ['creating', 'deleting', 'settled', 'failed', 'canceled', 'busy'] as const;
const name = 'ws1a2b3c4d5';
const sent = sentHashFor(aMachine());

const machine: fc.Arbitrary<MachineOptions> = fc.record(
  {
    createdAt: fc.integer({ min: -9000, max: -1 }),
    deletingSince: fc.integer({ min: -4000, max: 0 }),
    finalizers: fc.constantFrom([], ['karpenter.sh/termination'], ['example.com/x', 'karpenter.sh/termination']),
    intent: fc.record({ attempt: fc.integer({ min: 1, max: 3 }), at: fc.integer({ min: -9000, max: 0 }).map(timeAt) }),
    record: fc.record(
      {
        poolId: fc.constant(poolIdOf(name)),
        sentHash: fc.constantFrom(sent, 'other'),
        boundUid: fc.constantFrom('node-uid-1', 'node-uid-9', ''),
        lastAnswer: fc.record({
          attempt: fc.integer({ min: 1, max: 3 }),
          face: fc.constantFrom('refused' as const, 'waiting' as const),
          reason: fc.constant('QuotaExceeded'),
          message: fc.constant('no quota'),
          retryAt: fc.integer({ min: -100, max: 100 }).map(timeAt),
          times: fc.constant(1),
        }),
      },
      { requiredKeys: [] },
    ),
    spec: fc.constantFrom({}, { requirements: [] }),
    status: fc.constantFrom({}, { conditions: [] }),
  },
  { requiredKeys: [] },
);

const changedPool: fc.Arbitrary<Partial<AgentPool>> = fc.record(
  {
    tags: fc.constantFrom<Record<string, string>>(
      {},
      { 'gpu-provisioner-kind': 'Machine', 'gpu-provisioner-name': name, 'gpu-provisioner-uid': 'uid-0' },
      { 'gpu-provisioner-kind': 'NodeClaim', 'gpu-provisioner-name': name, 'gpu-provisioner-uid': 'uid-1' },
      { 'gpu-provisioner-uid': 'uid-1' },
    ),
    mode: fc.constantFrom('User', 'System'),
    power: fc.constantFrom('running' as const, 'stopped' as const),
    count: fc.integer({ min: 0, max: 2 }),
    nodeLabels: fc.constant({}),
  },
  { requiredKeys: [] },
);

const poolChanges = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: fc.record({ count: fc.constantFrom(0, 1), power: fc.constantFrom('running', 'stopped') }) },
  { weight: 1, arbitrary: fc.constant({ tags: {} }) },
  { weight: 2, arbitrary: changedPool },
);

const seconds = fc.integer({ min: -9000, max: 0 });

const input: fc.Arbitrary<DecideInput> = fc
  .record({
    machine,
    ours: fc.boolean(),
    pool: fc.oneof(
      fc.constant('unknown' as const),
      fc.record({ absentSince: seconds, proof: fc.constantFrom('get404' as const, 'list' as const) }),
      fc.record({ phase: fc.constantFrom(...phases), changes: poolChanges }),
    ),
    live: fc.boolean(),
    lookedAt: fc.integer({ min: -60, max: 0 }),
    poolSince: seconds,
    termSince: seconds,
    lastWriteAnswered: fc.option(seconds, { nil: undefined }),
    put: fc.option(
      fc.record({
        attempt: fc.integer({ min: 1, max: 3 }),
        ended: fc.integer({ min: -200, max: 0 }),
        outcome: fc.constantFrom('accepted' as const, 'refused' as const, 'unknown' as const),
      }),
      { nil: undefined },
    ),
    pending: fc.option(fc.integer({ min: 0, max: 1 }), { nil: undefined }),
    firstAbsent: fc.option(fc.integer({ min: -200, max: 0 }), { nil: undefined }),
    deleted: fc.boolean(),
    nodes: fc.array(
      fc.record({
        uid: fc.constantFrom('node-uid-1', 'node-uid-2'),
        ready: fc.constantFrom('True' as const, 'False' as const, 'Unknown' as const),
        mine: fc.boolean(),
        createdAt: seconds,
        deleting: fc.boolean(),
        cordoned: fc.boolean(),
      }),
      { maxLength: 2 },
    ),
  })
  .map((drawn) => {
    const claim = aMachine(drawn.machine);
    const planned = aMachine({ ...drawn.machine, spec: {} });
    const { pool, put, pending, firstAbsent, deleted } = drawn;
    const options: InputOptions = {
      claim,
      ours: drawn.ours,
      pool: typeof pool === 'object' && 'phase' in pool ? aPool(planned, pool.phase, pool.changes) : pool,
      live: drawn.live,
      lookedAt: drawn.lookedAt,
      poolSince: drawn.poolSince,
      termSince: drawn.termSince,
      ...(drawn.lastWriteAnswered === undefined ? {} : { lastWriteAnswered: drawn.lastWriteAnswered }),
      memory: {
        ...(put === undefined ? {} : { put: { attempt: put.attempt, endedAt: at(put.ended), outcome: put.outcome } }),
        ...(pending === undefined ? {} : { drain: { at: at(-1), pending } }),
        ...(firstAbsent === undefined ? {} : { firstAbsent: at(firstAbsent) }),
        ...(deleted ? { deleted: { endedAt: at(-5), outcome: 'accepted', preconditions: 0 } as const } : {}),
      },
      nodes: drawn.nodes.map(({ mine, deleting, ...node }) => {
        const changes = { ...node, ...(deleting ? { deletingSince: -1 } : {}) };
        return mine ? aRegisteredNode(claim, changes) : aNode(changes);
      }),
    };
    return anInput(options);
  });

function forAll(check: (input: DecideInput, decision: ReturnType<typeof decide>) => void): void {
  fc.assert(
    fc.property(input, (drawn) => check(drawn, decide(drawn))),
    { numRuns: 4000 },
  );
}

test('decide never asks ARM for a pool that exists, nor for one that was not seen absent', () => {
  forAll(({ pool, claim }, { step }) => {
    if (step.do !== 'create') return;
    expect(pool.phase).toBe('absent');
    expect(claim.deletingSince).toBeUndefined();
  });
});

test('decide deletes only what is provably ours, on a fresh look, by its version', () => {
  forAll(({ pool, now, timings }, { step }) => {
    if (step.do !== 'deletePool') return;
    if (pool.phase === 'unknown' || pool.phase === 'absent') throw new Error('deletes what was not seen');
    expect(pool.owner.owner).toBe('mine');
    expect(pool.live).toBe(true);
    expect(now.ms - pool.startedAt.ms).toBeLessThanOrEqual(timings.liveProofMs);
    expect(step.etag).toBe(pool.pool.etag);
  });
});

test('decide deletes the pool of a live claim only when it failed and no Node of it was ever bound', () => {
  forAll(({ claim, pool, record }, { step }) => {
    if (step.do !== 'deletePool' || claim.deletingSince !== undefined) return;
    expect(['failed', 'canceled']).toContain(pool.phase);
    expect(record?.boundUid).toBeUndefined();
    expect(step.unlessNodeReady).toBe(true);
  });
});

test('decide lets a claim go only when its pool is proved absent, or is not its own', () => {
  forAll(({ pool, claim, intent, lastWriteAnswered, term, timings, memory, record }, { step }) => {
    if (step.do !== 'releaseClaim') return;
    expect(claim.deletingSince).toBeDefined();
    if (pool.phase === 'unknown') throw new Error('lets go of what was not seen');
    if (pool.phase !== 'absent') {
      expect(pool.owner.owner).not.toBe('mine');
      if (pool.owner.owner === 'unproven') expect([intent, record]).toEqual([undefined, undefined]);
      return;
    }
    if (lastWriteAnswered !== undefined) expect(pool.startedAt.ms).toBeGreaterThan(lastWriteAnswered.ms);
    const answered =
      memory.put?.attempt === intent?.attempt
        ? memory.put?.outcome !== 'unknown'
        : record?.poolId !== undefined || record?.lastAnswer?.attempt === intent?.attempt;
    if (intent !== undefined && !answered)
      expect(pool.startedAt.apiMs).toBeGreaterThan(Date.parse(intent.at) + timings.unknownOutcomeMs);
    const ofThisTerm = claim.createdAt.getTime() > term.startedAt.apiMs;
    if (!ofThisTerm) expect(pool.startedAt.ms).toBeGreaterThan(term.startedAt.ms + timings.termQuarantineMs);
  });
});

test('decide never shows a live claim initialized while it is not Ready', () => {
  forAll(({ claim }, { face }) => {
    const shown = conditionsOf(face, claim.kind, claim.status.conditions);
    const status = (type: string): string | undefined => shown.find((condition) => condition.type === type)?.status;
    if (status('Ready') !== 'True') expect(status('MachineInitialized')).not.toBe('True');
  });
});

test('decide says Ready only of a Ready Node that is not being deleted and belongs to nobody else', () => {
  forAll(({ claim }, { face, bound }) => {
    if (face.face !== 'ready') return;
    expect(bound).toMatchObject({ ready: 'True', deleting: false });
    expect([undefined, claim.uid]).toContain(bound?.ownerUid);
  });
});

test('decide does nothing at all for a claim that is neither ours nor known to us', () => {
  forAll(({ ours, record }, decision) => {
    if (ours || record !== undefined) return;
    expect(decision).toEqual({ row: 'P0', step: { do: 'nothing' }, face: { face: 'none' } });
  });
});

test('decide writes nothing before the claim has its first status', () => {
  forAll(({ claim }, { step }) => {
    if (claim.status.conditions.length > 0 || claim.deletingSince !== undefined) return;
    expect(['nothing', 'adopt']).toContain(step.do);
  });
});

test('the inputs of these properties reach every row of the tables', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(input, (drawn) => {
      reached.add(decide(drawn).row);
    }),
    { numRuns: 20_000, seed: 20_260_301 },
  );
  expect(rows.filter((row) => !reached.has(row))).toEqual([]);
});
