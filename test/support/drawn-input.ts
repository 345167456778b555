// Inputs of decide for properties: claims, pools, Nodes, memories and orders in every mixture.
import fc from 'fast-check';
import type { Claim, ClaimKind } from '../../src/apis/claim.ts';
import type { AgentPool } from '../../src/azure/pool.ts';
import type { Gate } from '../../src/claims/gate.ts';
import type { DecideInput, Machines, Unfit } from '../../src/claims/input.ts';
import type { Policies } from '../../src/claims/policies.ts';
import {
  aMachine,
  aNode,
  anInput,
  aPool,
  aRegisteredNode,
  at,
  noon,
  poolIdOf,
  sentHashFor,
  timeAt,
} from './claim-builders.ts';
import type { InputOptions, MachineOptions } from './claim-builders.ts';

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
        adopted: fc.constant(true),
        recreated: fc.record({
          day: fc.constantFrom('2026-03-01', '2026-02-28'),
          times: fc.integer({ min: 1, max: 4 }),
        }),
        failedDeletion: fc.record({
          at: fc.integer({ min: -900, max: 0 }).map(timeAt),
          times: fc.integer({ min: 1, max: 6 }),
        }),
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
    annotations: fc.constantFrom<Record<string, string>>(
      {},
      { 'gpu-provisioner.io/adopt': 'true' },
      { 'gpu-provisioner.io/pause': 'true' },
      { 'gpu-provisioner.io/pause': 'true', 'gpu-provisioner.io/force-release': 'true' },
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

const usual = <T>(weight: number, ordinary: T, others: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: fc.constant(ordinary) }, { weight: 1, arbitrary: others });

const closedBy = [
  'clusterStopped',
  'clusterBusy',
  'clusterFailed',
  'clusterUnreadable',
  'anotherCluster',
  'nodesDown',
  'azureUnknown',
] as const;
const why = { reason: 'Why', message: 'because' };
const gate: fc.Arbitrary<Gate> = usual<Gate>(
  3,
  { state: 'open' },
  fc.oneof(
    fc.constant<Gate>({ state: 'settling', ...why }),
    fc.constantFrom(...closedBy).map((by): Gate => ({ state: 'closed', by, forMs: 0, ...why })),
  ),
);

const policies: fc.Arbitrary<Partial<Policies>> = usual<Partial<Policies>>(
  1,
  {},
  fc.record({
    paused: usual(8, false, fc.constant(true)),
    reportOnly: usual(8, false, fc.constant(true)),
    onInstanceGone: fc.constantFrom('recreate', 'hold', 'delete-claim'),
    onNodeMissing: fc.constantFrom('recreate', 'hold'),
    nodeRepair: fc.constantFrom('report', 'act'),
  }),
);

const seconds = fc.integer({ min: -9000, max: 0 });

/** The conditions of a NodeClaim have shorter names. */
function ofKind(kind: ClaimKind, claim: Claim): Claim {
  if (kind === 'Machine') return claim;
  const conditions = claim.status.conditions.map((one) => ({ ...one, type: one.type.replace(/^Machine/u, '') }));
  return { ...claim, kind, status: { ...claim.status, conditions } };
}

interface Down {
  readonly gate: Gate;
  readonly isRestrained: boolean;
  readonly platform: Pick<Unfit, 'platform'>;
  readonly policies: Partial<Policies>;
  readonly unfitForMs: number;
  readonly wished: boolean;
}

/** A Node that served and is down, with nothing else the matter: how long, and what is wished, allowed and said of it, differs. */
function down({ gate: now, isRestrained, platform, policies: chosen, unfitForMs, wished }: Down): DecideInput {
  const claim = aMachine({
    intent: { attempt: 1, at: timeAt(-9000) },
    record: { poolId: poolIdOf(name), sentHash: sent, boundUid: 'node-uid-1' },
  });
  return anInput({
    claim,
    pool: aPool(claim),
    live: true,
    gate: now,
    policies: chosen,
    nodes: [aRegisteredNode(claim, { ready: 'False', createdAt: -8000, readySince: -7000 })],
    memory: {
      unfit: { forMs: unfitForMs, at: at(0), runs: true, isGone: false, ...platform },
      ...(wished ? { wished: at(-60) } : {}),
    },
    ...(isRestrained ? { restrained: { ...why, retryAfterMs: 5000 } } : {}),
  });
}

