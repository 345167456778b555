// Table D carried out: looks that the decision asks for, the finalizer's release, and a person's deletion as an order.
import type { ClaimSpec } from '../apis/claim.ts';
import type { Node } from '../apis/wire.ts';
import { Conflict, KubeError, NotFound } from '../kube/errors.ts';
import { done, requeueAfter } from '../runtime/controller.ts';
import type { Result } from '../runtime/controller.ts';
import { finalizer } from './annotations.ts';
import { isOfAzure } from './arm-outcome.ts';
import type { Pass } from './context.ts';
import { drainPool } from './drain-pool.ts';
import type { DecideInput, Instant } from './input.ts';
import { decideNode } from './node-decision.ts';
import type { NodeDecision, NodeMemory } from './node-decision.ts';
import { deleteOwner, replaceInstance } from './node-order.ts';
import type { NodeReleaseContext } from './node-order.ts';
import { isOfClaim, ownerOfNode } from './node-owner.ts';
import type { NodeOwner } from './node-owner.ts';
import { viewOfNode } from './node-view.ts';
import type { NodeView } from './node-view.ts';
import { instantOf, observe, poolOfNode } from './observe.ts';
import { platformSpokeOf } from './platform-events.ts';
import { reasons } from './reasons.ts';
import { releaseNode } from './release.ts';

const afterConflictMs = 200;
const afterFailureMs = 5000;
const afterGateMs = 1000;
/** A look, its events, and a step: no pass asks for more. */
const mostSteps = 4;

/** What its claim asks of a Node plays no part in whose doing a deletion is. */
const noSpec: ClaimSpec = { requirements: [], taints: [], startupTaints: [], requests: {} };

interface Observed {
  readonly view: NodeView;
  readonly owner: NodeOwner;
  readonly claim: DecideInput | undefined;
  readonly now: Instant;
}

/** One for the process. */
export class DeletedNodes {
  readonly #context: NodeReleaseContext;
  readonly #memories = new Map<string, NodeMemory>();

  constructor(context: NodeReleaseContext) {
    this.#context = context;
  }

  /** The key is the Node's name. Nothing waits for Azure longer than one GET takes. */
  async reconcile(key: string, pass: Pass): Promise<Result> {
    const { nodes, log } = this.#context;
    const node = nodes.get(key);
    if (node === undefined || !isOfClaim(node) || !isHeld(node)) return done;
    try {
      for (let steps = 0; steps < mostSteps; steps += 1) {
        const observed = this.#observe(node, pass);
        const decision = this.#decide(node, observed);
        log.debug({ Node: key, row: decision.row, step: decision.step.do }, 'decided');
        const result = await this.#act(node, decision, observed, pass);
        if (result !== 'again') return result;
      }
      return requeueAfter(afterFailureMs);
    } catch (error) {
      if (error instanceof Conflict || error instanceof NotFound) return requeueAfter(afterConflictMs);
      throw error;
    }
  }

  /** Of a Node that is gone, by its uid. */
  forget(uid: string): void {
    this.#memories.delete(uid);
  }

