import { describe, expect, test } from 'vitest';
import { aMachine, aPool } from '../../../test/support/claim-builders.ts';
import type { Gate } from '../gate.ts';
import { defaultPolicies } from '../policies.ts';
import type { Policies } from '../policies.ts';
import { decideOrphan, orphanRows } from './decide-orphan.ts';
import type { OrphanView } from './decide-orphan.ts';

const minute = 60_000;
const owner = { kind: 'Machine', name: 'ws1a2b3c4d5', uid: 'uid-1' } as const;
const gone = { answer: { known: true, uid: undefined }, fresh: true } as const;

/** An orphan that is due: everything speaks for its deletion. */
function view(changes: Partial<OrphanView> = {}, policies: Partial<Policies> = {}): OrphanView {
  return {
    pool: aPool(aMachine()),
    standing: { is: 'tagged', owner },
    known: true,
    claim: gone,
    orphanForMs: 16 * minute,
    use: 'none',
    orphans: 1,
    breaker: 2,
    orphanGraceMs: 15 * minute,
    gate: { state: 'open' },
    policies: { ...defaultPolicies, ...policies },
    ...changes,
  };
}

const closed: Gate = { state: 'closed', by: 'clusterBusy', forMs: 0, reason: 'ClusterBusy', message: 'it upgrades' };
const settling: Gate = { state: 'settling', reason: 'Settling', message: 'the cluster was just seen' };

describe('decideOrphan', () => {
  test('E1: nothing is known of the claims of this kind: nothing, and unknown', () => {
    expect(decideOrphan(view({ known: false }))).toMatchObject({
      row: 'E1',
      step: { do: 'nothing' },
      ledger: 'unknown',
    });
  });

  test('E1: the API server cannot say, or does not serve the kind any more: nothing', () => {
    const claim = { answer: { known: false, why: 'machines are not served any more' }, fresh: true } as const;
    expect(decideOrphan(view({ claim }))).toMatchObject({ row: 'E1', step: { do: 'nothing' }, ledger: 'unknown' });
  });

  test('E1: before anything else the API server is asked for the claim', () => {
    expect(decideOrphan(view({ claim: undefined }))).toMatchObject({ row: 'E1', step: { do: 'askClaim' } });
  });

  test('E2: the claim is there after all: nothing, and owned', () => {
    const claim = { answer: { known: true, uid: 'uid-1' }, fresh: true } as const;
    expect(decideOrphan(view({ claim }))).toMatchObject({ row: 'E2', step: { do: 'nothing' }, ledger: 'owned' });
  });

  test.each<[string, Partial<OrphanView>, Partial<Policies>]>([
    ['younger than its grace', { orphanForMs: 15 * minute - 1 }, {}],
    ['the gate settles', { gate: settling }, {}],
    ['the gate is closed', { gate: closed }, {}],
    ['orphans are reported only', {}, { orphans: 'report' }],
    ['everything is reported only', {}, { reportOnly: true }],
    ['paused', {}, { paused: true }],
  ])('E3: %s: in the ledger, nothing is done', (_, changes, policies) => {
    const decision = decideOrphan(view(changes, policies));
    expect(decision).toMatchObject({ row: 'E3', step: { do: 'nothing' }, ledger: 'orphan' });
    expect(decision.why.message).toContain('Machine "ws1a2b3c4d5", which is gone');
  });

  test('E3: a policy that keeps it is said at once, not only when its grace is over', () => {
    const { message } = decideOrphan(view({ orphanForMs: 0 }, { reportOnly: true })).why;
    expect(message).toContain('it would be deleted without --report-only');
  });

  test('E4: more orphans than the breaker allows: none of them goes', () => {
    const decision = decideOrphan(view({ orphans: 3 }));
    expect(decision).toMatchObject({ row: 'E4', step: { do: 'nothing' }, ledger: 'orphan' });
    expect(decision.why.message).toContain('--allow-mass-deletion');
  });

  test('E4: a person lifts the breaker', () => {
    expect(decideOrphan(view({ orphans: 3 }, { allowMassDeletion: true })).row).toBe('E7');
  });

  test('E5: Azure deletes it already: in the ledger', () => {
    expect(decideOrphan(view({ pool: aPool(aMachine(), 'deleting') }))).toMatchObject({
      row: 'E5',
      step: { do: 'nothing' },
      ledger: 'orphan',
    });
  });

  test('E6: a pod uses its GPUs: it stays, and the pod is named', () => {
    const decision = decideOrphan(view({ use: { by: 'team/train-0' } }));
    expect(decision).toMatchObject({ row: 'E6', step: { do: 'nothing' }, ledger: 'orphan_in_use' });
    expect(decision.why.message).toContain('team/train-0');
  });

  test('E6: pods are asked for only when everything else speaks for the deletion', () => {
    expect(decideOrphan(view({ use: 'notAsked' }))).toMatchObject({ row: 'E6', step: { do: 'askPods' } });
    expect(decideOrphan(view({ use: 'notAsked', orphanForMs: minute })).step).toEqual({ do: 'nothing' });
  });

  test('E6: pods that cannot be listed may use it', () => {
    expect(decideOrphan(view({ use: { unknown: 'no answer' } }))).toMatchObject({ row: 'E6', step: { do: 'nothing' } });
  });

  test('E7: an orphan in use goes after a day', () => {
    const orphanForMs = 24 * 60 * minute;
    expect(decideOrphan(view({ use: { by: 'team/train-0' }, orphanForMs })).step).toEqual({ do: 'delete' });
  });

  test.each(['creating', 'settled', 'busy', 'failed', 'canceled'] as const)('E7: due in phase %s', (phase) => {
    expect(decideOrphan(view({ pool: aPool(aMachine(), phase) }))).toMatchObject({
      row: 'E7',
      step: { do: 'delete' },
      ledger: 'orphan',
    });
  });

  test('E7: what the API server said in an earlier pass is not enough', () => {
    expect(decideOrphan(view({ claim: { ...gone, fresh: false } }))).toMatchObject({
      row: 'E7',
      step: { do: 'askClaim' },
    });
  });

  test('E7: a claim of the same name and another uid does not keep it (A13)', () => {
    const claim = { answer: { known: true, uid: 'uid-2' }, fresh: true } as const;
    const decision = decideOrphan(view({ claim }));
    expect(decision).toMatchObject({ row: 'E7', step: { do: 'delete' } });
    expect(decision.why.message).toContain('another one of that name');
  });

  test('E8: without proof of whose it is: never deleted', () => {
    const ambiguous = view({ standing: { is: 'ambiguous', why: 'labels alone' }, claim: undefined, known: false });
    expect(decideOrphan(ambiguous)).toMatchObject({ row: 'E8', step: { do: 'nothing' }, ledger: 'ambiguous' });
  });

  test('every row has a view that leads to it', () => {
    const seen = [
      view({ known: false }),
      view({ claim: { answer: { known: true, uid: 'uid-1' }, fresh: true } }),
      view({ orphanForMs: 0 }),
      view({ orphans: 9 }),
      view({ pool: aPool(aMachine(), 'deleting') }),
      view({ use: 'notAsked' }),
      view(),
      view({ standing: { is: 'ambiguous', why: '' } }),
    ].map((one) => decideOrphan(one).row);
    expect(seen).toEqual([...orphanRows]);
  });
});
