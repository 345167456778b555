// The server's memory: one revision for everything, objects by resource, and a bounded history that watches replay.
import { keyOf, type KubeObject } from './object.ts';

export interface StoredEvent {
  readonly revision: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** The resource's part of the storage. */
  readonly bucket: string;
  readonly object: KubeObject;
  readonly previous?: KubeObject;
}

export interface Snapshot {
  readonly revision: number;
  /** In the order of their keys. */
  readonly objects: readonly KubeObject[];
}

/** Objects that went in are never changed again: readers get them as they are and must clone before a change. */
export class Storage {
  readonly #buckets = new Map<string, Map<string, KubeObject>>();
  readonly #listeners = new Set<(event: StoredEvent) => void>();
  readonly #historyLimit: number;
  #history: StoredEvent[] = [];
  /** Events up to this revision are forgotten. */
  #compacted = 0;
  #revision = 1;

  constructor(historyLimit: number) {
    this.#historyLimit = historyLimit;
  }

  get revision(): number {
    return this.#revision;
  }

  get compacted(): number {
    return this.#compacted;
  }

  get(bucket: string, key: string): KubeObject | undefined {
    return this.#buckets.get(bucket)?.get(key);
  }

  /** Everything of a bucket, now or as it was at `revision`; undefined when that is forgotten. */
  list(bucket: string, revision = this.#revision): Snapshot | undefined {
    if (revision < this.#compacted || revision > this.#revision) return undefined;
    const objects = new Map(this.#buckets.get(bucket));
    for (let index = this.#history.length - 1; index >= 0; index--) {
      const event = this.#history[index];
      if (event === undefined || event.revision <= revision) break;
      if (event.bucket !== bucket) continue;
      if (event.previous === undefined) objects.delete(keyOf(event.object.metadata));
      else objects.set(keyOf(event.object.metadata), event.previous);
    }
    const keys = [...objects.keys()].toSorted((a, b) => (a < b ? -1 : 1));
    return { revision, objects: keys.flatMap((key) => objects.get(key) ?? []) };
  }

  /** Everything of a bucket now, in no order; safe against changes while it is read. */
  objects(bucket: string): readonly KubeObject[] {
    return [...(this.#buckets.get(bucket)?.values() ?? [])];
  }

  /** Stores the object under a new resourceVersion and returns it as stored. */
  put(bucket: string, object: KubeObject): KubeObject {
    const key = keyOf(object.metadata);
    const objects = this.#buckets.get(bucket) ?? new Map<string, KubeObject>();
    this.#buckets.set(bucket, objects);
    const previous = objects.get(key);
    const revision = ++this.#revision;
    const stored: KubeObject = { ...object, metadata: { ...object.metadata, resourceVersion: `${revision}` } };
    objects.set(key, stored);
    if (previous === undefined) this.#publish({ revision, type: 'ADDED', bucket, object: stored });
    else this.#publish({ revision, type: 'MODIFIED', bucket, object: stored, previous });
    return stored;
  }

  /** Removes an object and returns its last state; `last` replaces what was stored (final deletionTimestamp). */
  remove(bucket: string, key: string, last?: KubeObject): KubeObject | undefined {
    const previous = this.#buckets.get(bucket)?.get(key);
    if (previous === undefined) return undefined;
    this.#buckets.get(bucket)?.delete(key);
    const revision = ++this.#revision;
    const source = last ?? previous;
    const object: KubeObject = { ...source, metadata: { ...source.metadata, resourceVersion: `${revision}` } };
    this.#publish({ revision, type: 'DELETED', bucket, object, previous });
    return object;
  }

  /** Events of a bucket after `revision`, oldest first; undefined when some are forgotten. */
  since(bucket: string, revision: number): readonly StoredEvent[] | undefined {
    if (revision < this.#compacted) return undefined;
    return this.#history.filter((event) => event.revision > revision && event.bucket === bucket);
  }

  /** Calls back on every change, in order; returns the way to stop it. */
  subscribe(listener: (event: StoredEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #publish(event: StoredEvent): void {
    this.#history.push(event);
    this.#compacted = this.#history.at(-this.#historyLimit - 1)?.revision ?? this.#compacted;
    // Twice the limit before a cut: one copy for many events.
    if (this.#history.length >= this.#historyLimit * 2) this.#history = this.#history.slice(-this.#historyLimit);
    for (const listener of this.#listeners) listener(event);
  }
}
