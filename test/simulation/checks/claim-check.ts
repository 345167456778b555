// Every write to a claim or a Node, judged as it happens: invariants 2, 5, 10 and 12.
import type { Change } from '../api-server.ts';
import { expiresAtMs, isSomebodyElses } from '../claims.ts';
import { conditionOf, isDeleting, isTrue, type Thing } from '../thing.ts';
import { claimByUid, claimPlurals, deletionBegins, finalizer, isReplica, noteOf, type Bench } from './check.ts';

/** By how much a replica may be ahead of the API server's time, which it has from headers of whole seconds. */
const dateMs = 2000;

export class ClaimCheck {
  readonly #bench: Bench;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** Judges every write from now on. */
  watch(): void {
    this.#bench.world.api.subscribe((change) => {
      if (claimPlurals.some((plural) => plural === change.plural)) this.#claim(change);
      else if (change.plural === 'nodes') this.#node(change);
    });
  }

  #claim(change: Change): void {
    const { type, before, object, by } = change;
    const { book } = this.#bench;
    const { uid } = object.metadata;
    if (type === 'DELETED') {
      book.claimsGone.set(uid, this.#bench.world.nowMs);
      if (isReplica(by)) this.#letGo(object);
      return;
    }
    if (!isReplica(by)) return;
    if (isSomebodyElses(object))
      this.#bench.report(7, `${by} writes to claim ${object.metadata.name} of another provisioner`);
    if (before !== undefined && !isDeleting(before) && isDeleting(object)) this.#deleted(object, by);
    if (!isDeleting(object)) this.#rollUp(object);
    if (before !== undefined) this.#bound(before, object);
  }

  /** Ready not True implies Initialized not True, in the same write. */
  #rollUp(claim: Thing): void {
    const initialized = conditionOf(claim, 'MachineInitialized') ?? conditionOf(claim, 'Initialized');
    const ready = conditionOf(claim, 'Ready');
    if (ready !== undefined && ready.status !== 'True' && initialized?.status === 'True')
      this.#bench.report(10, `Claim ${claim.metadata.name} is Initialized and not Ready: KAITO would buy another`);
  }

  /** A recreated name never gets the Node of an earlier incarnation. */
  #bound(before: Thing, after: Thing): void {
    const { world, book, report } = this.#bench;
    const uid = noteOf(after, 'record')?.['boundUid'];
    if (typeof uid !== 'string' || uid === noteOf(before, 'record')?.['boundUid']) return;
    const from = world.fleet.madeFor.get(uid);
    const pool = world.pools.all().find(({ incarnation }) => incarnation === from?.incarnation);
    if (pool === undefined || book.poolsOfGo.has(pool.incarnation)) return;
    // A person told it to take the pool of an earlier one.
    if (after.metadata.annotations?.['gpu-provisioner.io/adopt'] === 'true') return;
    if (pool.madeFor !== after.metadata.uid)
      report(
        12,
        `Claim ${after.metadata.name} (${after.metadata.uid}) is bound to Node ${uid}, which was made for ${pool.madeFor ?? 'nobody'}`,
      );
  }

  /** Only a person's deletion of a Node, or a policy that says so, makes a replica delete a claim. */
  #deleted(claim: Thing, by: string): void {
    const { world, book, report } = this.#bench;
    const { name, uid } = claim.metadata;
    const { onInstanceGone, expireNodeClaims } = world.schedule.policies;
    const isTooOld = expireNodeClaims === true && world.api.nowMs + dateMs >= expiresAtMs(claim);
    if (book.nodesOfClaimDeleted.has(uid) || onInstanceGone === 'delete-claim' || isTooOld) return;
    report(2, `${by} deletes claim ${name}, none of whose Nodes a person deleted`);
  }

  /** The claim's last finalizer went: its pool has to be gone, and each Node of it. */
  #letGo(claim: Thing): void {
    const { world, book, report } = this.#bench;
    const { uid, name } = claim.metadata;
    if (book.claimsForced.has(uid) || book.claimsTampered.has(uid)) return;
    for (const pool of world.pools.all()) {
      if ((pool.madeFor ?? book.poolsOfGo.get(pool.incarnation)) !== uid || book.poolsTampered.has(pool.incarnation))
        continue;
      report(5, `Claim ${name} was let go of, and its pool ${pool.view.name} is ${pool.view.state}`);
    }
    for (const node of world.api.list('nodes'))
      if (node.metadata.ownerReferences?.some((owner) => owner.uid === uid) === true)
        report(5, `Claim ${name} was let go of, and its Node ${node.metadata.name} is still there`);
  }

  #node(change: Change): void {
    const { book } = this.#bench;
    const { before, object, by } = change;
    const { uid } = object.metadata;
    if (!deletionBegins(change) || book.nodesDeleted.has(uid)) return;
    const culprit = isReplica(by) ? 'replica' : by === 'person' ? 'person' : 'platform';
    book.nodesDeleted.set(uid, culprit);
    if (culprit !== 'person') return;
    for (const { uid: owner } of before?.metadata.ownerReferences ?? []) book.nodesOfClaimDeleted.add(owner);
  }
}

