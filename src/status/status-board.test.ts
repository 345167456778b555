import { describe, expect, test } from 'vitest';
import { aMachine, aPool, noon } from '../../test/support/claim-builders.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import type { Claim } from '../apis/claim.ts';
import type { LedgerEntry } from '../claims/collection/ledger.ts';
import type { Gate } from '../claims/gate.ts';
import { defaultTimings } from '../claims/timings.ts';
import type { Check } from '../runtime/health.ts';
import { StatusBoard, type StatusBoardOptions, type StatusIdentity } from './status-board.ts';

const identity: StatusIdentity = {
  build: '1.2.3',
  cluster: { subscriptionId: 'sub', resourceGroup: 'rg', name: 'aks' },
  budget: () => ({ remaining: { reads: 3 } }),
};

function refused(name: string): Claim {
  return aMachine({
    name,
    uid: name,
    status: {
      conditions: [{ type: 'MachineLaunched', status: 'False', reason: 'QuotaExceeded', message: 'none left' }],
    },
  });
}

function entry(
  name: string,
  changes: Partial<LedgerEntry> = {},
): ReturnType<StatusBoardOptions['pools']['entries']>[0] {
  const claim = aMachine({ name, uid: name });
  const pool = aPool(claim);
  return {
    pool,
    entry: {
      pool: pool.name,
      ownership: 'owned',
      owner: { kind: 'Machine', name, uid: name },
      vmSize: pool.vmSize,
      count: 1,
      sinceMs: 0,
      usdPerHour: 2,
      ...changes,
    },
  };
}

function play(changes: Partial<StatusBoardOptions> = {}): { readonly board: StatusBoard; readonly clock: FakeClock } {
  const clock = new FakeClock();
  const board = new StatusBoard({
    clock,
    instance: 'pod-1',
    leads: () => true,
    now: () => new Date(noon),
    inventory: { ageMs: 12_345, health: { ok: true, detail: 'Azure shows 0 agent pools' }, unknownWhy: undefined },
    gate: () => ({ state: 'open' }),
    checks: () => [],
    claims: () => [],
    timings: defaultTimings,
    pools: { entries: () => [] },
    durations: { expectations: () => [] },
    guideOf: (reason) => (reason === 'Unheard' ? undefined : { means: `means ${reason}`, todo: `do ${reason}` }),
    ...changes,
  });
  return { board, clock };
}

function check(name: string, ok: boolean): Check {
  return { name, required: true, check: () => ({ ok, detail: `of ${name}` }) };
}

function costOfClaim(changes: Partial<LedgerEntry>): number | undefined {
  const { board } = play({
    claims: () => [aMachine({ name: 'a', uid: 'a' })],
    pools: { entries: () => [entry('a', changes)] },
  });
  return board.feed(identity).claims[0]?.usdPerHour;
}

describe('StatusBoard', () => {
  test('an empty fleet is told whole', () => {
    expect(play().board.feed(identity)).toEqual({
      version: 1,
      at: '2026-03-01T12:00:00.000Z',
      instance: 'pod-1',
      build: '1.2.3',
      leads: true,
      cluster: { subscriptionId: 'sub', resourceGroup: 'rg', name: 'aks' },
      azure: { ok: true, detail: 'Azure shows 0 agent pools', inventoryAgeSeconds: 12, remaining: { reads: 3 } },
      gate: { state: 'open' },
      claims: [],
      pools: [],
      expectations: [],
      guides: {},
      omitted: { claims: 0, pools: 0 },
    });
  });

  test('a pool says whose it is, since when, and why', async () => {
    const why = { reason: 'OrphanPool', message: 'its claim is gone' };
    const { board, clock } = play({ pools: { entries: () => [entry('a', { ownership: 'orphan', row: 'E3', why })] } });
    await clock.advance(61_000);
    expect(board.feed(identity).pools).toEqual([
      {
        name: 'a',
        ownership: 'orphan',
        owner: { kind: 'Machine', name: 'a', uid: 'a' },
        row: 'E3',
        ...why,
        vmSize: 'Standard_NC24ads_A100_v4',
        count: 1,
        state: 'settled',
        ageSeconds: 61,
        usdPerHour: 2,
      },
    ]);
  });

  test('a claim costs what the pool costs that is proved to be its own, and nothing for one of its name', () => {
    expect(costOfClaim({})).toBe(3.673);
    expect(costOfClaim({ owner: { kind: 'Machine', name: 'a', uid: 'another' } })).toBe(0);
    expect(costOfClaim({ ownership: 'ambiguous' })).toBe(0);
  });

  test('each reason that is said has its guide beside it, once', () => {
    const gate: Gate = { state: 'closed', by: 'clusterBusy', forMs: 1, reason: 'ClusterBusy', message: 'Azure works' };
    const why = { reason: 'Unheard', message: '' };
    const { board } = play({
      gate: () => gate,
      claims: () => [refused('a'), refused('b')],
      pools: { entries: () => [entry('c', { why })] },
    });
    expect(board.feed(identity).guides).toEqual({
      ClusterBusy: { means: 'means ClusterBusy', todo: 'do ClusterBusy' },
      QuotaExceeded: { means: 'means QuotaExceeded', todo: 'do QuotaExceeded' },
    });
  });

  test('an answer is bounded, and says how much it leaves out', () => {
    const names = Array.from({ length: 2100 }, (_, index) => `m${index}`);
    const { board } = play({
      claims: () => names.map(refused),
      pools: { entries: () => names.slice(0, 510).map((name) => entry(name)) },
    });
    const { claims, omitted, pools } = board.feed(identity);
    expect([claims.length, pools.length, omitted]).toEqual([2000, 500, { claims: 100, pools: 10 }]);
  });

  test('whoever asks within a second gets the same answer', async () => {
    let reads = 0;
    const { board, clock } = play({
      claims: () => {
        reads += 1;
        return [];
      },
    });
    board.feed(identity);
    await clock.advance(999);
    board.feed(identity);
    expect(reads).toBe(1);
    await clock.advance(1);
    board.feed(identity);
    expect(reads).toBe(2);
  });

  test('what it lacks is said, so that nothing here does not read as nothing there', () => {
    const checks = [check('machines', false), check('nodes', true), check('azure', false), check('gate', false)];
    expect(play({ checks: () => checks }).board.feed(identity).lacks).toEqual([
      { name: 'machines', detail: 'of machines' },
    ]);
  });

  test('a replica that stands by says so, and one that Azure has not answered yet', () => {
    const health = { ok: false, detail: 'Azure has not been asked yet' };
    const { board } = play({ leads: () => false, inventory: { ageMs: undefined, health, unknownWhy: health.detail } });
    expect(board.feed(identity)).toMatchObject({ leads: false, azure: { ...health, remaining: { reads: 3 } } });
    expect(board.feed(identity).azure).not.toHaveProperty('inventoryAgeSeconds');
  });
});
