// The controller of one kind of claim, and what wakes it: a claim, its Node or its pool changed.
import type { KubeObject } from '../apis/wire.ts';
import type { Clock } from '../clock.ts';
import type { Metrics } from '../observability/metrics.ts';
import { Controller, requeueAfter } from '../runtime/controller.ts';
import { WorkQueue } from '../runtime/queue.ts';
import { Store } from '../runtime/store.ts';
import type { Term } from '../runtime/leader.ts';
import type { ClaimAdapter } from './adapter.ts';
import type { LifecycleContext } from './context.ts';
import { Lifecycle } from './lifecycle.ts';
import { uidIndex } from './known-claims.ts';
import { poolIndex, poolOfClaim, poolOfNode } from './observe.ts';

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

export interface ClaimControllerOptions<T extends KubeObject> {
  readonly context: LifecycleContext<T>;
  readonly metrics: Metrics;
  readonly workers: number;
}

/** Build it before the reflectors run: its queue fills while the process stands by, and is worked on once it leads. */
export class ClaimController<T extends KubeObject> {
  readonly #options: ClaimControllerOptions<T>;
  readonly #lifecycle: Lifecycle<T>;
  readonly #queue: WorkQueue;

  constructor(options: ClaimControllerOptions<T>) {
    const { context, metrics } = options;
    const { adapter, clock, random } = context;
    this.#options = options;
    this.#lifecycle = new Lifecycle(context);
    this.#queue = new WorkQueue({ name: `${adapter.kind.toLowerCase()}.lifecycle`, clock, metrics, random });
    this.#wire();
  }

  /** Works until `signal` aborts and the workers are done. Nothing is decided while one of its stores is not synced. */
  async run(term: Term, signal: AbortSignal): Promise<void> {
    const { context, metrics, workers } = this.#options;
    const { claims, nodes, clock, log } = context;
    const controller = new Controller({
      name: this.#queue.name,
      queue: this.#queue,
      workers,
      clock,
      log,
      metrics,
      reconcile: async (key, { signal: deadline }) =>
        claims.synced && nodes.synced
          ? this.#lifecycle.reconcile(key, { term, signal: deadline })
          : requeueAfter(unsyncedMs),
    });
    await controller.run(signal);
  }

  /** Something changed that may concern every claim. */
  wakeAll(): void {
    for (const claim of this.#options.context.claims.values()) this.#queue.add(claim.metadata.name);
  }

  #wire(): void {
    const { claims, nodes, inventory, plugins } = this.#options.context;
    claims.subscribe(({ key, before, after }) => {
      this.#queue.add(key);
      if (before !== undefined && after === undefined) this.#lifecycle.forget(before.metadata.uid);
    });
    nodes.subscribe(({ before, after }) => {
      const pools = new Set([before, after].flatMap((node) => (node === undefined ? [] : listed(poolOfNode(node)))));
      for (const pool of pools) this.#poolChanged(pool);
    });
    inventory.subscribe((pool) => this.#poolChanged(pool));
    plugins?.subscribe((pool) => this.#poolChanged(pool));
  }

  #poolChanged(pool: string): void {
    for (const claim of this.#options.context.claims.byIndex(poolIndex, pool)) this.#queue.add(claim.metadata.name);
  }
}

function listed(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value];
}
