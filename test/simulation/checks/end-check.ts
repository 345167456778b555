// When nothing goes wrong any more: everything converges (13, 8), nothing is leaked (4), and then nothing is written (11).
import type { SimPool } from '../arm-pools.ts';
import { timingsFor } from '../replica.ts';
import { conditionOf, isDeleting, isTrue, type Thing } from '../thing.ts';
import { isSomebodyElses } from '../claims.ts';
import { claimByUid, claims, isReplica, noteOf, type Bench } from './check.ts';

const calmMs = 120_000;
/** Between two looks at a cluster that is not settled, and to spare. */
const hearingMs = 90_000;

export class EndCheck {
  readonly #bench: Bench;
  #writes: string[] = [];

  constructor(bench: Bench) {
    this.#bench = bench;
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
   * from then on. One whose Node never came says so by row A7 until its deadline, and then what its machines are.
   */
  get patienceMs(): number {
    const { gateSettleMs, instanceGoneMs, nodeDeadlineMs } = timingsFor(this.#bench.world.schedule.hurry);
    const reasons = claims(this.#bench)
      .filter((claim) => !isDeleting(claim) && !isTrue(claim, 'Ready'))
      .map((claim) => conditionOf(claim, 'Ready')?.reason);
    if (reasons.includes('NodeNotFound') || reasons.includes('NodeMissing'))
      return Math.max(gateSettleMs, nodeDeadlineMs + 2 * instanceGoneMs) + hearingMs;
    return reasons.length > 0 ? gateSettleMs + hearingMs : calmMs;
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
    if (isTrue(claim, 'Ready') || isSomebodyElses(claim)) return [];
    const ready = conditionOf(claim, 'Ready');
    const reason = ready?.reason ?? '';
    const held = this.#isHeld(claim, reason) || this.#manyDown() || this.#broken(claim);
    if (held && reason !== '' && (ready?.message ?? '') !== '') return [];
    // Somebody took our notes from the claim, and we look at what is there without them.
    if (book.claimsTampered.has(uid) && noteOf(claim, 'record') === undefined && reason !== '') return [];
    return [`claim ${name} is not Ready (${reason || 'no reason'}: ${(ready?.message ?? '').slice(0, 80)})`];
  }

  /** Nothing is done about it before a person does something, by the policies of this run. */
  #isHeld(claim: Thing, reason: string): boolean {
    const { world } = this.#bench;
    const { metadata } = claim;
    if (!gone.has(reason) && !this.#isNodeless(claim)) return lasting.has(reason);
    const { onInstanceGone = 'recreate', onNodeMissing = 'hold' } = world.schedule.policies;
    const own = world.pools.all().filter(({ madeFor }) => madeFor === metadata.uid);
    // Somebody wants it to have no Node, failed or not (rows A15 and B7; B9 with nothing to replace).
    if (own.some((pool) => this.#isDisowned(pool, claim) || pool.view.count === 0)) return true;
    const policy = own.some(({ instances }) => instances.length > 0) ? onNodeMissing : onInstanceGone;
    return policy !== 'recreate' || world.pools.timesMadeFor(metadata.uid) > mostRecreations || this.#manyGone();
  }

  /** More pools would be replaced at once than may be without a person (MassDisruption). */
  #manyGone(): boolean {
    const { world } = this.#bench;
    const ours = world.pools.all().filter(({ view }) => view.mode === 'User');
    const waiting = claims(this.#bench).filter((claim) => {
      const ready = conditionOf(claim, 'Ready');
      return (
        !isDeleting(claim) && ready?.status !== 'True' && (gone.has(ready?.reason ?? '') || this.#isNodeless(claim))
      );
    });
    return waiting.length > Math.max(2, ours.length / 5) && world.schedule.policies.allowMassDeletion !== true;
  }

  /** Row B9: its Node is gone like any other that is missing, and the reason is why the pool failed. */
  #isNodeless(claim: Thing): boolean {
    const { world } = this.#bench;
    const bound = noteOf(claim, 'record')?.['boundUid'];
    const failed = world.pools
      .all()
      .some(({ madeFor, view: { phase } }) => madeFor === claim.metadata.uid && phase === 'failed');
    return failed && bound !== undefined && world.api.list('nodes').every(({ metadata: { uid } }) => uid !== bound);
  }

  /** Its machine stands still for good, and repair only reports, or leaves alone what is not the claim's any more. */
  #broken(claim: Thing): boolean {
    const { world } = this.#bench;
    const acts = world.schedule.policies.nodeRepair === 'act';
    const own = world.pools.all().filter(({ madeFor }) => madeFor === claim.metadata.uid);
    return own.some((pool) => {
      const isDisowned = this.#isDisowned(pool, claim);
      return pool.instances.some((one) => {
        const node = world.fleet.node(one);
        if (one.state !== 'down' || node === undefined) return false;
        // A pool that failed before its Node was ever initialized is taken away.
        const stays = pool.view.phase !== 'failed' || node.metadata.labels?.['karpenter.sh/initialized'] === 'true';
        return isDisowned || (stays && !acts);
      });
    });
  }

  /** Row B0: by the tags and labels that a person gave it it is not provably the claim's any more, and stays as it is. */
  #isDisowned({ incarnation, versions, view }: SimPool, { metadata: { uid, name, annotations } }: Thing): boolean {
    const { 'gpu-provisioner-uid': tagged, 'gpu-provisioner-name': named } = view.tags;
    if (!this.#bench.book.poolsTampered.has(incarnation) || tagged === uid) return false;
    // The pool of an earlier claim, for all that its tags say, may be adopted.
    if (tagged !== undefined) return named !== name || annotations?.['gpu-provisioner.io/adopt'] === undefined;
    const [made] = versions.values();
    return JSON.stringify(made?.nodeLabels) !== JSON.stringify(view.nodeLabels);
  }

  /** More Nodes are down than may be acted on without a person. */
  #manyDown(): boolean {
    const { world } = this.#bench;
    const ours = world.pools.all().filter(({ view }) => view.mode === 'User');
    const down = world.api.list('nodes').filter((node) => !isTrue(node, 'Ready'));
    return down.length > Math.max(2, ours.length / 5);
  }

  #leak(pool: SimPool): readonly string[] {
    const { book } = this.#bench;
    const { 'gpu-provisioner-uid': uid, 'gpu-provisioner-kind': kind } = pool.view.tags;
    if (uid === undefined || book.poolsForeign.has(pool.incarnation) || this.#isSpoilt(pool)) return [];
    // Row E8: a person left a part of our tags, and without the kind nobody can be asked whether the claim lives.
    if (kind === undefined && book.poolsTampered.has(pool.incarnation)) return [];
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
    if (world.schedule.policies.orphans === 'report' || this.#manyDown()) return true;
    const nodes = new Set(instances.map(({ name }) => name));
    if (world.api.list('pods').some((pod) => nodes.has(pod.spec?.nodeName ?? '') && asksForGpu(pod))) return true;
    const ours = world.pools
      .all()
      .map(({ view }) => view.tags['gpu-provisioner-uid'])
      .filter((uid) => uid !== undefined);
    const orphans = ours.filter((uid) => claimByUid(this.#bench, uid) === undefined);
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

/** Only a person helps, and the claim says so. */
const lasting: ReadonlySet<string> = new Set([
  'NameConflict',
  'InvalidSpec',
  'Paused',
  'PoolScaledToZero',
  'PoolStopped',
  'OwnershipUnproven',
]);

/** Node or machine are gone: what is done is for the policies to say, three times a day at most. */
const gone: ReadonlySet<string> = new Set(['NodeMissing', 'NodeNotFound', 'NodeNotJoining', 'InstanceGone']);
const mostRecreations = 3;
