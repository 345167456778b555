// An API server in memory, for tests of the lifecycle: versions, conflicts, finalizers, and a watch that can be held back.
import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../../src/apis/resource.ts';
import type { KubeObject } from '../../src/apis/wire.ts';
import type { Clock } from '../../src/clock.ts';
import { checkObject } from '../../src/kube/answer.ts';
import type { DeleteOptions, KubeClient, ListOptions, Name, ObjectList, Patch } from '../../src/kube/client.ts';
import { Conflict, NotFound } from '../../src/kube/errors.ts';
import { merged } from './fake-api-parts.ts';

export interface SeenWrite {
  readonly verb: 'create' | 'patch' | 'delete' | 'evict';
  readonly plural: string;
  readonly name: string;
  readonly subresource?: string;
  readonly gracePeriodSeconds?: number;
}

type Told = (plural: string, object: KubeObject, isGone: boolean) => void;

export class MemoryKube implements KubeClient {
  readonly writes: SeenWrite[] = [];
  /** Each read: `get nodes`, `list pods`. */
  readonly reads: string[] = [];
  /** Runs before a write; may throw, as the API server does. */
  beforeWrite: (write: SeenWrite) => void = () => {};
  /** Runs after a patch was carried out; what it throws is thrown in place of the answer. */
  afterWrite: (write: SeenWrite) => void = () => {};
  /** Plurals of kinds whose CRD is gone. */
  readonly unserved = new Set<string>();
  readonly #clock: Clock;
  readonly #objects = new Map<string, KubeObject>();
  readonly #told: Told;
  #version = 100;

  constructor(clock: Clock, told: Told) {
    this.#clock = clock;
    this.#told = told;
  }

  /** Somebody else creates or changes it; the watch shows it at once. */
  put(plural: string, object: KubeObject): KubeObject {
    this.#version += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: `${this.#version}` } };
    const isGone = stored.metadata.deletionTimestamp !== undefined && (stored.metadata.finalizers ?? []).length === 0;
    const key = `${plural}/${stored.metadata.name}`;
    if (isGone) this.#objects.delete(key);
    else this.#objects.set(key, stored);
    this.#told(plural, stored, isGone);
    // As the real server answers the write that ends an object: the version that it had, and not one of its own.
    return isGone ? object : stored;
  }

  /** Somebody else deletes it: it goes, or waits for its finalizers. */
  remove(plural: string, name: string): void {
    const { metadata, ...rest } = this.find(plural, name);
    this.put(plural, { ...rest, metadata: { deletionTimestamp: this.#clock.now().toISOString(), ...metadata } });
  }

  /** Throws NotFound. */
  find(plural: string, name: string): KubeObject {
    const object = this.#objects.get(`${plural}/${name}`);
    if (object === undefined) throw new NotFound(`Cannot find ${plural} "${name}"`, { status: 404 });
    return object;
  }

  has(plural: string, name: string): boolean {
    return this.#objects.has(`${plural}/${name}`);
  }

  async get<T extends KubeObject>(resource: Resource<T>, { name }: Name): Promise<T> {
    this.reads.push(`get ${resource.plural}`);
    return Promise.resolve(checkObject(this.find(resource.plural, name), resource, 'get'));
  }

  async list<T extends KubeObject>(
    resource: Resource<T>,
    { fieldSelector }: Pick<ListOptions, 'fieldSelector'> = {},
  ): Promise<ObjectList<T>> {
    this.reads.push(`list ${resource.plural}`);
    if (this.unserved.has(resource.plural)) throw new NotFound(`Cannot list ${resource.plural}`, { status: 404 });
    const found = [...this.#objects].filter(([key]) => key.startsWith(`${resource.plural}/`));
    const selected = found.filter(([, object]) => isSelected(object, fieldSelector));
    const items = selected.map(([, object]) => checkObject(object, resource, 'list'));
    return Promise.resolve({ items, resourceVersion: `${this.#version}` });
  }

  async patch<T extends KubeObject>(
    resource: Resource<T>,
    { name }: Name,
    { body }: Patch,
    { subresource }: { readonly subresource?: 'status' },
  ): Promise<T> {
    const part = subresource === undefined ? {} : { subresource };
    const write = { verb: 'patch', plural: resource.plural, name, ...part } as const;
    this.#write(write);
    const object = this.find(resource.plural, name);
    const patched = checkObject(merged(object, body), resource, 'patch');
    if (patched.metadata.resourceVersion !== object.metadata.resourceVersion)
      throw new Conflict(`Cannot patch ${resource.plural} "${name}": it changed`, { status: 409 });
    if (isDeepStrictEqual(patched, object)) return Promise.resolve(patched);
    const written = checkObject(this.put(resource.plural, patched), resource, 'patch');
    this.afterWrite(write);
    return Promise.resolve(written);
  }

  async delete<T extends KubeObject>(
    resource: Resource<T>,
    { name }: Name,
    { preconditions, gracePeriodSeconds }: DeleteOptions,
  ): Promise<void> {
    const grace = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
    this.#write({ verb: 'delete', plural: resource.plural, name, ...grace });
    const { uid } = this.find(resource.plural, name).metadata;
    if (preconditions?.uid !== undefined && preconditions.uid !== uid)
      throw new Conflict(`Cannot delete ${resource.plural} "${name}": another uid`, { status: 409 });
    this.remove(resource.plural, name);
    return Promise.resolve();
  }

  async evict({ name, uid }: Name & { readonly uid: string }): Promise<void> {
    this.#write({ verb: 'evict', plural: 'pods', name });
    if (this.find('pods', name).metadata.uid !== uid)
      throw new Conflict(`Cannot evict pod "${name}": another uid`, { status: 409 });
    this.remove('pods', name);
    return Promise.resolve();
  }

  create(): never {
    throw new RangeError('The lifecycle creates nothing');
  }

  watch(): never {
    throw new RangeError('What changes is told at once');
  }

  serves({ plural }: Pick<Resource<KubeObject>, 'plural'>): Promise<boolean> {
    return Promise.resolve(!this.unserved.has(plural));
  }

  serverNow(): Date {
    return this.#clock.now();
  }

  #write(write: SeenWrite): void {
    this.beforeWrite(write);
    this.writes.push(write);
  }
}

/** As the API server selects: every `path=value` of the list holds. */
function isSelected(object: KubeObject, fieldSelector = ''): boolean {
  return fieldSelector
    .split(',')
    .filter((term) => term !== '')
    .every((term) => {
      const [path = '', value] = term.split('=');
      return fieldAt(object, path.split('.')) === value;
    });
}

function fieldAt(value: unknown, path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return fieldAt(Object.entries(value).find(([name]) => name === key)?.[1], rest);
}
