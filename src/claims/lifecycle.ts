// One pass over one claim: look at what is, decide, act once, report. Doing it twice equals doing it once.
import type { Claim } from '../apis/claim.ts';
import { conditionOf } from '../apis/conditions.ts';
import type { KubeObject } from '../apis/wire.ts';
import { causeOf } from '../azure/causes.ts';
import { Conflict, Invalid, NotFound } from '../kube/errors.ts';
import { done, requeueAfter } from '../runtime/controller.ts';
import type { Result } from '../runtime/controller.ts';
import { act } from './act.ts';
import type { Acted } from './act.ts';
import { recordOf } from './annotations.ts';
import { askPlatform } from './ask-platform.ts';
import { isOfAzure } from './arm-outcome.ts';
import type { Hands } from './arm-outcome.ts';
import { ClaimWriter } from './claim-writer.ts';
import type { LifecycleContext, Pass } from './context.ts';
import { countMachines } from './count-machines.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { milestonesBetween, tell } from './events.ts';
import type { DecideInput } from './input.ts';
import { Memories } from './memories.ts';
import { milestonesPassed } from './milestones.ts';
import { decisionAfter, NodeRefused } from './node-refusal.ts';
import { notice } from './notice.ts';
import { instantOf, observe } from './observe.ts';
import { Released } from './released.ts';
import { drainedCondition } from './table-c-drain.ts';

/** The watch shows the newer version within moments; the pass then decides on it. */
const afterConflictMs = 500;
/** Of the pool, of its machines, and of either once more: a pass decides on what it learned, and not for ever. */
const mostLooks = 3;
/** Logged once for each claim. */
const statusRefused = 'status refused';

export class Lifecycle<T extends KubeObject> {
  readonly #context: LifecycleContext<T>;
  readonly #memories = new Memories();
  readonly #released = new Released();
  readonly #writer: ClaimWriter<T>;

  constructor(context: LifecycleContext<T>) {
    this.#context = context;
    this.#writer = new ClaimWriter(context);
  }

