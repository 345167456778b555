// One kind of claim with all that serves it: its cache, what fills it, its controller, and what the other rooms see of it.
import type { Claim } from '../apis/claim.ts';
import type { KubeObject } from '../apis/wire.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Metrics } from '../observability/metrics.ts';
import { trimMetadata } from '../runtime/node-trim.ts';
import { Reflector } from '../runtime/reflector.ts';
import type { Store } from '../runtime/store.ts';
import type { Term } from '../runtime/term.ts';
import type { ClaimAdapter } from './adapter.ts';
import { ClaimController, createClaimStore } from './claim-controller.ts';
import type { LifecycleContext } from './context.ts';
import { isServed, knownClaims } from './known-claims.ts';
import type { KnownClaims } from './known-claims.ts';

export interface ClaimKindOptions<T extends KubeObject> {
  readonly adapter: ClaimAdapter<T>;
  /** What the kinds have in common. */
  readonly context: Omit<LifecycleContext<KubeObject>, 'adapter' | 'claims' | 'kube'> & { readonly kube: KubeClient };
  readonly metrics: Metrics;
  readonly workers: number;
}

export class ClaimKind<T extends KubeObject> {
  readonly adapter: ClaimAdapter<T>;
  /** Ours as they are; of others only who they are (ClaimAdapter.husk). */
  readonly claims: Store<T>;
  readonly known: KnownClaims;
  readonly #reflector: Reflector<T>;
  readonly #controller: ClaimController<T>;
  readonly #isOurs: (object: T) => boolean;

  constructor(options: ClaimKindOptions<T>) {
    const { adapter, context, metrics, workers } = options;
    const { clock, kube, log, random, selects } = context;
    const whose = { adapter, selects };
    this.adapter = adapter;
    this.#isOurs = (object) => isServed(object, whose);
    this.claims = createClaimStore(adapter, clock);
    this.known = knownClaims(this.claims, whose);
    this.#reflector = new Reflector({
      client: kube,
      clock,
      log,
      metrics,
      random,
      resource: adapter.resource,
      store: this.claims,
      transform: (object) =>
        this.#isOurs(object) ? { ...object, metadata: trimMetadata(object.metadata) } : adapter.husk(object),
    });
    this.#controller = new ClaimController({
      context: { ...context, adapter, claims: this.claims },
      metrics,
      workers,
    });
  }

  /** `absent`: its CRD is not installed, and claims of it that the cache remembers are not to be acted on. */
  get state(): 'synced' | 'listing' | 'absent' {
    if (this.claims.synced) return 'synced';
    return this.#reflector.served ? 'listing' : 'absent';
  }

  /** The claims that we serve, in no particular order. */
  *ours(): Generator<Claim> {
    for (const object of this.claims.values()) if (this.#isOurs(object)) yield this.adapter.read(object);
  }

  /** Calls `listener` with each claim of ours that changed, as it is or as it last was. Call it before `watch`. */
  onChange(listener: (claim: Claim, is: { readonly gone: boolean }) => void): void {
    this.claims.subscribe(({ before, after }) => {
      const object = after ?? before;
      if (object !== undefined && this.#isOurs(object))
        listener(this.adapter.read(object), { gone: after === undefined });
    });
  }

  /** What its last list or watch failed with; undefined while they go well. */
  get failed(): unknown {
    return this.#reflector.failed;
  }

  /** Fills the cache until `signal` aborts; waits for a CRD that is not there. */
  async watch(signal: AbortSignal): Promise<void> {
    await this.#reflector.run(signal);
  }

  /** The gate turned: every claim is looked at. */
  wakeAll(): void {
    this.#controller.wakeAll();
  }

  /** Works until `signal` aborts and the workers are done. */
  async run(term: Term, signal: AbortSignal): Promise<void> {
    await this.#controller.run(term, signal);
  }
}
