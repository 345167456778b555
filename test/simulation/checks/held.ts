// Which claims stay as they are until a person does something, by the policies of the run and by what people did before.
import type { SimPool } from '../arm-pools.ts';
import { conditionOf, isDeleting, isTrue, type Thing } from '../thing.ts';
import { boundNodeOf, claims, hasFailedPool, isInitialized, noteOf, type Bench } from './check.ts';

export class Held {
  readonly #bench: Bench;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** Of a live claim that is not Ready for this reason. */
  isHeld(claim: Thing, reason: string): boolean {
    return this.#waits(claim, reason) || this.manyDown() || this.#broken(claim);
  }

  /** Nothing is done about it before a person does something, by the policies of this run. */
  #waits(claim: Thing, reason: string): boolean {
    const { world } = this.#bench;
    const { metadata } = claim;
    if (!gone.has(reason) && !this.#isNodeless(claim)) return lasting.has(reason);
    if (this.#isReplacedByOthers(claim)) return true;
    const { onInstanceGone = 'recreate', onNodeMissing = 'hold' } = world.schedule.policies;
    const own = world.pools.all().filter(({ madeFor }) => madeFor === metadata.uid);
    // Somebody wants it to have no Node, failed or not (rows A15 and B7; B9 with nothing to replace).
    if (own.some((pool) => this.#isDisowned(pool, claim) || pool.view.count === 0)) return true;
    const policy = own.some(({ instances }) => instances.length > 0) ? onNodeMissing : onInstanceGone;
    return policy !== 'recreate' || world.pools.timesMadeFor(metadata.uid) > mostRecreations || this.#manyGone();
  }

  /** Row B0: it was bound to a Node once, its pool was deleted, and somebody made another one of that name. */
  #isReplacedByOthers(claim: Thing): boolean {
    const { world, book } = this.#bench;
    const record = noteOf(claim, 'record');
    const pool = world.pools.all().find(({ view }) => view.name === record?.['pool']);
    if (pool === undefined || record?.['boundUid'] === undefined) return false;
    return (pool.madeFor ?? book.poolsOfGo.get(pool.incarnation)) !== claim.metadata.uid;
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
    const wasBound = noteOf(claim, 'record')?.['boundUid'] !== undefined;
    return wasBound && hasFailedPool(this.#bench, claim) && boundNodeOf(this.#bench, claim) === undefined;
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
        // One whose kubelet never becomes Ready goes with its pool, if that is the claim's.
        const isOut = one.state === 'down' || (one.sick && isDisowned);
        if (!isOut || node === undefined) return false;
        // A pool that failed before its Node was ever initialized is taken away.
        const stays = pool.view.phase !== 'failed' || isInitialized(node);
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
  manyDown(): boolean {
    const { world } = this.#bench;
    const ours = world.pools.all().filter(({ view }) => view.mode === 'User');
    const down = world.api.list('nodes').filter((node) => !isTrue(node, 'Ready'));
    return down.length > Math.max(2, ours.length / 5);
  }
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
