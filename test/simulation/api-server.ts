// The API server's state, shared by all replicas and actors: versions, finalizers, subresources, and a history for watches.
import { isDeepStrictEqual } from 'node:util';
import { AlreadyExists, Conflict, Gone, Invalid, NotFound, TooManyRequests } from '../../src/kube/errors.ts';
import { merged } from '../support/fake-api-parts.ts';
import type { Scheduler } from './scheduler.ts';
import { isThing, keyOf, type Meta, type NewThing, type Thing } from './thing.ts';

export interface Change {
  readonly plural: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly before: Thing | undefined;
  readonly object: Thing;
  /** Whose request it was: `a#1` for a replica, or an actor's name. */
  readonly by: string;
}

export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** Told of a change, of a DELETE that only set a deletionTimestamp among them, at the moment it happens. */
type Listener = (change: Change) => void;

export class ApiServer {
  readonly epochMs: number;
  readonly #scheduler: Scheduler;
  readonly #objects = new Map<string, Map<string, Thing>>();
  readonly #history = new Map<string, Change[]>();
  readonly #compacted = new Map<string, number>();
  readonly #unserved = new Set<string>();
  readonly #listeners = new Set<Listener>();
  #version = 1000;
  #uids = 0;
  #date = { second: -1, text: '' };

  constructor({ scheduler, epochMs }: { readonly scheduler: Scheduler; readonly epochMs: number }) {
    this.#scheduler = scheduler;
    this.epochMs = epochMs;
  }

  get version(): number {
    return this.#version;
  }

  get nowMs(): number {
    return this.epochMs + this.#scheduler.nowMs;
  }

