// When nothing goes wrong any more: everything converges (13, 8), nothing is leaked (4), and then nothing is written (11).
import type { SimPool } from '../arm-pools.ts';
import { timingsFor } from '../replica.ts';
import { conditionOf, isDeleting, isTrue, type Thing } from '../thing.ts';
import { expiresAtMs, isSomebodyElses } from '../claims.ts';
import {
  boundNodeOf,
  claimByUid,
  claims,
  hasFailedPool,
  isInitialized,
  isReplica,
  noteOf,
  type Bench,
} from './check.ts';
import { Held } from './held.ts';

const calmMs = 120_000;
/** Between two looks at a cluster that is not settled, and to spare. */
const hearingMs = 90_000;
/** There is more to say, or to do, of a claim that says this. */
const untold: ReadonlySet<string> = new Set(['InstanceGone', 'NodeMissing', 'NodeNotFound']);
/** Between two LISTs of the pools at rest: the deadline for a Node begins when the leader sees the pool settled. */
const listMs = 300_000;

export class EndCheck {
  readonly #bench: Bench;
  readonly #held: Held;
  #writes: string[] = [];

  constructor(bench: Bench) {
    this.#bench = bench;
    this.#held = new Held(bench);
    bench.world.api.subscribe(({ plural, object, by, type }) => {
      if (isReplica(by) && plural !== 'leases') this.#writes.push(`${type} ${plural} ${object.metadata.name} by ${by}`);
    });
  }

