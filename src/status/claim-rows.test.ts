import { describe, expect, test } from 'vitest';
import { aMachine, aPool, noon, timeAt } from '../../test/support/claim-builders.ts';
import type { Claim } from '../apis/claim.ts';
import { defaultTimings } from '../claims/timings.ts';
import { claimRows } from './claim-rows.ts';
import type { ClaimRowContext } from './claim-rows.ts';

const context: ClaimRowContext = {
  now: new Date(noon),
  timings: defaultTimings,
  pools: new Map(),
  poolsKnown: true,
};

function launching(name: string, status: string, { createdAt = -60, message = 'why' } = {}): Claim {
  return aMachine({
    name,
    uid: name,
    createdAt,
    status: { conditions: [{ type: 'MachineLaunched', status, reason: 'Because', message }] },
  });
}

function ready(name: string): Claim {
  const types = ['MachineLaunched', 'MachineRegistered', 'MachineInitialized', 'Ready'];
  return aMachine({
    name,
    uid: name,
    status: {
      nodeName: `node-of-${name}`,
      conditions: types.map((type) => ({ type, status: 'True', lastTransitionTime: timeAt(-30) })),
    },
  });
}

function rowOf(claim: Claim, changes: Partial<ClaimRowContext> = {}) {
  return claimRows([claim], { ...context, ...changes })[0];
}

describe('claimRows', () => {
  test('a Ready claim says its Node, its Workspace, its size with GPUs and what its pool costs', () => {
    const claim = ready('ws1');
    expect(rowOf(claim, { pools: new Map([['ws1', aPool(claim)]]) })).toMatchObject({
      kind: 'Machine',
      name: 'ws1',
      uid: 'ws1',
      phase: 'ready',
      attention: 'none',
      node: 'node-of-ws1',
      pool: 'ws1',
      workspace: 'ns/w',
      vmSize: 'Standard_NC24ads_A100_v4',
      gpus: 1,
      usdPerHour: 3.673,
      createdAt: '2026-03-01T11:00:00.000Z',
    });
  });

  test('without a pool it costs nothing, and as long as Azure does not tell of its pools nobody knows', () => {
    const claim = launching('a', 'Unknown');
    expect(rowOf(claim)).toHaveProperty('usdPerHour', 0);
    expect(rowOf(claim, { poolsKnown: false })).not.toHaveProperty('usdPerHour');
  });

  test('a claim that asks for no size, and one that asks for an unknown one, have no GPUs that anybody knows of', () => {
    const without = aMachine({ spec: { requirements: [] } });
    expect(rowOf(without)).not.toHaveProperty('vmSize');
    expect(rowOf(aMachine({ vmSize: 'Standard_NX_1' }))).toMatchObject({ vmSize: 'Standard_NX_1' });
    expect(rowOf(aMachine({ vmSize: 'Standard_NX_1' }))).not.toHaveProperty('gpus');
  });

  test('stuck ones come first, then late ones, then those on their way, the longest first; Ready ones are last', () => {
    const claims = [
      ready('well'),
      launching('young', 'Unknown'),
      launching('older', 'Unknown', { createdAt: -120 }),
      launching('late', 'Unknown', { createdAt: -4000 }),
      launching('stuck', 'False'),
    ];
    const names = claimRows(claims, context).map(({ name }) => name);
    expect(names).toEqual(['stuck', 'late', 'older', 'young', 'well']);
  });

  test('a message of any length is cut between characters', () => {
    const row = rowOf(launching('a', 'False', { message: `${'x'.repeat(999)}😀${'y'.repeat(9000)}` }));
    expect(row?.message).toBe(`${'x'.repeat(999)}…`);
    expect(row?.timeline[0]?.message).toBe(row?.message);
  });

  test('the timeline ends with the phase that the claim is in', () => {
    const { timeline = [], phase } = rowOf(ready('a')) ?? {};
    expect(timeline.at(-1)).toEqual({ name: phase, since: '2026-03-01T11:59:30.000Z' });
    expect(timeline.slice(0, -1).every(({ until }) => until !== undefined)).toBe(true);
  });
});