  /** The Date header of an answer; most requests of one second share it. */
  get date(): string {
    const second = Math.floor(this.nowMs / 1000);
    if (this.#date.second !== second) this.#date = { second, text: new Date(this.nowMs).toUTCString() };
    return this.#date.text;
  }

  /** Returns what ends it. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  list(plural: string): readonly Thing[] {
    return [...(this.#objects.get(plural)?.values() ?? [])];
  }

  find(plural: string, key: string): Thing | undefined {
    return this.#objects.get(plural)?.get(key);
  }

  /** Throws NotFound. */
  get(plural: string, key: string): Thing {
    const object = this.find(plural, key);
    if (object === undefined) throw new NotFound(`${plural} "${key}" not found`, { status: 404, reason: 'NotFound' });
    return object;
  }

  serves(plural: string): boolean {
    return !this.#unserved.has(plural);
  }

  /** A CRD goes or comes back; its objects are kept, as a backup would bring them back. */
  serve(plural: string, served: boolean): void {
    if (served) this.#unserved.delete(plural);
    else this.#unserved.add(plural);
  }

  /** Watches and continue tokens from before now are too old. */
  compact(plural: string): void {
    this.#compacted.set(plural, this.#version);
  }

  /** Changes after `version`, oldest first. Throws Gone. */
  since(plural: string, version: number): readonly Change[] {
    if (version < (this.#compacted.get(plural) ?? 0))
      throw new Gone(`too old resource version: ${version}`, { status: 410, reason: 'Expired' });
    const history = this.#history.get(plural) ?? [];
    let from = history.length;
    while (from > 0 && Number(history[from - 1]?.object.metadata.resourceVersion) > version) from -= 1;
    return history.slice(from);
  }

  create(plural: string, object: NewThing, by: string): Thing {
    const key = keyOf(object);
    if (this.find(plural, key) !== undefined)
      throw new AlreadyExists(`${plural} "${key}" already exists`, { status: 409, reason: 'AlreadyExists' });
    this.#uids += 1;
    const metadata: Meta = {
      generation: 1,
      ...object.metadata,
      uid: `${plural.slice(0, 4)}-${String(this.#uids).padStart(4, '0')}`,
      resourceVersion: '',
      creationTimestamp: this.#timestamp(),
    };
    return this.#write('ADDED', plural, undefined, { ...object, metadata }, by);
  }

  /** A merge patch. Throws NotFound, Conflict, Invalid. */
  patch(plural: string, key: string, body: object, { status = false, by }: { status?: boolean; by: string }): Thing {
    const before = this.get(plural, key);
    const patched = merged(before, body);
    if (!isThing(patched)) throw new Invalid(`${plural} "${key}" is invalid`, { status: 422, reason: 'Invalid' });
    if (patched.metadata.resourceVersion !== before.metadata.resourceVersion)
      throw new Conflict(`${plural} "${key}": the object has been modified`, { status: 409, reason: 'Conflict' });
    return this.#update(plural, before, status ? onlyStatus(before, patched) : withoutStatus(before, patched), by);
  }

  /** What kubelets, and the actors that stand for the control plane, write: everything at once, without a lock. */
  change(plural: string, key: string, change: (object: Thing) => Thing, by: string): Thing {
    const before = this.get(plural, key);
    return this.#update(plural, before, change(before), by);
  }

  /** Throws NotFound, Conflict. */
  delete(plural: string, key: string, { by, ...wanted }: Preconditions & { readonly by: string }): void {
    const before = this.get(plural, key);
    const { uid, resourceVersion } = before.metadata;
    if ((wanted.uid ?? uid) !== uid || (wanted.resourceVersion ?? resourceVersion) !== resourceVersion)
      throw new Conflict(`${plural} "${key}": precondition failed`, { status: 409, reason: 'Conflict' });
    if (before.metadata.deletionTimestamp !== undefined) return;
    const metadata = { ...before.metadata, deletionTimestamp: this.#timestamp() };
    this.#settle(plural, before, { ...before, metadata }, by);
  }

  /** The pod goes after its grace; one that a budget protects stays. Throws NotFound, Conflict, TooManyRequests. */
  evict(key: string, { by, uid }: { readonly by: string; readonly uid: string }): void {
    const pod = this.get('pods', key);
    if (pod.metadata.uid !== uid) throw new Conflict(`pods "${key}": another uid`, { status: 409 });
    if (pod.metadata.labels?.['budget'] !== undefined)
      throw new TooManyRequests(`Cannot evict pod "${key}" as it would violate the pod's disruption budget.`, {
        status: 429,
        reason: 'TooManyRequests',
        causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget keep needs 1 healthy pods' }],
      });
    if (pod.metadata.deletionTimestamp !== undefined) return;
    this.change(
      'pods',
      key,
      (one) => ({ ...one, metadata: { ...one.metadata, deletionTimestamp: this.#timestamp() } }),
      by,
    );
    this.#scheduler.after(5000, () => {
      if (this.find('pods', key)?.metadata.uid === uid) this.erase('pods', key, 'kubelet');
    });
  }

  /** It goes without asking anybody's finalizer. */
  erase(plural: string, key: string, by: string): void {
    const before = this.get(plural, key);
    this.#write('DELETED', plural, before, before, by);
  }

  #update(plural: string, before: Thing, wanted: Thing, by: string): Thing {
    const { uid, creationTimestamp, resourceVersion, deletionTimestamp, generation = 1 } = before.metadata;
    const added = (wanted.metadata.finalizers ?? []).some((name) => !(before.metadata.finalizers ?? []).includes(name));
    if (deletionTimestamp !== undefined && added)
      throw new Invalid(`${plural}: no new finalizers can be added if the object is being deleted`, { status: 422 });
    const moved = !isDeepStrictEqual(wanted.spec, before.spec);
    const metadata: Meta = {
      ...wanted.metadata,
      uid,
      creationTimestamp,
      resourceVersion,
      generation: moved ? generation + 1 : generation,
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    };
    const after: Thing = { ...wanted, metadata };
    if (isDeepStrictEqual(after, before)) return before;
    return this.#settle(plural, before, after, by);
  }

  #settle(plural: string, before: Thing, after: Thing, by: string): Thing {
    const { deletionTimestamp, finalizers = [] } = after.metadata;
    const gone = deletionTimestamp !== undefined && finalizers.length === 0 && plural !== 'pods';
    return this.#write(gone ? 'DELETED' : 'MODIFIED', plural, before, after, by);
  }

  #write(type: Change['type'], plural: string, before: Thing | undefined, after: Thing, by: string): Thing {
    this.#version += 1;
    const object = { ...after, metadata: { ...after.metadata, resourceVersion: String(this.#version) } };
    const all = this.#objects.get(plural) ?? new Map<string, Thing>();
    this.#objects.set(plural, all);
    if (type === 'DELETED') all.delete(keyOf(object));
    else all.set(keyOf(object), object);
    const change = { plural, type, before, object, by } as const;
    if (plural !== 'leases' && plural !== 'events') {
      const history = this.#history.get(plural) ?? [];
      history.push(change);
      this.#history.set(plural, history);
    }
    for (const listener of this.#listeners) listener(change);
    return type === 'DELETED' && before !== undefined ? after : object;
  }

  /** Whole seconds, as the API server stamps them. */
  #timestamp(): string {
    return new Date(Math.floor(this.nowMs / 1000) * 1000).toISOString().replace('.000Z', 'Z');
  }
}

function onlyStatus(before: Thing, patched: Thing): Thing {
  const { status } = patched;
  return { ...before, ...(status === undefined ? {} : { status }) };
}

function withoutStatus(before: Thing, patched: Thing): Thing {
  const { status: _ignored, ...rest } = patched;
  return { ...rest, ...(before.status === undefined ? {} : { status: before.status }) };
}