  /** What has not converged yet, in words. */
  open(): readonly string[] {
    const { world } = this.#bench;
    const busy = world.pools
      .all()
      .filter((pool) => unfinished.has(pool.view.phase) || pool.instances.some(({ state }) => state === 'booting'));
    return [
      ...(this.clusterRests ? [] : [`the cluster is ${world.pools.cluster.state}`]),
      ...busy.map(({ view }) => `pool ${view.name} is ${view.state}`),
      ...claims(this.#bench).flatMap((claim) => this.#openClaim(claim)),
      ...world.pools.all().flatMap((pool) => this.#leak(pool)),
      ...world.api.list('nodes').flatMap((node) => this.#leftNode(node)),
    ];
  }

  /** Azure is not at work on the cluster as a whole. */
  get clusterRests(): boolean {
    const { state, power } = this.#bench.world.pools.cluster;
    return state === 'Succeeded' && power === 'running';
  }

  /** Nothing is open, and nobody is about to make a claim: KAITO buys one at a time, minutes apart. */
  get isCalm(): boolean {
    return this.open().length === 0 && ![...this.#bench.book.buyers].some(({ isDue }) => isDue);
  }

  /**
   * How long it has to be calm before nothing may be written any more. What a claim that is not Ready says is by row B4
   * until the gate opens, which it does some time after the leader has last seen anything unsettled, and by B5, B6 or B9
   * from then on. One whose Node never came says so by row A7 until its deadline, then what its machines are, and then what
   * the policy makes of it. One whose pool failed before its Node was initialized says why by row B2f, at the same deadline.
   */
  get patienceMs(): number {
    const { gateSettleMs, instanceGoneMs, nodeDeadlineMs } = timingsFor(this.#bench.world.schedule.hurry);
    const waiting = claims(this.#bench).filter((claim) => !isDeleting(claim) && !isTrue(claim, 'Ready'));
    if (waiting.some((claim) => untold.has(conditionOf(claim, 'Ready')?.reason ?? '') || this.#hasFailedEarly(claim)))
      return Math.max(gateSettleMs, listMs + nodeDeadlineMs + 2 * instanceGoneMs) + hearingMs;
    return waiting.length > 0 ? gateSettleMs + hearingMs : calmMs;
  }

  /** Its pool failed before its Node was initialized. */
  #hasFailedEarly(claim: Thing): boolean {
    const node = boundNodeOf(this.#bench, claim);
    return hasFailedPool(this.#bench, claim) && node !== undefined && !isInitialized(node);
  }

  /** From here on nothing may be written. */
  beginQuiet(): void {
    this.#writes = [];
  }

  endQuiet(hours: number): void {
    if (this.#writes.length > 0)
      this.#bench.report(
        11,
        `${this.#writes.length} writes in ${hours} idle hours, the first: ${this.#writes[0] ?? ''}`,
      );
  }

  #openClaim(claim: Thing): readonly string[] {
    const { name, uid } = claim.metadata;
    const { book } = this.#bench;
    if (isDeleting(claim)) {
      const why = conditionOf(claim, 'InstanceTerminating');
      return isUnproven(claim) ? [] : [`claim ${name} is still being deleted (${why?.reason ?? 'no reason'})`];
    }
    if (this.#isTooOld(claim)) return [`claim ${name} is older than it may become`];
    if (isTrue(claim, 'Ready') || isSomebodyElses(claim)) return [];
    const ready = conditionOf(claim, 'Ready');
    const reason = ready?.reason ?? '';
    const held = this.#held.isHeld(claim, reason);
    if (held && reason !== '' && (ready?.message ?? '') !== '') return [];
    // Somebody took our notes from the claim, and we look at what is there without them.
    if (book.claimsTampered.has(uid) && noteOf(claim, 'record') === undefined && reason !== '') return [];
    return [`claim ${name} is not Ready (${reason || 'no reason'}: ${(ready?.message ?? '').slice(0, 80)})`];
  }

  /** Unless it stays as one of too many that would be lost at once. */
  #isTooOld(claim: Thing): boolean {
    const { world } = this.#bench;
    if (world.schedule.policies.expireNodeClaims !== true || this.#held.manyDown()) return false;
    const old = claims(this.#bench).filter((one) => expiresAtMs(one) < world.api.nowMs && !isDeleting(one));
    return old.includes(claim) && old.length <= 2;
  }

  #leak(pool: SimPool): readonly string[] {
    const { book } = this.#bench;
    const { 'gpu-provisioner-uid': uid } = pool.view.tags;
    if (uid === undefined || book.poolsForeign.has(pool.incarnation) || this.#isSpoilt(pool)) return [];
    if (!isTelling(pool) && book.poolsTampered.has(pool.incarnation)) return [];
    if (claimByUid(this.#bench, uid) !== undefined || this.#kept(pool) || this.#wasGiven(pool)) return [];
    return [`pool ${pool.view.name} (${pool.view.state}) of claim ${uid} has no owner`];
  }

  /**
   * Row E8: by the id that it shares with the pool that a live claim was given, which a person deleted, it looks like that one
   * with other tags. Ids follow from names.
   */
  #wasGiven({ view: { id } }: SimPool): boolean {
    return claims(this.#bench).some((claim) => noteOf(claim, 'record')?.['poolId'] === id);
  }

  /** Somebody tampered with it, and the claim that it was made for lives. */
  #isSpoilt(pool: SimPool): boolean {
    return this.#bench.book.poolsTampered.has(pool.incarnation) && claimByUid(this.#bench, pool.madeFor) !== undefined;
  }

  /** Orphans stay: as a policy has it, for a day with somebody's pod on its GPUs, or as too many of them. */
  #kept({ instances }: SimPool): boolean {
    const { world } = this.#bench;
    if (world.schedule.policies.orphans === 'report' || this.#held.manyDown()) return true;
    const nodes = new Set(instances.map(({ name }) => name));
    if (world.api.list('pods').some((pod) => nodes.has(pod.spec?.nodeName ?? '') && asksForGpu(pod))) return true;
    const ours = world.pools.all().filter(({ view }) => view.tags['gpu-provisioner-uid'] !== undefined);
    const orphans = ours.filter(
      (pool) => isTelling(pool) && claimByUid(this.#bench, pool.view.tags['gpu-provisioner-uid']) === undefined,
    );
    return orphans.length > Math.max(2, ours.length / 5) && world.schedule.policies.allowMassDeletion !== true;
  }

  #leftNode({
    metadata: { name, ownerReferences = [], deletionTimestamp, finalizers = [] },
  }: Thing): readonly string[] {
    const held = claims(this.#bench).some((claim) => isUnproven(claim) && ownerReferences.some(isOf(claim)));
    if (deletionTimestamp !== undefined && finalizers.length > 0 && !held)
      return [`Node ${name} does not go: ${finalizers.join()}`];
    const { world } = this.#bench;
    const machine = world.pools.instanceOf(world.api.find('nodes', name)?.spec?.providerID ?? '');
    return machine === undefined && !held ? [`Node ${name} has no machine any more`] : [];
  }
}

/**
 * Otherwise it is of row E8 and no orphan: a person left a part of our tags, and without the kind nobody can be asked whether
 * the claim lives; or gave it those of a claim whose pool has another name.
 */
function isTelling({ view: { name, tags } }: SimPool): boolean {
  return tags['gpu-provisioner-kind'] !== undefined && tags['gpu-provisioner-name'] === name;
}

/** Row E6 heeds no other pod. */
function asksForGpu({ spec }: Thing): boolean {
  return JSON.stringify(spec?.['containers'] ?? []).includes('nvidia.com/gpu');
}

const unfinished: ReadonlySet<string> = new Set(['creating', 'deleting', 'busy']);

/** Row C6: it stays until a person says whose pool it is. */
function isUnproven(claim: Thing): boolean {
  const why = conditionOf(claim, 'InstanceTerminating');
  return isDeleting(claim) && why?.reason === 'OwnershipUnproven' && (why.message ?? '') !== '';
}

function isOf({ metadata }: Thing): (owner: { readonly uid: string }) => boolean {
  return ({ uid }) => uid === metadata.uid;
}
