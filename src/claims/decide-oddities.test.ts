import { describe, expect, test } from 'vitest';
import {
  aMachine,
  aNode,
  anInput,
  aPool,
  aRegisteredNode,
  poolIdOf,
  sentHashFor,
  timeAt,
} from '../../test/support/claim-builders.ts';
import { decide } from './decide.ts';
import { conditionsOf } from './faces.ts';

const name = 'ws1a2b3c4d5';
const poolId = poolIdOf(name);
const bound = { poolId, boundUid: 'node-uid-1', boundNode: 'n' };
const farAway = '9999-01-01T00:00:00.000Z';

describe('what people write', () => {
  test('a quantity that nobody can read blocks initialization and says so; deletion goes on', () => {
    const spec = { requests: { cpu: '1e100' } };
    const claim = aMachine({ intent: { at: timeAt(-7200) }, record: bound, spec });
    const node = aRegisteredNode(claim, { labels: { 'karpenter.sh/initialized': 'false' } });
    expect(decide(anInput({ claim, pool: aPool(claim), nodes: [node] }))).toMatchObject({
      row: 'B2',
      face: { reason: 'ResourceNotRegistered', message: expect.stringContaining('1e100') },
    });
    const leaving = aMachine({ intent: { at: timeAt(-7200) }, record: bound, spec, deletingSince: -1 });
    expect(decide(anInput({ claim: leaving, pool: aPool(claim), nodes: [node] })).row).toBe('C9');
  });

  test('P4 is not said of a claim whose pool is there: what was launched stays', () => {
    const claim = aMachine({ finalizers: ['karpenter.sh/termination'] });
    const pool = aPool(claim);
    const edited = { ...claim, spec: { ...claim.spec, requirements: [] } };
    expect(decide(anInput({ claim: edited, pool, nodes: [aNode()] }))).toMatchObject({
      row: 'A8',
      step: { do: 'register' },
    });
  });

  test("an intent from the far future is nobody's: neither deletion nor the next PUT waits for it", () => {
    const leaving = aMachine({ intent: { at: farAway }, record: {}, deletingSince: -1 });
    const pool = { absentSince: -1, proof: 'get404' } as const;
    expect(decide(anInput({ claim: leaving, pool })).row).toBe('C4');
    expect(decide(anInput({ claim: aMachine({ intent: { at: farAway }, record: {} }), pool })).row).toBe('A5');
  });

  test('a refusal that forbids the next PUT for longer than any pace does not forbid it', () => {
    const lastAnswer = { attempt: 1, face: 'refused', reason: 'X', message: 'x', retryAt: farAway, times: 1 } as const;
    expect(decide(anInput({ claim: aMachine({ intent: {}, record: { lastAnswer } }) })).row).toBe('A5');
  });
});

describe('what Azure and the Go provisioner leave', () => {
  test('a pool without an eTag is looked at once a minute, since nothing can prove its version', () => {
    const claim = aMachine({ intent: { at: timeAt(-7200) }, record: { poolId }, deletingSince: -1 });
    const { etag: _none, ...pool } = aPool(claim);
    expect(decide(anInput({ claim, pool, live: true }))).toMatchObject({
      row: 'C10',
      step: { do: 'nothing' },
      wakeAfterMs: 59_000,
    });
    expect(decide(anInput({ claim, pool, live: true, lookedAt: -60 })).step.do).toBe('look');
  });

  test('an adopted pool is not said to have lost tags that it never had', () => {
    const claim = aMachine({ record: { ...bound, sentHash: sentHashFor(aMachine()) } });
    const decision = decide(
      anInput({ claim, pool: aPool(claim, 'settled', { tags: {} }), nodes: [aRegisteredNode(claim)] }),
    );
    expect(decision).toMatchObject({ row: 'B1', events: [] });
  });

  test.each([[], [{ type: 'MachineInitialized', status: 'Unknown' }], [{ type: 'Ready', status: 'True' }]])(
    "keep: a Machine's Initialized is never Unknown and Ready never True without a Node (%j)",
    (...had) => {
      const conditions = conditionsOf(
        { face: 'keep', nodeReady: false, reason: 'R', message: 'm' },
        'Machine',
        had.flat(),
      );
      expect(conditions.find(({ type }) => type === 'MachineInitialized')?.status).toBe('False');
      expect(conditions.find(({ type }) => type === 'Ready')?.status).not.toBe('True');
    },
  );
});

describe('waits', () => {
  test('B3: a fit Node beside one that has just failed is bound when the blink is over, without another event', () => {
    const claim = aMachine({ intent: { at: timeAt(-7200) }, record: bound });
    const nodes = [
      aRegisteredNode(claim, { ready: 'False', readySince: -10, createdAt: -1000 }),
      aRegisteredNode(claim, { name: 'aks-other', uid: 'node-uid-2', createdAt: -900 }),
    ];
    const decision = decide(anInput({ claim, pool: aPool(claim), nodes }));
    expect(decision).toMatchObject({ row: 'B5', wakeAfterMs: 20_000 });
  });
});
