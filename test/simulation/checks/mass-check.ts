// Invariant 9's other half: pools without a claim go a few at a time, and none of them when they are many at once.
import type { SimPool } from '../arm-pools.ts';
import { claimByUid, claims, type Bench, noteOf } from './check.ts';

/** Until then the leader may not have listed the pool, or not have asked for its claim: it lists each five minutes at rest. */
const knownMs = 12 * 60_000;
const minuteMs = 60_000;
/** Two a minute, by a clock that reads some seconds before the request leaves. */
const caps = [
  { most: 2, withinMs: minuteMs - 20_000 },
  { most: 10, withinMs: 59 * minuteMs },
] as const;

export class MassCheck {
  readonly #bench: Bench;
  /** Since when a pool is one that every replica takes for an orphan, by incarnation. */
  readonly #orphanSince = new Map<number, number>();
  /** Orphans that a process deleted: when, and which. */
  readonly #taken = new Map<string, { readonly atMs: number; readonly incarnation: number }[]>();

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** To be called every few seconds. */
  look(): void {
    const { world } = this.#bench;
    for (const pool of world.pools.all()) {
      if (!this.#isOrphan(pool)) this.#orphanSince.delete(pool.incarnation);
      else if (!this.#orphanSince.has(pool.incarnation)) this.#orphanSince.set(pool.incarnation, world.nowMs);
    }
  }

  /** A DELETE of a pool leaves that no claim has, by a process that hears everything. */
  collects(pool: SimPool, by: string): void {
    const { world, report } = this.#bench;
    const { name } = pool.view;
    const orphans = world.pools
      .all()
      .filter((one) => kindOf(one) === kindOf(pool) && world.nowMs - this.#sinceMs(one) >= knownMs);
    const most = Math.max(2, Math.floor(world.pools.all().length / 5));
    if (orphans.length > most && world.schedule.policies.allowMassDeletion !== true)
      report(9, `DELETE ${name} left ${by} as one of ${orphans.length} pools that lost their claims`);
    const taken = this.#taken.get(by) ?? [];
    this.#taken.set(by, [...taken, { atMs: world.nowMs, incarnation: pool.incarnation }]);
    for (const cap of caps) {
      const within = (this.#taken.get(by) ?? []).filter(({ atMs }) => world.nowMs - atMs < cap.withinMs);
      const count = new Set(within.map(({ incarnation }) => incarnation)).size;
      if (count > cap.most) report(9, `${by} deletes ${count} pools without a claim within ${cap.withinMs / 1000} s`);
    }
  }

  #sinceMs({ incarnation }: SimPool): number {
    return this.#orphanSince.get(incarnation) ?? this.#bench.world.nowMs;
  }

  /** By its tags, which nobody changed, and without any claim that could be said to use it. */
  #isOrphan(pool: SimPool): boolean {
    const { world, book } = this.#bench;
    const { 'gpu-provisioner-uid': uid } = pool.view.tags;
    if (uid === undefined || uid !== pool.madeFor || pool.view.phase === 'deleting') return false;
    if (book.poolsTampered.has(pool.incarnation) || book.poolsForeign.has(pool.incarnation)) return false;
    if (!world.api.serves(kindOf(pool)) || claimByUid(this.#bench, uid) !== undefined) return false;
    return !claims(this.#bench).some(
      (claim) =>
        claim.metadata.annotations?.['gpu-provisioner.io/adopt'] !== undefined ||
        noteOf(claim, 'record')?.['poolId'] === pool.view.id,
    );
  }
}

function kindOf({ view }: SimPool): string {
  return view.tags['gpu-provisioner-kind'] === 'NodeClaim' ? 'nodeclaims' : 'machines';
}