/** Anything that a pass may find, the likely more often than by chance alone. */
export const drawnInput: fc.Arbitrary<DecideInput> = fc
  .record({
    machine,
    kind: usual<ClaimKind>(5, 'Machine', fc.constant('NodeClaim')),
    ours: fc.boolean(),
    pool: fc.oneof(
      fc.constant('unknown' as const),
      fc.record({ absentSince: seconds, proof: fc.constantFrom('get404' as const, 'list' as const) }),
      fc.record({ phase: fc.constantFrom(...phases), changes: poolChanges }),
    ),
    live: usual(2, true, fc.constant(false)),
    lookedAt: fc.integer({ min: -20, max: 0 }),
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
    wroteFirstIntent: fc.boolean(),
    gate,
    policies,
    recreating: usual(3, false, fc.constant(true)),
    // What nobody asked for is rarely due by chance alone.
    isGone: usual(3, false, fc.constant(true)),
    isDown: usual(12, false, fc.constant(true)),
    isDue: fc.boolean(),
    wished: usual(2, true, fc.constant(false)),
    isRestrained: usual(3, false, fc.constant(true)),
    machines: fc.record({
      ago: fc.integer({ min: 0, max: 90 }),
      names: fc.constantFrom<Machines>('unknown', [], [], ['aks-ws1a2b3c4d5-12345678-vmss000000']),
    }),
    noMachinesSince: fc.option(fc.integer({ min: -500, max: 0 }), { nil: undefined }),
    unfitForMs: fc.integer({ min: 0, max: 6_000_000 }),
    platform: usual<Pick<Unfit, 'platform'>>(
      3,
      { platform: { askedAt: at(0) } },
      fc.constantFrom(
        {},
        { platform: { askedAt: at(0), word: { source: 'aks-auto-repair', atApiMs: noon - 60_000 } } },
      ),
    ),
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
    const { isGone, recreating } = drawn;
    if (drawn.isDown) return down(drawn);
    const machineOptions: MachineOptions = isGone
      ? {
          ...drawn.machine,
          deletingSince: undefined,
          record: { poolId: poolIdOf(name), sentHash: sent, boundUid: 'node-uid-9', ...drawn.machine.record },
        }
      : recreating
        ? {
            ...drawn.machine,
            record: { poolId: poolIdOf(name), sentHash: sent, recreating },
            intent: drawn.machine.intent ?? { attempt: 2, at: timeAt(-7200) },
          }
        : drawn.machine;
    const claim = ofKind(drawn.kind, aMachine(machineOptions));
    const planned = ofKind(drawn.kind, aMachine({ ...drawn.machine, spec: {} }));
    const isDue = isGone && drawn.isDue;
    const pool = isDue ? ({ absentSince: 0, proof: 'get404' } as const) : drawn.pool;
    const put = isDue ? undefined : drawn.put;
    const { pending, firstAbsent, deleted } = drawn;
    const options: InputOptions = {
      claim,
      ours: isDue || drawn.ours,
      pool: typeof pool === 'object' && 'phase' in pool ? aPool(planned, pool.phase, pool.changes) : pool,
      live: drawn.live,
      lookedAt: drawn.lookedAt,
      poolSince: drawn.poolSince,
      termSince: drawn.termSince,
      ...(drawn.lastWriteAnswered === undefined ? {} : { lastWriteAnswered: drawn.lastWriteAnswered }),
      memory: {
        ...(put === undefined ? {} : { put: { attempt: put.attempt, endedAt: at(put.ended), outcome: put.outcome } }),
        ...(pending === undefined ? {} : { drain: { at: at(-1), pending } }),
        ...(firstAbsent === undefined ? {} : { firstAbsent: at(isGone ? -90 : firstAbsent) }),
        ...(deleted ? { deleted: { endedAt: at(-5), outcome: 'accepted', preconditions: 0 } as const } : {}),
        wroteFirstIntent: drawn.wroteFirstIntent,
        ...(drawn.wished ? { wished: at(-60) } : {}),
        machines: { startedAt: at(-drawn.machines.ago), machines: drawn.machines.names },
        noMachinesSince: drawn.noMachinesSince === undefined ? undefined : at(drawn.noMachinesSince),
        unfit: { forMs: drawn.unfitForMs, at: at(0), runs: true, isGone: false, ...drawn.platform },
      },
      gate: drawn.gate,
      policies: drawn.policies,
      ...(drawn.isRestrained ? { restrained: { ...why, retryAfterMs: 5000 } } : {}),
      nodes: drawn.nodes.map(({ mine, deleting, ...node }) => {
        const changes = { ...node, ...(deleting ? { deletingSince: -1 } : {}) };
        return mine ? aRegisteredNode(claim, changes) : aNode(changes);
      }),
    };
    return anInput(options);
  });
