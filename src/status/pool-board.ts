// What a replica makes of the pools: the leader's ledger where there is one, else what its own caches tell. Nothing is acted on.
import type { Node } from '../apis/wire.ts';
import type { Inventory } from '../azure/inventory.ts';
import type { AgentPool } from '../azure/pool.ts';
import { Ledger, usdPerHourOf } from '../claims/collection/ledger.ts';
import type { LedgerEntry } from '../claims/collection/ledger.ts';
import type { OwnerSource } from '../claims/collection/owner-source.ts';
import { standingOf } from '../claims/collection/standing.ts';
import { poolIndex } from '../claims/observe.ts';
import { reasons } from '../claims/reasons.ts';
import type { Clock } from '../clock.ts';
import { pause } from '../runtime/pause.ts';
import type { Store } from '../runtime/store.ts';

export interface PoolBoardOptions {
  readonly clock: Clock;
  readonly inventory: Pick<Inventory, 'pools' | 'unknownWhy'>;
  readonly nodes: Pick<Store<Node>, 'synced' | 'byIndex'>;
  readonly sources: readonly OwnerSource[];
  /** The collector's: empty while this process does not lead. */
  readonly ledger: Pick<Ledger, 'entries'>;
  /** Between two looks, so that ages are true when nobody asks for a while. */
  readonly intervalMs: number;
}

interface PoolEntry {
  readonly pool: AgentPool;
  readonly entry: LedgerEntry;
}

/** One for the process. */
export class PoolBoard {
  readonly #options: PoolBoardOptions;
  readonly #own = new Ledger();

  constructor(options: PoolBoardOptions) {
    this.#options = options;
  }

  /** Looks until the signal aborts, then resolves. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, intervalMs } = this.#options;
    do this.#look();
    while (await pause(intervalMs, { clock, signal }));
  }

  /** The pools that were there when last seen, by name. */
  entries(): readonly PoolEntry[] {
    this.#look();
    const led = new Map(this.#options.ledger.entries().map((entry) => [entry.pool, entry]));
    const pools = new Map([...this.#options.inventory.pools()].map((pool) => [pool.name, pool]));
    return this.#own.entries().flatMap((entry) => {
      const pool = pools.get(entry.pool);
      return pool === undefined ? [] : [{ pool, entry: led.get(entry.pool) ?? entry }];
    });
  }

  #look(): void {
    const { clock, inventory } = this.#options;
    const found = [...inventory.pools()].map((pool) => this.#entryOf(pool));
    this.#own.replace(found, clock.monotonicMs());
  }

  #entryOf(pool: AgentPool): Omit<LedgerEntry, 'sinceMs'> {
    const { inventory, nodes, sources } = this.#options;
    const standing = standingOf(pool, { sources, nodes: nodes.synced ? nodes.byIndex(poolIndex, pool.name) : [] });
    const entry = { pool: pool.name, vmSize: pool.vmSize, count: pool.count, usdPerHour: usdPerHourOf(pool) };
    switch (standing.is) {
      case 'foreign':
        return { ...entry, ownership: 'foreign' };
      case 'owned':
        return { ...entry, ownership: 'owned', owner: standing.owner };
      case 'ambiguous':
        return {
          ...entry,
          ownership: 'ambiguous',
          why: { reason: reasons.PoolAmbiguous, message: `It is never deleted: ${standing.why}` },
        };
      case 'tagged': {
        const { owner } = standing;
        const known = standing.known && nodes.synced && inventory.unknownWhy === undefined;
        const text = `Its tags name ${owner.kind} "${owner.name}"`;
        return known
          ? {
              ...entry,
              owner,
              ownership: 'orphan',
              why: { reason: reasons.OrphanPool, message: `${text}, which this replica does not see` },
            }
          : {
              ...entry,
              owner,
              ownership: 'unknown',
              why: { reason: reasons.ClaimsUnknown, message: `${text}, and not everything is known here yet` },
            };
      }
    }
  }
}
