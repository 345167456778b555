// Deletes NodeClaims that are older than their expireAfter: only where `--expire-nodeclaims` asks for it.
import type { Claim } from '../../apis/claim.ts';
import { apiVersionOf } from '../../apis/resource.ts';
import type { KubeObject } from '../../apis/wire.ts';
import type { Clock } from '../../clock.ts';
import type { KubeClient } from '../../kube/client.ts';
import { Conflict, NotFound } from '../../kube/errors.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Metrics } from '../../observability/metrics.ts';
import { Controller, done, requeueAfter } from '../../runtime/controller.ts';
import type { Result } from '../../runtime/controller.ts';
import type { EventRecorder } from '../../runtime/events.ts';
import { WorkQueue } from '../../runtime/queue.ts';
import type { Store } from '../../runtime/store.ts';
import type { Term } from '../../runtime/term.ts';
import type { ClaimAdapter } from '../adapter.ts';
import { isOfAzure } from '../arm-outcome.ts';
import { permits } from '../gate.ts';
import type { Gate } from '../gate.ts';
import { isServed } from '../known-claims.ts';
import type { Policies } from '../policies.ts';
import { reasons } from '../reasons.ts';
import type { Restraint } from '../restraint.ts';
import type { CountDisruption } from '../disruption-metrics.ts';
import { expiryOf } from './expiry.ts';

export interface ExpirationContext<T extends KubeObject> {
  readonly adapter: ClaimAdapter<T>;
  readonly claims: Store<T>;
  readonly kube: Pick<KubeClient, 'delete' | 'serverNow'>;
  readonly selects: (labels: Readonly<Record<string, string>>) => boolean;
  readonly policies: Policies;
  /** Old claims must not all go on one morning: what expires counts with what else nobody asked for. */
  readonly restraint: Pick<Restraint, 'wish' | 'drop' | 'refusal' | 'note'>;
  /** On a look at the cluster that is made now. */
  readonly confirmGate: (options: { readonly signal: AbortSignal }) => Promise<Gate>;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly disrupted: CountDisruption;
  readonly random: () => number;
}

/** Timers of Node end at 24 days, and a clock may be set: nobody waits longer than a day without looking again. */
const longestWaitMs = 24 * 60 * 60_000;
const unsyncedMs = 1000;
/** Of what holds an expired claim back: the gate, a pause, Azure. A wish is renewed with each look (restraint.ts). */
const heldMs = 60_000;
const workers = 2;

export class ExpirationController<T extends KubeObject> {
  readonly #context: ExpirationContext<T>;
  readonly #queue: WorkQueue;
  /** uids whose expiry was told although it is left undone. */
  readonly #told = new Set<string>();

  constructor(context: ExpirationContext<T>) {
    const { adapter, claims, clock, metrics, random } = context;
    this.#context = context;
    this.#queue = new WorkQueue({ name: `${adapter.kind.toLowerCase()}.expiration`, clock, metrics, random });
    claims.subscribe(({ key, before, after }) => {
      if (after !== undefined) this.#queue.add(key);
      else if (before !== undefined) this.#forget(before.metadata);
    });
  }

  /** Works until `signal` aborts and the workers are done. */
  async run(term: Term, signal: AbortSignal): Promise<void> {
    const { claims, clock, log, metrics } = this.#context;
    const controller = new Controller({
      name: this.#queue.name,
      queue: this.#queue,
      workers,
      clock,
      log,
      metrics,
      reconcile: async (key, options) =>
        claims.synced ? this.#reconcile(key, { term, ...options }) : requeueAfter(unsyncedMs),
    });
    await controller.run(signal);
  }

  async #reconcile(key: string, pass: { readonly term: Term; readonly signal: AbortSignal }): Promise<Result> {
    const { adapter, claims, kube, policies } = this.#context;
    const object = claims.get(key);
    if (object === undefined) return done;
    const claim = adapter.read(object);
    const ours = isServed(object, this.#context);
    const expiry = expiryOf({ claim, ours, nowMs: kube.serverNow().getTime(), policies });
    switch (expiry.is) {
      case 'never':
        return done;
      case 'later':
        return requeueAfter(Math.min(expiry.inMs, longestWaitMs));
      case 'held':
        if (!this.#told.has(claim.uid)) {
          this.#told.add(claim.uid);
          this.#context.log.info({ NodeClaim: claim.name, by: expiry.by }, 'would delete an expired claim');
        }
        return requeueAfter(heldMs);
      case 'due':
        return this.#expire(claim, pass);
    }
  }

  async #expire(
    claim: Claim,
    { term, signal }: { readonly term: Term; readonly signal: AbortSignal },
  ): Promise<Result> {
    const { adapter, kube, log, restraint } = this.#context;
    const { name, uid } = claim;
    const wish = wishOf(name);
    if (!(await this.#isPermitted(signal))) {
      restraint.drop(wish);
      return requeueAfter(heldMs);
    }
    restraint.wish(wish);
    const refused = restraint.refusal(wish);
    if (refused !== undefined) return requeueAfter(Math.min(refused.retryAfterMs, heldMs));
    if (!term.mayWrite()) return requeueAfter(unsyncedMs);
    restraint.note(wish);
    try {
      await kube.delete(adapter.resource, { name }, { preconditions: { uid }, signal });
    } catch (error) {
      // It is another one by now, or gone: then there is nothing to expire.
      if (error instanceof Conflict || error instanceof NotFound) return done;
      throw error;
    }
    log.info({ NodeClaim: name }, 'expired claim deleted');
    this.#context.disrupted(adapter.kind, 'expired');
    this.#tell(claim);
    return done;
  }

  async #isPermitted(signal: AbortSignal): Promise<boolean> {
    try {
      return permits(await this.#context.confirmGate({ signal }), 'replace');
    } catch (error) {
      if (isOfAzure(error)) return false;
      throw error;
    }
  }

  #tell({ kind, name, uid, spec: { expireAfterMs = 0 } }: Claim): void {
    const { adapter, events } = this.#context;
    events.record({
      regarding: { apiVersion: apiVersionOf(adapter.resource), kind, name, uid },
      type: 'Normal',
      reason: reasons.Expired,
      message: `It is older than its expireAfter, ${Math.round(expireAfterMs / 1000)} s, so it was deleted (--expire-nodeclaims)`,
    });
  }

  #forget({ name, uid }: KubeObject['metadata']): void {
    this.#context.restraint.drop(wishOf(name));
    this.#told.delete(uid);
  }
}

/** Apart from wishes about the pool, which its lifecycle makes and drops. */
function wishOf(name: string): string {
  return `expired ${name}`;
}
