// Keeps a store true to the API server: list, watch, and again after everything that can go wrong with either.
import type { Resource } from '../apis/resource.ts';
import type { KubeObject } from '../apis/wire.ts';
import type { Clock } from '../clock.ts';
import type { KubeClient, ObjectList, Selection, WatchEvent } from '../kube/client.ts';
import { Gone, KubeError, MalformedAnswer, NotFound } from '../kube/errors.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { Backoff } from './backoff.ts';
import { pause } from './pause.ts';
import type { Store } from './store.ts';
import { SubscriberFailed } from './subscribers.ts';

export interface ReflectorOptions<T extends KubeObject> {
  readonly client: Pick<KubeClient, 'list' | 'watch'>;
  readonly resource: Resource<T>;
  readonly store: Store<T>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly selection?: Selection;
  /** What the store keeps of an object (node-trim.ts). */
  readonly transform?: (object: T) => T;
  /** In [0, 1); Math.random unless a test wants to know. */
  readonly random?: () => number;
}

// Parsing a page of this size blocks for some 30 ms (measured with Nodes).
const pageSize = 500;
// Bookmarks come each 60 s (measured on 1.34); leave room for one late one.
const idleMs = 90_000;
// client-go's bounds: servers drop watches in turn, not all at once after a restart.
const watchSeconds = { least: 300, most: 600 } as const;
// A watch that ends cleanly this soon and brought nothing is a failure, or the loop would spin (client-go's rule, javascript#1933).
const veryShortMs = 1000;
// A store that is this far behind is worth a request each half minute, on whatever else went wrong.
const retryTimes = { firstMs: 1000, longestMs: 30_000 } as const;

// An answer that says no to the same watch so often may mean its version: etcd was restored, or the server lost it. And an
// event that cannot be read would come again for ever; a list may show what became of its object.
const refusalsBeforeList = 3;

/** A watch ended cleanly at once; it is tried again like one that failed. */
class VeryShortWatch extends Error {
  readonly code = 'VERY_SHORT_WATCH';
}

/**
 * Owns its errors: only its signal ends it. Clean ends of a watch lead to the next one at once, errors to a backoff with
 * jitter (or the time that the server asks for), 410 to a new list. A resource that is not served is waited for.
 */
