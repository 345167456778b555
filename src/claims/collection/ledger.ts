// The leak ledger: every pool of the cluster, whose it is, since when, and what it costs.
import type { ClaimIdentity } from '../../apis/claim.ts';
import { gpuCatalogue } from '../../azure/catalogue.ts';
import type { AgentPool } from '../../azure/pool.ts';
import type { Why } from '../faces.ts';
import { ownerships } from './decide-orphan.ts';
import type { OrphanRow, Ownership } from './decide-orphan.ts';

export interface LedgerEntry {
  readonly pool: string;
  readonly ownership: Ownership;
  /** Of table E. */
  readonly row?: OrphanRow;
  /** The claim that has it, or that its tags name. */
  readonly owner?: ClaimIdentity;
  readonly why?: Why;
  readonly vmSize: string;
  readonly count: number;
  /** Of Clock.monotonicMs: since when this process has known it as what it is. */
  readonly sinceMs: number;
  /** List price of all its nodes that run, in the region of the catalogue; undefined: unknown, which is not nothing. */
  readonly usdPerHour: number | undefined;
}

export interface LedgerSum {
  readonly ownership: Ownership;
  readonly pools: number;
  /** Of the pool that has been so for longest; 0 without one. */
  readonly oldestMs: number;
  /** Of those with a known price. */
  readonly usdPerHour: number;
  readonly unpriced: number;
}

/** One for the process; as of the last pass of the collector, and empty before the first. */
export class Ledger {
  #entries: ReadonlyMap<string, LedgerEntry> = new Map();

  /** By the name of the pool. */
  entries(): readonly LedgerEntry[] {
    return [...this.#entries.values()].toSorted((a, b) => (a.pool < b.pool ? -1 : 1));
  }

  /** One for each ownership, also where there is no such pool. */
  sums(nowMs: number): readonly LedgerSum[] {
    const entries = this.entries();
    return ownerships.map((ownership) => {
      const these = entries.filter((entry) => entry.ownership === ownership);
      return {
        ownership,
        pools: these.length,
        oldestMs: Math.max(0, ...these.map(({ sinceMs }) => nowMs - sinceMs)),
        usdPerHour: these.reduce((sum, entry) => sum + (entry.usdPerHour ?? 0), 0),
        unpriced: these.filter((entry) => entry.usdPerHour === undefined).length,
      };
    });
  }

  /** What a pass has found takes the place of what was known; ages go on while an ownership lasts. */
  replace(found: Iterable<Omit<LedgerEntry, 'sinceMs'>>, nowMs: number): void {
    const entries = new Map<string, LedgerEntry>();
    for (const entry of found) {
      const known = this.#entries.get(entry.pool);
      const sinceMs = known?.ownership === entry.ownership ? known.sinceMs : nowMs;
      entries.set(entry.pool, { ...entry, sinceMs });
    }
    this.#entries = entries;
  }
}

/** Machines that are switched off are not billed; what has no price in the catalogue has none here. */
export function usdPerHourOf({
  count,
  power,
  vmSize,
}: Pick<AgentPool, 'count' | 'power' | 'vmSize'>): number | undefined {
  if (power === 'stopped' || count === 0) return 0;
  const price = gpuCatalogue.find(vmSize)?.usdPerHour;
  return price === undefined ? undefined : price * count;
}
