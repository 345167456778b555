import { describe, expect, test } from 'vitest';
import { aMachine, aPool } from '../../test/support/claim-builders.ts';
import { FakeClock, settle } from '../../test/support/fake-clock.ts';
import type { Claim } from '../apis/claim.ts';
import type { Node } from '../apis/wire.ts';
import type { AgentPool } from '../azure/pool.ts';
import { Ledger } from '../claims/collection/ledger.ts';
import { createNodeStore } from '../claims/node-controller.ts';
import type { Store } from '../runtime/store.ts';
import { PoolBoard } from './pool-board.ts';

interface Play {
  readonly board: PoolBoard;
  readonly clock: FakeClock;
  /** The leader's. */
  readonly ledger: Ledger;
  readonly nodes: Store<Node>;
  readonly known: { pools: readonly AgentPool[]; claims: readonly Claim[]; unknownWhy: string | undefined };
}

const machine = aMachine();

function play(): Play {
  const clock = new FakeClock();
  const ledger = new Ledger();
  const nodes = createNodeStore(clock);
  nodes.replace([], '1');
  const known: Play['known'] = { pools: [aPool(machine)], claims: [machine], unknownWhy: undefined };
  const board = new PoolBoard({
    clock,
    ledger,
    nodes,
    intervalMs: 1000,
    inventory: {
      pools: () => known.pools,
      get unknownWhy() {
        return known.unknownWhy;
      },
    },
    sources: [
      {
        kind: 'Machine',
        known: true,
        byUid: (uid) => known.claims.find((claim) => claim.uid === uid),
        byPool: (pool) => known.claims.filter(({ name }) => name === pool),
        ask: () => Promise.reject(new RangeError('Nothing is to be asked')),
      },
    ],
  });
  return { board, clock, ledger, nodes, known };
}

function told({ board, clock }: Play): readonly string[] {
  return board
    .entries()
    .map(
      ({ entry }) =>
        `${entry.pool} ${entry.ownership} ${entry.owner?.name ?? ''} ${clock.monotonicMs() - entry.sinceMs}`,
    );
}

describe('PoolBoard', () => {
  test('a replica that stands by says from its caches whose a pool is', () => {
    const world = play();
    expect(told(world)).toEqual([`${machine.name} owned ${machine.name} 0`]);
    expect(world.board.entries()[0]?.entry.usdPerHour).toBe(3.673);
  });

  test('a pool whose claim it does not see is an orphan to it, and unknown while not everything is known', () => {
    const world = play();
    world.known.claims = [];
    expect(world.board.entries()[0]?.entry).toMatchObject({ ownership: 'orphan', why: { reason: 'OrphanPool' } });
    world.known.unknownWhy = 'Azure does not answer';
    expect(world.board.entries()[0]?.entry).toMatchObject({ ownership: 'unknown', why: { reason: 'ClaimsUnknown' } });
  });

  test('pools of other people, and those that are unclear, are told as such', () => {
    const world = play();
    const untagged = { ...aPool(machine), tags: {} };
    world.known.claims = [];
    world.known.pools = [
      { ...untagged, name: 'unclear' },
      { ...untagged, name: 'other', nodeLabels: {} },
    ];
    expect(told(world)).toEqual(['other foreign  0', 'unclear ambiguous  0']);
  });

  test("the leader's ledger has the last word, with its row, its reason and its age", () => {
    const world = play();
    const { pool, ownership, ...rest } = {
      pool: machine.name,
      ownership: 'orphan_in_use' as const,
      row: 'E6' as const,
    };
    world.ledger.replace([{ pool, ownership, ...rest, vmSize: 'x', count: 1, usdPerHour: 1 }], -5000);
    expect(world.board.entries()[0]?.entry).toMatchObject({ ownership: 'orphan_in_use', row: 'E6', sinceMs: -5000 });
  });

  test('a pool of the ledger that Azure shows no more is not shown', () => {
    const world = play();
    world.ledger.replace([{ pool: 'gone', ownership: 'owned', vmSize: 'x', count: 1, usdPerHour: 1 }], 0);
    world.known.pools = [];
    expect(told(world)).toEqual([]);
  });

  test('ages grow from when a pool was first seen so, whether or not anybody asks', async () => {
    const world = play();
    const stop = new AbortController();
    const running = world.board.run(stop.signal);
    await world.clock.advance(10_000);
    expect(told(world)).toEqual([`${machine.name} owned ${machine.name} 10000`]);
    world.known.claims = [];
    await world.clock.advance(3000);
    await settle();
    expect(told(world)).toEqual([`${machine.name} orphan ${machine.name} 2000`]);
    stop.abort();
    await running;
  });
});
