// Nodes that are left over: owned by a claim that is gone, of a pool that is gone, and not Ready. Nobody else removes them.
import type { Node, OwnerReference } from '../../apis/wire.ts';
import { KubeError } from '../../kube/errors.ts';
import { isOfAzure } from '../arm-outcome.ts';
import type { Pass } from '../context.ts';
import { isClaimReference } from '../node-view.ts';
import { poolOfNode } from '../observe.ts';
import { reasons } from '../reasons.ts';
import { releaseNode } from '../release.ts';
import type { OwnerSource } from './owner-source.ts';
import type { CollectionContext } from './context.ts';

/** A Node whose pool is still there is nobody's to delete: the machine under it runs (table D lets go of it when it is deleted). */
export class OrphanNodes {
  readonly #context: CollectionContext;
  /** uids that the pass before has seen left over: caches that are behind for a moment delete nothing. */
  #seen: ReadonlySet<string> = new Set();
  /** uids of those that would have gone, and stay by a person's will: each is told of once. */
  #told: ReadonlySet<string> = new Set();

  constructor(context: CollectionContext) {
    this.#context = context;
  }

  async pass({ signal }: Pass): Promise<void> {
    const { log, nodes } = this.#context;
    if (!nodes.synced) return;
    const left = [...nodes.values()].filter((node) => this.#isLeft(node));
    const before = this.#seen;
    this.#seen = new Set(left.map(({ metadata }) => metadata.uid));
    this.#told = new Set([...this.#told].filter((uid) => this.#seen.has(uid)));
    for (const node of left.filter(({ metadata: { uid } }) => before.has(uid) && !this.#told.has(uid))) {
      try {
        if (!(await this.#isProved(node, signal))) continue;
        if (this.#isHeldBack(node)) this.#told = new Set([...this.#told, node.metadata.uid]);
        else await this.#remove(node, signal);
      } catch (error) {
        if (!(error instanceof KubeError) && !isOfAzure(error)) throw error;
        log.warn({ Node: node.metadata.name, err: error }, 'node without claim and pool not removed');
      }
    }
  }

  #isLeft(node: Node): boolean {
    const { inventory } = this.#context;
    const pool = poolOfNode(node);
    const owners = claimOwners(node);
    if (pool === undefined || owners.length === 0 || node.metadata.deletionTimestamp !== undefined) return false;
    // A kubelet that still answers has a machine, whatever Azure says of the pool.
    if (node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true)
      return false;
    const gone = owners.every((owner) => {
      const source = this.#sourceOf(owner);
      return source !== undefined && source.known && source.byUid(owner.uid) === undefined;
    });
    return gone && inventory.look(pool).seen === 'absent';
  }

  /** On live looks at its claims and its pool. */
  async #isProved(node: Node, signal: AbortSignal): Promise<boolean> {
    for (const owner of claimOwners(node)) {
      const answer = await this.#sourceOf(owner)?.ask(owner.name, { signal });
      if (answer?.known !== true || answer.uid === owner.uid) return false;
    }
    const pool = poolOfNode(node);
    return pool !== undefined && (await this.#context.inventory.refresh(pool, { signal })).seen === 'absent';
  }

  /** P2: what would be done is logged. */
  #isHeldBack(node: Node): boolean {
    const { log, policies } = this.#context;
    if (!policies.paused && !policies.reportOnly) return false;
    const { name } = node.metadata;
    const by = policies.paused ? 'paused' : 'reportOnly';
    log.info({ Node: name, pool: poolOfNode(node), by, would: `delete Node "${name}"` }, 'step left undone');
    return true;
  }

  async #remove(node: Node, signal: AbortSignal): Promise<void> {
    const { events, log } = this.#context;
    const { name, uid } = node.metadata;
    const pool = poolOfNode(node);
    await releaseNode(node, claimOwners(node)[0]?.uid, this.#context, { signal, remove: true });
    log.info({ Node: name, pool }, 'node without claim and pool removed');
    events.record({
      regarding: { apiVersion: 'v1', kind: 'Node', name, uid },
      type: 'Normal',
      reason: reasons.OrphanNodeRemoved,
      message: `The Node's claim and agent pool "${pool}" are gone, so its object was removed`,
    });
  }

  #sourceOf({ kind }: OwnerReference): OwnerSource | undefined {
    return this.#context.sources.find((source) => source.kind === kind);
  }
}

function claimOwners({ metadata }: Node): readonly OwnerReference[] {
  return (metadata.ownerReferences ?? []).filter(isClaimReference);
}
