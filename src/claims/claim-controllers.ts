// The two controllers of the lifecycle, and what wakes them: a claim, its Node or its pool changed.
import type { KubeObject, Node } from '../apis/wire.ts';
import type { Clock } from '../clock.ts';
import type { Metrics } from '../observability/metrics.ts';
import { Controller, requeueAfter } from '../runtime/controller.ts';
import { WorkQueue } from '../runtime/queue.ts';
import { Store } from '../runtime/store.ts';
import type { Term } from '../runtime/leader.ts';
import type { ClaimAdapter } from './adapter.ts';
import type { LifecycleContext } from './context.ts';
import { Lifecycle } from './lifecycle.ts';
import { releaseDeletedNode, uidIndex } from './node-release.ts';
import { ownerClaimUid } from './node-view.ts';
import { poolIndex, poolOfClaim, poolOfNode } from './observe.ts';

const ownerIndex = 'owner';
/** A store that lost its resource (a CRD was removed) is asked again after this; nothing is decided meanwhile. */
const unsyncedMs = 1000;

/** Claims by pool and uid. */
export function createClaimStore<T extends KubeObject>(adapter: ClaimAdapter<T>, clock: Clock): Store<T> {
  return new Store<T>({
    clock,
    indexes: {
      [poolIndex]: (object) => [poolOfClaim(adapter.read(object))],
      [uidIndex]: ({ metadata }) => [metadata.uid],
    },
  });
}

/** Nodes by agent pool and by the claim that owns them. */
export function createNodeStore(clock: Clock): Store<Node> {
  return new Store<Node>({
    clock,
    indexes: {
      [poolIndex]: (node) => listed(poolOfNode(node)),
      [ownerIndex]: (node) => listed(ownerClaimUid(node)),
    },
  });
}

export interface ClaimControllersOptions<T extends KubeObject> {
  readonly context: LifecycleContext<T>;
  readonly metrics: Metrics;
  readonly workers: number;
}

/** Build it before the reflectors run: its queues fill while the process stands by, and are worked on once it leads. */
export class ClaimControllers<T extends KubeObject> {
  readonly #options: ClaimControllersOptions<T>;
  readonly #lifecycle: Lifecycle<T>;
  readonly #claimQueue: WorkQueue;
  readonly #nodeQueue: WorkQueue;

  constructor(options: ClaimControllersOptions<T>) {
    const { context, metrics } = options;
    const { adapter, clock, random } = context;
    this.#options = options;
    this.#lifecycle = new Lifecycle(context);
    const queued = { clock, metrics, random };
    this.#claimQueue = new WorkQueue({ ...queued, name: `${adapter.resource.kind.toLowerCase()}.lifecycle` });
    this.#nodeQueue = new WorkQueue({ ...queued, name: 'node.release' });
    this.#wire();
  }

  /** Works until `signal` aborts and the workers are done. Call it once the stores are synced and the term has begun. */
  async run(term: Term, signal: AbortSignal): Promise<void> {
    const { context, metrics, workers } = this.#options;
    const { claims, nodes, clock, log } = context;
    const synced = (): boolean => claims.synced && nodes.synced;
    const lifecycle = new Controller({
      name: this.#claimQueue.name,
      queue: this.#claimQueue,
      workers,
      clock,
      log,
      metrics,
      reconcile: async (key, { signal: deadline }) =>
        synced() ? this.#lifecycle.reconcile(key, { term, signal: deadline }) : requeueAfter(unsyncedMs),
    });
    const release = new Controller({
      name: this.#nodeQueue.name,
      queue: this.#nodeQueue,
      workers: Math.min(workers, 10),
      clock,
      log,
      metrics,
      reconcile: async (key, options) =>
        synced() ? releaseDeletedNode(key, context, options) : requeueAfter(unsyncedMs),
    });
    await Promise.all([lifecycle.run(signal), release.run(signal)]);
  }

  #wire(): void {
    const { claims, nodes, inventory } = this.#options.context;
    claims.subscribe(({ key, before, after }) => {
      this.#claimQueue.add(key);
      if (after !== undefined || before === undefined) return;
      this.#lifecycle.forget(before.metadata.uid);
      for (const node of nodes.byIndex(ownerIndex, before.metadata.uid)) this.#nodeQueue.add(node.metadata.name);
    });
    nodes.subscribe(({ key, before, after }) => {
      const pools = new Set([before, after].flatMap((node) => (node === undefined ? [] : listed(poolOfNode(node)))));
      for (const pool of pools) this.#poolChanged(pool);
      if (after?.metadata.deletionTimestamp !== undefined) this.#nodeQueue.add(key);
    });
    inventory.subscribe((pool) => this.#poolChanged(pool));
  }

  #poolChanged(pool: string): void {
    for (const claim of this.#options.context.claims.byIndex(poolIndex, pool))
      this.#claimQueue.add(claim.metadata.name);
  }
}

function listed(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value];
}