const workspaceLabel = 'kaito.sh/workspace';

/** Time during which somebody led undisturbed, for things that must not last: looked at every few seconds. */
export class Patience {
  readonly #bench: Bench;
  readonly #suffered = new Map<string, number>();
  #leaderSinceMs = 0;
  #leader: string | undefined;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** To be called every `everyMs`. */
  look(everyMs: number): void {
    const { world } = this.#bench;
    const leader = world.leader;
    if (leader?.name !== this.#leader) {
      this.#leader = leader?.name;
      this.#leaderSinceMs = world.nowMs;
    }
    if (leader === undefined || leader.frozen) return;
    const replica = leader.name.startsWith('a') ? 'a' : 'b';
    const served = [...claimPlurals, 'nodes'].filter((plural) => world.api.serves(plural));
    const calm = !world.faults.troubles(replica) && world.hears(leader, served);
    if (!calm || world.nowMs - this.#leaderSinceMs < 30_000) return;
    const armFails = world.faults.armFails(replica);
    const still = new Set<string>();
    for (const [what, { invariant, mostMs }] of this.#wrongs(armFails)) {
      still.add(what);
      const ms = (this.#suffered.get(what) ?? 0) + everyMs;
      this.#suffered.set(what, ms);
      if (ms > mostMs) this.#bench.report(invariant, `${what}, for ${ms / 1000} s of undisturbed leadership`);
    }
    for (const what of this.#suffered.keys()) if (!still.has(what)) this.#suffered.delete(what);
  }

  *#wrongs(
    armFails: boolean,
  ): Generator<readonly [string, { readonly invariant: 2 | 3 | 10; readonly mostMs: number }]> {
    const { world, book } = this.#bench;
    for (const node of world.api.list('nodes')) {
      const { name, uid, finalizers = [], ownerReferences = [] } = node.metadata;
      if (!isDeleting(node) || !finalizers.includes(finalizer) || book.nodesDeleted.get(uid) !== 'platform') continue;
      const owner = claimByUid(this.#bench, ownerReferences[0]?.uid);
      if (owner === undefined || isDeleting(owner) || !this.#isServed(owner)) continue;
      yield [`Node ${name} (${uid}) keeps our finalizer`, { invariant: 2, mostMs: armFails ? 120_000 : 30_000 }];
    }
    for (const plural of claimPlurals) {
      if (!world.api.serves(plural)) continue;
      for (const claim of world.api.list(plural)) {
        if (isDeleting(claim) || !isTrue(claim, 'Ready')) continue;
        const why = this.#notReady(claim);
        if (why !== undefined)
          yield [`Claim ${claim.metadata.name} says Ready and ${why}`, { invariant: 10, mostMs: 15_000 }];
        else if (!this.#isCounted(claim))
          yield [`KAITO does not count the Node of claim ${claim.metadata.name}`, { invariant: 3, mostMs: 15_000 }];
      }
    }
  }

  /** Of claims whose kind is not served nothing is known. */
  #isServed({ kind }: Thing): boolean {
    return this.#bench.world.api.serves(kind === 'NodeClaim' ? 'nodeclaims' : 'machines');
  }

  /** KAITO looks for Nodes by its label, and makes claims until it has found enough. */
  #isCounted({ metadata, status }: Thing): boolean {
    const node = this.#bench.world.api.find('nodes', status?.nodeName ?? '');
    return node?.metadata.labels?.[workspaceLabel] === metadata.labels?.[workspaceLabel];
  }

  #notReady({ metadata, status }: Thing): string | undefined {
    const node = this.#bench.world.api.find('nodes', status?.nodeName ?? '');
    if (node === undefined) return `its Node ${status?.nodeName ?? ''} does not exist`;
    if (isDeleting(node)) return 'its Node is being deleted';
    if (!isTrue(node, 'Ready')) return 'its Node is not Ready';
    const owned = node.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid) === true;
    return owned ? undefined : 'its Node is not its own';
  }
}
