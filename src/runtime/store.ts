// The cache of one kind of object: what the watch says, and for a moment what we have just written ourselves.
import type { KubeObject } from '../apis/wire.ts';
import type { Clock } from '../clock.ts';
import { deepFreeze } from './deep-freeze.ts';
import { isNewerVersion } from './resource-version.ts';
import { type IndexFunction, StoreIndexes } from './store-indexes.ts';
import { type Change, Subscribers } from './subscribers.ts';

export type { Change } from './subscribers.ts';

export interface StoreOptions<T> {
  readonly indexes?: Readonly<Record<string, IndexFunction<T>>>;
  readonly clock: Clock;
  /** Freeze every object through and through, so that a test fails where code changes the cache. */
  readonly frozen?: boolean;
}

// Longer than any watch is behind (one that is silent is replaced after 90 s): who has forgotten its own write lets go of a claim
// and not of the Node that it had just given to it. Not for ever: after a restore of etcd no watch would confirm it.
const writtenForMs = 600_000;

interface Written<T> {
  /** Absent: our write was the one that let the object go. */
  readonly object: T | undefined;
  readonly uid: string;
  readonly version: string;
  readonly expiresMs: number;
  watched: T | undefined;
}

/** `name`, or `namespace/name`. */
export function keyOf(object: { readonly metadata: { readonly name: string; readonly namespace?: string } }): string {
  const { name, namespace } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/**
 * Readers see the newer of what was watched and what `noteWrite` brought; subscribers hear only of what was watched, in
 * its order. Objects are shared and readonly: clone before changing. Lookups by key and index take constant time.
 */
export class Store<T extends KubeObject> {
  readonly #clock: Clock;
  readonly #frozen: boolean;
  readonly #objects = new Map<string, T>();
  readonly #written = new Map<string, Written<T>>();
  readonly #indexes: StoreIndexes<T>;
  readonly #subscribers = new Subscribers<T>();
  #synced = false;
  #version = '';

  constructor({ indexes = {}, clock, frozen = false }: StoreOptions<T>) {
    this.#clock = clock;
    this.#frozen = frozen;
    this.#indexes = new StoreIndexes(indexes);
  }

  /** Whether a complete list is in. False again when the resource is no longer served. */
  get synced(): boolean {
    return this.#synced;
  }

  get size(): number {
    return this.#objects.size;
  }

  /** The newest version of the collection that the watch has shown; empty before the first list. */
  get resourceVersion(): string {
    return this.#version;
  }

  get(key: string): T | undefined {
    this.#expire();
    return this.#objects.get(key);
  }

  values(): IterableIterator<T> {
    this.#expire();
    return this.#objects.values();
  }

  /** In no particular order. Throws a RangeError for an index that the store was not built with. */
  byIndex(index: string, value: string): readonly T[] {
    this.#expire();
    return this.#indexes.find(index, value);
  }

  /** Every listener hears every change, also when an earlier one throws. Call it before the reflector runs. */
  subscribe(listener: (change: Change<T>) => void): void {
    this.#subscribers.add(listener);
  }

  /**
   * Read-your-writes: hand in what the API server answered to a create or patch, and readers see it at once, until the
   * watch has come that far, or for 10 min. An answer that the watch has overtaken changes nothing.
   */
  noteWrite(object: T): void {
    this.#expire();
    const { uid, resourceVersion: version } = object.metadata;
    if (this.#version !== '' && !isNewerVersion(version, this.#version)) return;
    const key = keyOf(object);
    const earlier = this.#written.get(key);
    if (earlier?.uid === uid && !isNewerVersion(version, earlier.version)) return;
    const watched = earlier === undefined ? this.#objects.get(key) : earlier.watched;
    const kept = this.#keep(object);
    const served = isLetGo(kept) ? undefined : kept;
    // Deleting first keeps the map in the order of expiry.
    this.#written.delete(key);
    this.#written.set(key, {
      object: served,
      uid,
      version,
      watched,
      expiresMs: this.#clock.monotonicMs() + writtenForMs,
    });
    this.#serve(key, served);
  }

  /** For the reflector: a complete list. What is not in it was deleted. Throws SubscriberFailed. */
  replace(objects: Iterable<T>, version: string): void {
    const fresh = new Map<string, T>();
    for (const object of objects) fresh.set(keyOf(object), object);
    // Also when it is older: a restored etcd starts from its backup.
    this.#version = version;
    for (const key of new Set([...this.#objects.keys(), ...this.#written.keys()])) {
      if (!fresh.has(key)) this.#watch(key, undefined);
    }
    for (const [key, object] of fresh) this.#watch(key, object);
    this.#synced = true;
    this.#subscribers.throwFailures();
  }

  /** For the reflector: an object that was added or modified. Throws SubscriberFailed. */
  upsert(object: T): void {
    this.#advance(object.metadata.resourceVersion);
    this.#watch(keyOf(object), object);
    this.#subscribers.throwFailures();
  }

  /** For the reflector: the last state of an object that was deleted. Throws SubscriberFailed. */
  remove(object: T): void {
    this.#advance(object.metadata.resourceVersion);
    this.#watch(keyOf(object), undefined, object.metadata.uid);
    this.#subscribers.throwFailures();
  }

  /** For the reflector: everything up to this version has been seen. */
  noteVersion(version: string): void {
    this.#advance(version);
    for (const [key, written] of this.#written) {
      if (!isNewerVersion(written.version, version)) this.#dropWritten(key, written);
    }
  }

  /** For the reflector: the resource is not served (any more). What is known stays readable, but is not to be acted on. */
  markUnserved(): void {
    this.#synced = false;
  }

  #advance(version: string): void {
    if (this.#version === '' || isNewerVersion(version, this.#version)) this.#version = version;
  }

  /**
   * Takes in what the API server says of one key. A deletion names its `uid`, and leaves a write to a successor alone; a
   * list that has no such object leaves a write alone that is newer than the list.
   */
  #watch(key: string, object: T | undefined, uid?: string): void {
    const written = this.#written.get(key);
    const before = written === undefined ? this.#objects.get(key) : written.watched;
    const after = object === undefined ? undefined : this.#keep(object);
    if (written === undefined) {
      this.#serve(key, after);
    } else {
      written.watched = after;
      const seen = after?.metadata.resourceVersion ?? this.#version;
      const overtaken = uid === undefined ? !isNewerVersion(written.version, seen) : uid === written.uid;
      if (overtaken) this.#dropWritten(key, written);
    }
    this.#subscribers.tell(key, before, after);
  }

  #serve(key: string, object: T | undefined): void {
    const previous = this.#objects.get(key);
    if (previous === object) return;
    if (previous !== undefined) this.#indexes.remove(key, previous);
    if (object === undefined) {
      this.#objects.delete(key);
    } else {
      this.#objects.set(key, object);
      this.#indexes.add(key, object);
    }
  }

  #dropWritten(key: string, written: Written<T>): void {
    this.#written.delete(key);
    this.#serve(key, written.watched);
  }

  #expire(): void {
    if (this.#written.size === 0) return;
    const nowMs = this.#clock.monotonicMs();
    for (const [key, written] of this.#written) {
      if (written.expiresMs > nowMs) return;
      this.#dropWritten(key, written);
    }
  }

  #keep(object: T): T {
    return this.#frozen ? deepFreeze(object) : object;
  }
}

/** A write that left a deleting object without finalizers was its last one; pods are the exception, they get a grace period. */
function isLetGo({ metadata }: KubeObject): boolean {
  return (
    metadata.deletionTimestamp !== undefined &&
    (metadata.finalizers ?? []).length === 0 &&
    (metadata.deletionGracePeriodSeconds ?? 0) === 0
  );
}