  #observe(node: Node, { term }: Pass): Observed {
    const { kinds } = this.#context;
    const owner = ownerOfNode(node, kinds);
    const now = instantOf(this.#context);
    const { uid } = node.metadata;
    const known = this.#remember(uid, now);
    // A drain that has begun was permitted, and must not hold the place of others for as long as it takes.
    const wished = known.drain === undefined ? known.wished : undefined;
    if (owner.is !== 'claim') return { view: viewOfNode(node, noSpec), owner, claim: undefined, now };
    const memory = { firstSeen: now, told: new Set<string>(), wished };
    const claim = observe(owner.claim, { ...this.#context, ours: true, memory, term });
    return { view: viewOfNode(node, owner.claim.spec), owner, claim, now };
  }

  #decide(node: Node, { claim, now, owner, view }: Observed): NodeDecision {
    const { onDecision, restraint, termination } = this.#context;
    const memory = this.#remember(node.metadata.uid, now);
    const deletedAtMs = Date.parse(node.metadata.deletionTimestamp ?? '');
    const decision = decideNode({ now, node: view, owner, memory, claim, deletedAtMs });
    termination?.nodeDecided(decision.row);
    onDecision?.(decision.row);
    if (claim !== undefined && decision.wishes === true) {
      // Not taken back when the Node is released instead: of a storm, the last must not look like the only one (restraint.ts).
      restraint.wish(claim.poolName);
      if (memory.wished === undefined) this.#note(node.metadata.uid, { wished: now });
    }
    return decision;
  }

  /** `again`: something was learned, and is decided on. */
  async #act(
    node: Node,
    decision: NodeDecision,
    { claim, now, view }: Observed,
    pass: Pass,
  ): Promise<Result | 'again'> {
    const { step, wakeAfterMs } = decision;
    const { uid } = node.metadata;
    const later = wakeAfterMs === undefined ? done : requeueAfter(wakeAfterMs);
    switch (step.do) {
      case 'nothing':
        return later;
      case 'release':
        await this.#release(node, step.owner, decision, pass);
        return done;
      case 'look':
        return claim !== undefined && (await this.#look(uid, claim.poolName, pass))
          ? 'again'
          : requeueAfter(afterFailureMs);
      case 'askPlatform':
        return (await this.#askPlatform(node, pass)) ? 'again' : requeueAfter(afterFailureMs);
      case 'drain':
        this.#note(uid, { drain: await drainPool(step.task, { context: this.#context, now, signal: pass.signal }) });
        return later;
      case 'deleteClaim':
      case 'replace': {
        if (claim === undefined) return requeueAfter(afterFailureMs);
        const order = step.do === 'replace' ? replaceInstance : deleteOwner;
        const outcome = await order(view, claim, this.#context, pass);
        if (outcome === 'unsure') this.#note(uid, { isUnsure: true });
        if (outcome !== 'done') return requeueAfter(outcome === 'unsure' ? afterFailureMs : afterGateMs);
        if (step.do === 'deleteClaim') return done;
        await this.#release(node, undefined, decision, pass);
        return done;
      }
    }
  }

  async #release(node: Node, owner: string | undefined, { row, why }: NodeDecision, { signal }: Pass): Promise<void> {
    const { events, log } = this.#context;
    const { name, uid } = node.metadata;
    await releaseNode(node, owner, this.#context, { signal, remove: false });
    this.forget(uid);
    const pool = poolOfNode(node);
    log.info({ Node: name, pool, row, why }, 'node finalizer released');
    events.record({
      regarding: { apiVersion: 'v1', kind: 'Node', name, uid },
      type: 'Normal',
      reason: reasons.NodeFinalizerReleased,
      message: `The Node is being deleted, and its finalizer was released: ${why}`,
    });
  }

  /** Whether Azure answered. */
  async #look(uid: string, poolName: string, { signal }: Pass): Promise<boolean> {
    const lookedAt = instantOf(this.#context);
    try {
      await this.#context.inventory.refresh(poolName, { signal });
    } catch (error) {
      if (isOfAzure(error)) return false;
      throw error;
    }
    this.#note(uid, { lookedAt, isUnsure: false });
    return true;
  }

  /** Whether the API server answered. */
  async #askPlatform(node: Node, { signal }: Pass): Promise<boolean> {
    const { kube, log } = this.#context;
    const { name, uid } = node.metadata;
    try {
      const nowApiMs = kube.serverNow().getTime();
      const word = await platformSpokeOf(name, { kube, nowApiMs, signal });
      this.#note(uid, { platformSpoke: word !== undefined });
      return true;
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      log.warn({ err: error, Node: name }, 'events of a Node not read');
      return false;
    }
  }

  #remember(uid: string, now: Instant): NodeMemory {
    const known = this.#memories.get(uid);
    if (known !== undefined) return known;
    const memory = { seenAt: now };
    this.#memories.set(uid, memory);
    return memory;
  }

  #note(uid: string, change: Partial<NodeMemory>): void {
    this.#memories.set(uid, { ...this.#remember(uid, instantOf(this.#context)), ...change });
  }
}

function isHeld({ metadata }: Node): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers?.includes(finalizer) ?? false);
}