  /** The key is the claim's name. Waiting is a result; only failures throw. */
  async reconcile(key: string, pass: Pass): Promise<Result> {
    const { claims, adapter, selects } = this.#context;
    const object = claims.get(key);
    if (object === undefined) return done;
    const claim = adapter.read(object);
    const ours = adapter.isOurs(object) && selects(claim.labels);
    if (!ours && recordOf(claim) === undefined) return done;
    if (this.#released.has(claim.uid, claim.uid)) return done;
    try {
      return await this.#pass(claim, ours, pass);
    } catch (error) {
      // Somebody wrote in between, or the claim is gone: what this pass knew is out of date, and nothing was lost.
      if (error instanceof Conflict || error instanceof NotFound) return requeueAfter(afterConflictMs);
      throw error;
    }
  }

  /** Of a claim that is gone. */
  forget(uid: string): void {
    this.#memories.forget(uid);
    this.#released.forget(uid);
  }

  async #pass(claim: Claim, ours: boolean, pass: Pass): Promise<Result> {
    const { log, onDecision } = this.#context;
    let current = claim;
    let { input, decision } = this.#decide(current, ours, pass);
    const events = [...(decision.events ?? [])];
    // Azure may take its time to answer; that the Node does not serve any more is said at once.
    if (isLook(decision) && losesReady(current, decision)) current = await this.#report(current, decision, pass);
    for (let looks = 0; isLook(decision) && looks < mostLooks; looks += 1) {
      if (decision.step.do === 'countMachines') await countMachines(input, this.#hands(pass));
      else if (decision.step.do === 'askPlatform') await askPlatform(input, decision.step.nodeName, this.#hands(pass));
      else if (!(await this.#look(input, pass))) break;
      ({ input, decision } = this.#decide(current, ours, pass));
      events.push(...(decision.events ?? []));
    }
    log.debug({ claim: claim.name, row: decision.row, step: decision.step.do }, 'decided');
    onDecision?.(decision.row);
    let { wakeAfterMs } = decision;
    if (isLook(decision)) {
      // The look failed or was overtaken: say so, and come back at the pace that its cause deserves.
      ({ input, decision } = this.#decide(current, ours, pass));
      ({ wakeAfterMs = 1000 } = decision);
    } else if (decision.step.do !== 'nothing') {
      // What led to an end comes before it; and of a claim that is gone nothing can be told.
      if (decision.step.do === 'releaseClaim' || decision.step.do === 'deletePool')
        this.#tell(current, events.splice(0));
      const acted = await this.#act(decision, input, pass);
      if (acted === 'letGo') return requeueAfter(0);
      // The watch shows within moments that the Nodes are gone, and nothing is left to say; one that stays is told of then.
      const isOver = decision.step.do === 'releaseNodes' && decision.heldBack === undefined;
      if (isOver) return requeueAfter(decision.wakeAfterMs ?? afterConflictMs);
      if (acted !== 'nothing') {
        current = acted;
        const after = this.#decide(current, ours, pass);
        const more = after.decision.step.do !== 'nothing' && after.decision.step.do !== 'sync';
        // Nothing was left to drain: the DELETE comes at once, and its outcome is what is told.
        if (decision.step.do === 'drain' && more && after.decision.step.do !== 'drain') return requeueAfter(0);
        wakeAfterMs = more
          ? Math.max(after.decision.wakeAfterMs ?? 0, decision.step.do === 'drain' ? 1000 : 0)
          : after.decision.wakeAfterMs;
        decision = after.decision;
        events.push(...(decision.events ?? []));
      }
    }
    this.#restrain(input, decision);
    await this.#report(current, decision, pass);
    this.#tell(current, events);
    this.#tellHeldBack(current, decision);
    return wakeAfterMs === undefined ? done : requeueAfter(Math.max(0, wakeAfterMs));
  }

  #decide(claim: Claim, ours: boolean, { term }: Pass): { input: DecideInput; decision: Decision } {
    const now = instantOf(this.#context);
    const observed = observe(claim, { ...this.#context, ours, memory: this.#memories.of(claim.uid, now), term });
    const memory = notice(observed);
    this.#memories.note(claim.uid, now, memory);
    const input = { ...observed, memory };
    return { input, decision: decide(input) };
  }

  /** A Node that may not be changed is said before it is thrown. */
  async #act(decision: Decision, input: DecideInput, pass: Pass): Promise<Acted> {
    try {
      return await act(decision.step, input, this.#hands(pass));
    } catch (error) {
      if (error instanceof NodeRefused) {
        const refused = decisionAfter(error, decision, input.claim);
        await this.#report(input.claim, refused, pass);
        this.#tell(input.claim, refused.events);
      }
      throw error;
    }
  }

  /** Whether Azure answered. */
  async #look({ claim, poolName }: DecideInput, { signal }: Pass): Promise<boolean> {
    const { inventory } = this.#context;
    try {
      await inventory.refresh(poolName, { signal });
      this.#memories.note(claim.uid, instantOf(this.#context), { lookFailed: undefined });
      return true;
    } catch (error) {
      if (!isOfAzure(error)) throw error;
      const at = instantOf(this.#context);
      const times = (this.#memories.of(claim.uid, at).lookFailed?.times ?? 0) + 1;
      this.#memories.note(claim.uid, at, { lookFailed: { at, cause: causeOf(error), times } });
      return false;
    }
  }

  /** What nobody asked for is wished for in one pass and done in a later one. */
  #restrain({ claim, now, poolName }: DecideInput, { wishes }: Decision): void {
    const { restraint } = this.#context;
    const { wished } = this.#memories.of(claim.uid, now);
    if (wishes === true) {
      restraint.wish(poolName);
      if (wished === undefined) this.#memories.note(claim.uid, now, { wished: now });
    } else if (wished !== undefined) {
      restraint.drop(poolName);
      this.#memories.note(claim.uid, now, { wished: undefined });
    }
  }

  /** P2: once for each thing that is left undone. */
  #tellHeldBack(claim: Claim, { heldBack, row }: Decision): void {
    const now = instantOf(this.#context);
    const known = this.#memories.of(claim.uid, now).heldBack;
    if (heldBack?.would === known) return;
    this.#memories.note(claim.uid, now, { heldBack: heldBack?.would });
    if (heldBack !== undefined) this.#context.log.info({ claim: claim.name, row, ...heldBack }, 'step left undone');
  }

  #hands(pass: Pass): Hands<T> {
    return { context: this.#context, memories: this.#memories, released: this.#released, writer: this.#writer, pass };
  }

  /** The claim as it is then. */
  async #report(claim: Claim, decision: Decision, { signal }: Pass): Promise<Claim> {
    const now = this.#context.kube.serverNow();
    let after: Claim;
    try {
      after = await this.#writer.status(claim, decision, now, signal);
    } catch (error) {
      // A CRD that is younger than the claim may refuse any status of it; that must not keep the claim from its end.
      if (claim.deletingSince === undefined || !(error instanceof Invalid)) throw error;
      const { told } = this.#memories.of(claim.uid, instantOf(this.#context));
      if (!told.has(statusRefused)) {
        this.#memories.note(claim.uid, instantOf(this.#context), { told: new Set([...told, statusRefused]) });
        this.#context.log.warn({ err: error, claim: claim.name }, 'status of a deleting claim is refused');
      }
      return claim;
    }
    for (const event of milestonesBetween(claim, after)) tell(this.#context, after, event);
    for (const milestone of milestonesPassed(claim, after)) this.#context.life?.passed(after, milestone);
    if (isDrained(after) && !isDrained(claim)) this.#context.termination?.nodeDrained();
    return after;
  }

  #tell(claim: Claim, events: Decision['events'] = []): void {
    const now = instantOf(this.#context);
    for (const event of events) {
      const { told } = this.#memories.of(claim.uid, now);
      if (event.once !== undefined) {
        const key = event.once === true ? event.reason : `${event.reason} ${event.once}`;
        if (told.has(key)) continue;
        this.#memories.note(claim.uid, now, { told: new Set([...told, key]) });
      }
      tell(this.#context, claim, event);
    }
  }
}

/** A claim that never had a Node has none to drain. */
function isDrained({ status }: Claim): boolean {
  return status.nodeName !== undefined && conditionOf(status.conditions, drainedCondition)?.status === 'True';
}

function isLook({ step }: Decision): boolean {
  return step.do === 'look' || step.do === 'countMachines' || step.do === 'askPlatform';
}

/** The claim says Ready, and what was decided says otherwise. */
function losesReady({ status }: Claim, { face }: Decision): boolean {
  const serves = face.face === 'none' || face.face === 'ready' || (face.face === 'keep' && face.nodeReady);
  return !serves && conditionOf(status.conditions, 'Ready')?.status === 'True';
}
