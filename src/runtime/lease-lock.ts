// The requests of one candidate for one Lease. Every write carries the version it was decided on, so that races end in Conflict.
import { leases } from '../apis/resource.ts';
import type { Lease } from '../apis/wire.ts';
import type { Clock } from '../clock.ts';
import type { KubeClient, Name } from '../kube/client.ts';
import { Conflict, NotFound } from '../kube/errors.ts';
import { holderOf, type LeaseTimes, newLease, releasePatch, renewPatch, takePatch } from './lease.ts';
import { LeaseLost } from './term.ts';

export interface LeaseLockOptions {
  readonly client: KubeClient;
  readonly name: string;
  readonly namespace: string;
  readonly identity: string;
  readonly clock: Clock;
  readonly times: LeaseTimes;
}

export class LeaseLock {
  readonly #options: LeaseLockOptions;

  constructor(options: LeaseLockOptions) {
    this.#options = options;
  }

  /** Undefined: there is no such Lease. */
  async read(signal: AbortSignal): Promise<Lease | undefined> {
    try {
      return await this.#options.client.get(leases, this.#name(), { signal });
    } catch (error) {
      if (error instanceof NotFound) return undefined;
      throw error;
    }
  }

  /** Takes what `read` returned. Throws Conflict when somebody was faster. */
  async take(lease: Lease | undefined, signal: AbortSignal): Promise<Lease> {
    const { client, clock, identity, name, namespace, times } = this.#options;
    if (lease !== undefined) return this.#patch(takePatch(lease, identity, clock.now(), times), signal);
    return client.create(leases, newLease({ name, namespace }, identity, clock.now(), times), { signal });
  }

  /** Renews a lease that was ours when we last saw it. Throws LeaseLost when it is somebody else's. */
  async renew(lease: Lease, signal: AbortSignal): Promise<Lease> {
    const { clock, identity, times } = this.#options;
    try {
      return await this.#patch(renewPatch(lease, identity, clock.now(), times), signal);
    } catch (error) {
      if (!(error instanceof Conflict || error instanceof NotFound)) throw error;
    }
    // An earlier try whose answer was lost, a person's edit or deletion, or another holder: look which.
    const current = await this.read(signal);
    if (current === undefined) return this.take(undefined, signal);
    const holder = holderOf(current);
    if (holder !== identity) throw new LeaseLost(`The lease is held by "${holder ?? ''}" now`);
    return this.#patch(renewPatch(current, identity, clock.now(), times), signal);
  }

  /** Releases the lease if it is ours. */
  async release(signal: AbortSignal): Promise<void> {
    const lease = await this.read(signal);
    if (lease === undefined || holderOf(lease) !== this.#options.identity) return;
    await this.#patch(releasePatch(lease, this.#options.clock.now()), signal);
  }

  #patch(body: object, signal: AbortSignal): Promise<Lease> {
    return this.#options.client.patch(leases, this.#name(), { type: 'merge', body }, { signal });
  }

  #name(): Name {
    return { name: this.#options.name, namespace: this.#options.namespace };
  }
}
