// Row P2: a process that is paused or only reports, and one that has heard that a claim is paused, change nothing.
import type { ArmWrite } from '../arm-connection.ts';
import type { Change } from '../api-server.ts';
import type { World } from '../world.ts';
import { claimPlurals, deletionBegins, isReplica, type Bench } from './check.ts';
import { Hearing } from './hearing.ts';

/** A pass that began before the annotation was heard of goes on for so long, in a process that stands still for a while. */
const passMs = 120_000;
const pause = 'gpu-provisioner.io/pause';
const force = 'gpu-provisioner.io/force-release';
/** What P2 keeps from deletion or eviction. */
const kept: ReadonlySet<string> = new Set([...claimPlurals, 'nodes', 'pods']);

export class RestraintCheck {
  readonly #bench: Bench;
  readonly #hearing: Hearing;
  /** Since when claims have been paused, by uid. */
  readonly #paused = new Map<string, number>();

  constructor(bench: Bench) {
    this.#bench = bench;
    this.#hearing = new Hearing(bench.world);
  }

  /** Judges every write to the API server from now on. */
  watch(): void {
    this.#bench.world.api.subscribe((change) => this.#changed(change));
  }

  /** To be called every `everyMs`. */
  look(everyMs: number): void {
    this.#hearing.look(everyMs);
  }

  /** A write to Azure leaves. */
  leaves({ by, operation, pool: name, body }: ArmWrite): void {
    const { world, book } = this.#bench;
    const what = `${operation} ${name} left ${by}`;
    if (isRestricted(world, by)) this.#bench.report('P2', `${what}, which may change nothing`);
    const pool = world.pools.find(name);
    if (pool !== undefined && book.poolsTampered.has(pool.incarnation)) return;
    this.#ofPaused(body?.tags['gpu-provisioner-uid'] ?? pool?.madeFor, by, what);
  }

  #changed(change: Change): void {
    const { plural, object, by, type } = change;
    const { world, report } = this.#bench;
    const { annotations = {}, name, ownerReferences = [], uid } = object.metadata;
    if (kept.has(plural) && deletionBegins(change)) {
      const what = `${by} deletes ${name} of ${plural}`;
      if (isRestricted(world, by)) report('P2', `${what} and may change nothing`);
      for (const owner of [uid, ...ownerReferences.map((one) => one.uid)]) this.#ofPaused(owner, by, what);
    }
    if (!claimPlurals.some((one) => one === plural)) return;
    const isPaused = type !== 'DELETED' && annotations[pause] === 'true' && annotations[force] !== 'true';
    if (!isPaused) this.#paused.delete(uid);
    else if (!this.#paused.has(uid)) this.#paused.set(uid, world.nowMs);
  }

  #ofPaused(uid: string | undefined, by: string, what: string): void {
    const { world, report } = this.#bench;
    const sinceMs = this.#paused.get(uid ?? '') ?? world.nowMs;
    if (isReplica(by) && world.nowMs - sinceMs > passMs + this.#hearing.lagMs(by))
      report('P2', `${what}, although claim ${uid} is paused`);
  }
}

function isRestricted({ replicas }: World, by: string): boolean {
  return replicas.a.wasRestricted(by) || replicas.b.wasRestricted(by);
}