export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #log: Logger;
  readonly #backoff: Backoff;
  readonly #labels: { readonly resource: string };
  /** Up to where the store is true; undefined: list first. */
  #version: string | undefined;
  #served = true;
  #failed: unknown;
  #progressMs: number;

  constructor(options: ReflectorOptions<T>) {
    const { clock, log, metrics, resource, store, random = Math.random } = options;
    this.#options = options;
    this.#log = log.child({ resource: resource.plural });
    this.#backoff = new Backoff({ ...retryTimes, random });
    this.#labels = { resource: resource.plural };
    this.#progressMs = clock.monotonicMs();
    for (const counter of [metrics.reflector.lists, metrics.reflector.watches, metrics.reflector.failures]) {
      counter.inc(this.#labels, 0);
    }
    metrics.onScrape(() => {
      metrics.reflector.items.set(this.#labels, store.size);
      metrics.reflector.lastProgressSeconds.set(this.#labels, (clock.monotonicMs() - this.#progressMs) / 1000);
    });
  }

  /** False from the time that the API server says it does not know the resource until it does: a CRD is missing. */
  get served(): boolean {
    return this.#served;
  }

  /** What the last list or watch failed with; undefined while they go well, and while the resource is not served. */
  get failed(): unknown {
    return this.#failed;
  }

  /** Of Clock.monotonicMs: when the API server last sent a list, an event or a bookmark. */
  get lastProgressMs(): number {
    return this.#progressMs;
  }

  /** Ends when `signal` aborts, and never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      try {
        await (this.#version === undefined ? this.#list(signal) : this.#watch(this.#version, signal));
      } catch (error) {
        if (signal.aborted) return;
        const delayMs = this.#recover(error);
        if (delayMs > 0) await pause(delayMs, { clock, signal });
      }
    }
  }

  /** One consistent list, page by page. A continue token that grew too old throws Gone, and the list starts over. */
  async #list(signal: AbortSignal): Promise<void> {
    const { client, resource, selection, store, metrics, transform = unchanged } = this.#options;
    const objects: T[] = [];
    let page: ObjectList<T> | undefined;
    do {
      const from = page?.continueToken === undefined ? {} : { continueToken: page.continueToken };
      page = await client.list(resource, { signal, limit: pageSize, ...selection, ...from });
      for (const item of page.items) objects.push(transform(item));
    } while (page.continueToken !== undefined);
    const { resourceVersion } = page;
    metrics.reflector.lists.inc(this.#labels);
    if (!this.#served) this.#log.info('resource is served');
    this.#served = true;
    this.#failed = undefined;
    this.#version = resourceVersion;
    this.#progressMs = this.#options.clock.monotonicMs();
    this.#hand(() => store.replace(objects, resourceVersion));
  }

  async #watch(version: string, signal: AbortSignal): Promise<void> {
    const { client, clock, resource, selection, metrics, random = Math.random } = this.#options;
    const timeoutSeconds = Math.round(watchSeconds.least + random() * (watchSeconds.most - watchSeconds.least));
    const startMs = clock.monotonicMs();
    let events = 0;
    metrics.reflector.watches.inc(this.#labels);
    // A watch that has begun may say nothing for a minute.
    this.#failed = undefined;
    const watch = client.watch(resource, { signal, resourceVersion: version, timeoutSeconds, idleMs, ...selection });
    for await (const event of watch) {
      events += 1;
      this.#take(event);
      this.#progressMs = clock.monotonicMs();
      this.#backoff.forget();
    }
    if (events === 0 && clock.monotonicMs() - startMs < veryShortMs) {
      throw new VeryShortWatch(`Watch of ${resource.plural} ended at once`);
    }
    this.#backoff.forget();
  }

  #take(event: WatchEvent<T>): void {
    const { store, transform = unchanged } = this.#options;
    if (event.type === 'BOOKMARK') {
      store.noteVersion(event.resourceVersion);
      this.#version = event.resourceVersion;
      return;
    }
    const object = transform(event.object);
    this.#hand(() => (event.type === 'DELETED' ? store.remove(object) : store.upsert(object)));
    this.#version = object.metadata.resourceVersion;
  }

  /** A subscriber that throws is a bug of its own; the store has the object, and the watch goes on. */
  #hand(change: () => void): void {
    try {
      change();
    } catch (error) {
      if (!(error instanceof SubscriberFailed)) throw error;
      for (const each of error.errors) this.#log.error({ err: each }, 'subscriber of a store failed');
    }
  }

  /** Decides from where to go on; answers after how many milliseconds. */
  #recover(error: unknown): number {
    const { resource, store, metrics } = this.#options;
    metrics.reflector.failures.inc(this.#labels);
    const failures = this.#backoff.failures();
    const delayMs = this.#backoff.next();
    if (error instanceof Gone) {
      this.#version = undefined;
      this.#log.debug({ err: error }, 'version is too old, listing again');
      return failures === 0 ? 0 : delayMs;
    }
    if (error instanceof NotFound) {
      // What the store knows stays readable, for a resource that is not served says nothing about its objects.
      this.#version = undefined;
      if (this.#served) this.#log.warn({ kind: resource.kind }, 'resource is not served; waiting for its CRD');
      this.#served = false;
      this.#failed = undefined;
      store.markUnserved();
      return delayMs;
    }
    this.#failed = error;
    this.#log.warn({ err: error, delayMs }, 'list or watch failed');
    if (!(error instanceof KubeError)) return delayMs;
    if (failures >= refusalsBeforeList && isRefusal(error)) this.#version = undefined;
    return Math.max(delayMs, error.retryAfterMs ?? 0);
  }
}

function isRefusal(error: KubeError): boolean {
  const { status } = error;
  return error instanceof MalformedAnswer || (status >= 400 && status !== 429 && status !== 503);
}

function unchanged<T>(object: T): T {
  return object;
}
