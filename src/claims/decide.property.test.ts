// What must hold for every input, not just for the rows: the money rules as properties of decide.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawnInput } from '../../test/support/drawn-input.ts';
import { bindingOf } from './binding.ts';
import { decide } from './decide.ts';
import { rows } from './decision.ts';
import type { Decision } from './decision.ts';
import { conditionsOf, conditionTypes } from './faces.ts';
import { permits } from './gate.ts';
import type { DecideInput } from './input.ts';
import { isPresent, shouldHaveNode } from './pool-state.ts';

function forAll(check: (input: DecideInput, decision: ReturnType<typeof decide>) => void): void {
  fc.assert(
    fc.property(drawnInput, (drawn) => check(drawn, decide(drawn))),
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

test('decide deletes the pool of a live claim only when it failed or is replaced, and no Node of it is bound', () => {
  forAll(({ claim, gate, pool, record }, { row, step }) => {
    if (step.do !== 'deletePool' || claim.deletingSince !== undefined) return;
    expect(record?.boundUid).toBeUndefined();
    expect(step.unlessNodeReady).toBe(true);
    if (step.isUnasked === true) {
      expect(row).toBe('A11');
      expect(record?.recreating).toBe(true);
      return;
    }
    expect(['failed', 'canceled']).toContain(pool.phase);
    expect(permits(gate, 'cleanUp')).toBe(true);
  });
});

/** What nobody asked for. */
function isUnasked({ step }: Decision): boolean {
  return step.do === 'recreate' || step.do === 'deleteClaim' || (step.do === 'deletePool' && step.isUnasked === true);
}

test('decide does what nobody asked for only through an open gate, with room, and after it was wished for', () => {
  forAll(({ claim, gate, memory, ours, record, restrained }, decision) => {
    if (!isUnasked(decision)) return;
    expect(permits(gate, 'replace')).toBe(true);
    expect(restrained).toBeUndefined();
    expect(memory.wished).toBeDefined();
    expect(decision.wishes).toBe(true);
    expect(claim.deletingSince).toBeUndefined();
    expect(ours || record !== undefined).toBe(true);
  });
});

test('decide does what nobody asked for only on a look that is fresh', () => {
  forAll(({ now, pool, timings }, decision) => {
    if (!isUnasked(decision)) return;
    if (pool.phase === 'unknown') throw new Error('replaces what was not seen');
    expect(now.ms - pool.startedAt.ms).toBeLessThanOrEqual(timings.liveProofMs);
    expect(pool.phase === 'absent' ? pool.proof === 'get404' : pool.live && pool.owner.owner === 'mine').toBe(true);
  });
});

test('decide replaces no pool with a fit Node, nor one that a person stopped or emptied', () => {
  forAll((input, decision) => {
    if (!isUnasked(decision)) return;
    const { best, boundIsFit } = bindingOf(input);
    expect([best, boundIsFit]).toEqual([undefined, false]);
    if (isPresent(input.pool)) expect(shouldHaveNode(input.pool)).toBe(true);
  });
});

test('decide replaces for a reason that the policy names, and three times a day at most', () => {
  forAll(({ memory, policies, pool, record, timings }, { step }) => {
    if (step.do === 'deleteClaim') expect(policies.onInstanceGone).toBe('delete-claim');
    if (step.do !== 'recreate') return;
    expect(record?.recreated?.day === '2026-03-01' ? record.recreated.times : 0).toBeLessThan(3);
    const isGone = pool.phase === 'absent' || memory.machines?.machines.length === 0;
    const repairs = policies.nodeRepair === 'act' && (memory.unfit?.forMs ?? 0) >= timings.repairActMs;
    const replaces = policies.onNodeMissing === 'recreate';
    expect((isGone && policies.onInstanceGone === 'recreate') || repairs || replaces).toBe(true);
  });
});

test('decide replaces nothing of a claim with a Node that is only down, by the default policies', () => {
  forAll((input, { step }) => {
    if (step.do !== 'recreate' || input.pool.phase === 'absent') return;
    const { nodeRepair, onNodeMissing } = input.policies;
    if (nodeRepair === 'report' && onNodeMissing === 'hold') expect(bindingOf(input).bound).toBeUndefined();
  });
});

test('decide asks ARM for nothing that the gate forbids', () => {
  forAll(({ claim, gate }, { step }) => {
    if (step.do === 'create') expect(permits(gate, 'create')).toBe(true);
    if (step.do === 'deletePool' && claim.deletingSince !== undefined) expect(permits(gate, 'delete')).toBe(true);
  });
});

test('P2: decide writes nothing to ARM and deletes nothing while it is paused or only reports', () => {
  forAll(({ claim, policies }, decision) => {
    const isPaused = policies.paused || claim.annotations['gpu-provisioner.io/pause'] === 'true';
    if (claim.annotations['gpu-provisioner.io/force-release'] === 'true') return;
    if (!isPaused && !policies.reportOnly) return;
    const { step } = decision;
    expect(['create', 'deletePool', 'recreate', 'deleteClaim', 'drain']).not.toContain(step.do);
    if (step.do === 'releaseNodes') expect(step.remove && step.nodes.some(({ deleting }) => !deleting)).toBe(false);
    if (isPaused) expect(decision.wishes).toBeUndefined();
  });
});

test('decide lets a claim go only when its pool is proved absent, or is not its own', () => {
  forAll(({ pool, claim, intent, lastWriteAnswered, term, timings, memory, record }, { step }) => {
    if (step.do !== 'releaseClaim') return;
    expect(claim.deletingSince).toBeDefined();
    // C0: a person's order needs no proof.
    if (claim.annotations['gpu-provisioner.io/force-release'] === 'true') return;
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
    const isOurs = memory.wroteFirstIntent === true && claim.createdAt.getTime() + 1000 > term.startedAt.apiMs;
    const ofThisTerm = isOurs || claim.createdAt.getTime() > term.startedAt.apiMs;
    if (!ofThisTerm) expect(pool.startedAt.ms).toBeGreaterThan(term.startedAt.ms + timings.termQuarantineMs);
  });
});

test('decide never shows a live claim initialized while it is not Ready', () => {
  forAll(({ claim }, { face }) => {
    const shown = conditionsOf(face, claim.kind, claim.status.conditions);
    const status = (type: string): string | undefined => shown.find((condition) => condition.type === type)?.status;
    if (status('Ready') !== 'True') expect(status(conditionTypes[claim.kind].initialized)).not.toBe('True');
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

test('decide asks for another pass only later, unless this one looked or wrote something', () => {
  forAll(({ claim }, { step, wakeAfterMs }) => {
    // The first status is written before anything else, and then it goes on.
    if (wakeAfterMs === undefined || (claim.status.conditions.length === 0 && wakeAfterMs === 0)) return;
    if (step.do === 'nothing' || step.do === 'sync') expect(wakeAfterMs).toBeGreaterThan(0);
  });
});

test('the inputs of these properties reach every row of the tables, and every step', () => {
  const reached = new Set<string>();
  const steps = new Set<string>();
  fc.assert(
    fc.property(drawnInput, (drawn) => {
      const { row, step } = decide(drawn);
      reached.add(row);
      steps.add(step.do);
    }),
    { numRuns: 20_000, seed: 20_260_301 },
  );
  expect(rows.filter((row) => !reached.has(row))).toEqual([]);
  const rare = ['recreate', 'deleteClaim', 'countMachines', 'askPlatform', 'remember', 'releaseNodes', 'unbind'];
  expect(rare.filter((step) => !steps.has(step))).toEqual([]);
});
