// The objects of a fake API server: by collection and key, with one version for all, a log of changes and pages of lists.
import { type FakeObject, keyOf } from './fake-api-parts.ts';

export type Stored = FakeObject & {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
};

export interface LogEntry {
  readonly version: number;
  readonly collection: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: Stored;
}

interface Page {
  readonly items: readonly Stored[];
  readonly version: number;
}

export class FakeStorage {
  readonly #onChange: (entry: LogEntry) => void;
  readonly #objects = new Map<string, Map<string, Stored>>();
  readonly #pages = new Map<string, Page>();
  #log: LogEntry[] = [];
  #version = 100;
  #oldest = 0;
  #uid = 0;

  constructor(onChange: (entry: LogEntry) => void) {
    this.#onChange = onChange;
  }

  get version(): string {
    return `${this.#version}`;
  }

  get(collection: string, key: string): Stored | undefined {
    return this.#objects.get(collection)?.get(key);
  }

  /** Creates or replaces an object. */
  put(collection: string, object: FakeObject): Stored {
    const before = this.get(collection, keyOf(object));
    const { uid: given } = object.metadata;
    const uid = typeof given === 'string' ? given : (before?.metadata.uid ?? `uid-${++this.#uid}`);
    const version = ++this.#version;
    const stored = { ...object, metadata: { ...object.metadata, uid, resourceVersion: `${version}` } };
    this.#collection(collection).set(keyOf(object), stored);
    this.#tell({ version, collection, type: before === undefined ? 'ADDED' : 'MODIFIED', object: stored });
    return stored;
  }

  remove(collection: string, key: string): void {
    const object = this.get(collection, key);
    if (object === undefined) return;
    this.#collection(collection).delete(key);
    const version = ++this.#version;
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: `${version}` } };
    this.#tell({ version, collection, type: 'DELETED', object: last });
  }

  /** Forgets what happened so far, as etcd's compaction does. */
  compact(): void {
    this.#log = [];
    this.#pages.clear();
    this.#version += 1;
    this.#oldest = this.#version;
  }

  /** Undefined: the token has expired. */
  page(collection: string, token: string | null, limit: number): (Page & { readonly next: string }) | undefined {
    const all = [...this.#collection(collection).values()];
    const page = token === null ? { items: all, version: this.#version } : this.#pages.get(token);
    if (page === undefined) return undefined;
    const rest = page.items.slice(limit);
    const next = rest.length === 0 ? '' : `token-${this.#pages.size + 1}`;
    if (next !== '') this.#pages.set(next, { items: rest, version: page.version });
    return { items: page.items.slice(0, limit), version: page.version, next };
  }

  /** What happened after `version`; undefined when that is forgotten. */
  changesSince(collection: string, version: number): readonly LogEntry[] | undefined {
    if (version < this.#oldest) return undefined;
    return this.#log.filter((entry) => entry.version > version && entry.collection === collection);
  }

  #tell(entry: LogEntry): void {
    this.#log.push(entry);
    this.#onChange(entry);
  }

  #collection(name: string): Map<string, Stored> {
    const known = this.#objects.get(name);
    if (known !== undefined) return known;
    const created = new Map<string, Stored>();
    this.#objects.set(name, created);
    return created;
  }
}
