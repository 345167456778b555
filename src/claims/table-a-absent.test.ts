import { describe, expect, test } from 'vitest';
import { aMachine, aNode, anInput, at, sentHashFor, timeAt } from '../../test/support/claim-builders.ts';
import { spoken } from '../../test/support/claim-days.ts';
import type { Claim } from '../apis/claim.ts';
import { causeOf } from '../azure/causes.ts';
import { decide } from './decide.ts';

/** Its process died `ago` seconds ago, with the intent written and no answer known. */
function intended(ago: number): Claim {
  return aMachine({ intent: { attempt: 2, at: timeAt(-ago) }, record: {} });
}

describe('table A without a pool', () => {
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

  describe('A0: what an earlier pool of the name left behind goes before the PUT', () => {
    const absence = { absentSince: -1 } as const;

    test('somebody else’s Node is waited for', () => {
      const others = [aNode({ createdAt: -3600 }), aNode({ createdAt: -3600, owner: 'uid-0' })];
      for (const left of others)
        expect(decide(anInput({ claim: spoken, pool: absence, nodes: [left] }))).toMatchObject({
          row: 'A0',
          step: { do: 'nothing' },
          face: {
            face: 'waiting',
            reason: 'RemovingNode',
            message: expect.stringMatching(
              /^Node "aks-ws1a2b3c4d5-12345678-vmss000000" is left of an earlier agent pool "ws1a2b3c4d5" and goes with its machine; if that is gone, delete the Node\./u,
            ),
          },
        });
    });

    test('of several the first by name is told, whatever their order', () => {
      const [a, b] = [
        aNode({ name: 'node-a', uid: 'a', createdAt: -60 }),
        aNode({ name: 'node-b', uid: 'b', createdAt: -90 }),
      ];
      for (const nodes of [
        [a, b],
        [b, a],
      ])
        expect(decide(anInput({ claim: spoken, pool: absence, nodes })).face).toMatchObject({
          message: expect.stringContaining('"node-a"'),
        });
    });

    test('one that is being deleted and kept says by whom', () => {
      const left = aNode({ createdAt: -3600, deletingSince: -60, finalizers: ['example.com/backup'] });
      expect(decide(anInput({ claim: spoken, pool: absence, nodes: [left] })).face).toMatchObject({
        message: expect.stringContaining('is being deleted, and kept by finalizers: example.com/backup'),
      });
    });

    test('the claim’s own is removed, once the absence is proof', () => {
      const left = aNode({ createdAt: -3600, owner: 'uid-1' });
      const claim = aMachine({ intent: { attempt: 1 }, record: { lastAnswer: { ...refusal, retryAt: timeAt(-1) } } });
      expect(decide(anInput({ claim, pool: absence, nodes: [left] }))).toMatchObject({
        row: 'A0',
        step: { do: 'releaseNodes', remove: true, nodes: [{ uid: 'node-uid-1' }] },
        face: { face: 'waiting', reason: 'RemovingNode' },
      });
      // Of a claim that bears no note of ours a pool may be as young as the claim.
      expect(decide(anInput({ claim: spoken, pool: absence, nodes: [left] })).step).toEqual({ do: 'look' });
    });

    test('a refusal is told as long as its backoff lasts', () => {
      const claim = aMachine({ intent: { attempt: 1 }, record: { lastAnswer: refusal } });
      const left = aNode({ createdAt: -3600 });
      expect(decide(anInput({ claim, pool: absence, nodes: [left] })).row).toBe('A4');
    });

    test('what joined after the look, or only has the label, holds nothing up', () => {
      const labelled = aNode({ createdAt: -3600, providerId: null });
      expect(decide(anInput({ claim: spoken, pool: absence, nodes: [labelled] })).row).toBe('A5');
      const young = aNode({ createdAt: -1 });
      expect(decide(anInput({ claim: spoken, pool: { absentSince: -30 }, nodes: [young] })).row).toBe('A5');
    });
  });
});
