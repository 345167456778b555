// The controller of Nodes that are being deleted or have lost their claim, whatever its kind, and what wakes it.
import type { Node } from '../apis/wire.ts';
import type { Clock } from '../clock.ts';
import type { Metrics } from '../observability/metrics.ts';
import { Controller, requeueAfter } from '../runtime/controller.ts';
import { WorkQueue } from '../runtime/queue.ts';
import { Store } from '../runtime/store.ts';
import type { Term } from '../runtime/term.ts';
import type { NodeReleaseContext } from './node-order.ts';
import { DeletedNodes } from './node-release.ts';
import { ownerClaimUid } from './node-view.ts';
import { poolIndex, poolOfNode } from './observe.ts';

const ownerIndex = 'owner';
/** While the cache of Nodes is not complete nothing is concluded from it. */
const unsyncedMs = 1000;
/** A Node takes a look at its pool at most, and a patch or two. */
const workers = 10;

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

export interface NodeControllerOptions {
  readonly context: NodeReleaseContext;
  readonly clock: Clock;
  readonly random: () => number;
  readonly metrics: Metrics;
}

/** Build it before the reflectors run, as the controllers of claims. */
export class NodeController {
  readonly #options: NodeControllerOptions;
  readonly #queue: WorkQueue;
  readonly #nodes: DeletedNodes;

  constructor(options: NodeControllerOptions) {
    const { context, clock, metrics, random } = options;
    this.#options = options;
    this.#nodes = new DeletedNodes(context);
    this.#queue = new WorkQueue({ name: 'node.release', clock, metrics, random });
    const { nodes, kinds } = context;
    nodes.subscribe(({ key, before, after }) => {
      if (before !== undefined && before.metadata.uid !== after?.metadata.uid) this.#nodes.forget(before.metadata.uid);
      if (after?.metadata.deletionTimestamp !== undefined) this.#queue.add(key);
    });
    for (const kind of kinds)
      kind.onGone((uid) => {
        for (const node of nodes.byIndex(ownerIndex, uid)) this.#queue.add(node.metadata.name);
      });
  }

  /** The gate turned: every Node that is being deleted is looked at. */
  wakeAll(): void {
    for (const { metadata } of this.#options.context.nodes.values())
      if (metadata.deletionTimestamp !== undefined) this.#queue.add(metadata.name);
  }

  /** Works until `signal` aborts and the workers are done. */
  async run(term: Term, signal: AbortSignal): Promise<void> {
    const { context, clock, metrics } = this.#options;
    const controller = new Controller({
      name: this.#queue.name,
      queue: this.#queue,
      workers,
      clock,
      log: context.log,
      metrics,
      reconcile: async (key, { signal: deadline }) =>
        context.nodes.synced ? this.#nodes.reconcile(key, { term, signal: deadline }) : requeueAfter(unsyncedMs),
    });
    await controller.run(signal);
  }
}

function listed(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value];
}
