// The indexes of a store: for each of them, the objects under each value.
import type { KubeObject } from '../apis/wire.ts';

/** Names the values of one index that an object is to be found under. */
export type IndexFunction<T> = (object: T) => readonly string[];

interface Index<T> {
  readonly valuesOf: IndexFunction<T>;
  /** By value, then by key. */
  readonly entries: Map<string, Map<string, T>>;
}

/** Add and remove must come in pairs with the same object, as the store sees to. */
export class StoreIndexes<T extends KubeObject> {
  readonly #indexes = new Map<string, Index<T>>();

  constructor(functions: Readonly<Record<string, IndexFunction<T>>>) {
    for (const [name, valuesOf] of Object.entries(functions)) this.#indexes.set(name, { valuesOf, entries: new Map() });
  }

  find(name: string, value: string): readonly T[] {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new RangeError(`Cannot look up "${value}": the store has no index "${name}"`);
    return [...(index.entries.get(value)?.values() ?? [])];
  }

  add(key: string, object: T): void {
    for (const { valuesOf, entries } of this.#indexes.values()) {
      for (const value of valuesOf(object)) {
        const entry = entries.get(value);
        if (entry === undefined) entries.set(value, new Map([[key, object]]));
        else entry.set(key, object);
      }
    }
  }

  remove(key: string, object: T): void {
    for (const { valuesOf, entries } of this.#indexes.values()) {
      for (const value of valuesOf(object)) {
        const entry = entries.get(value);
        entry?.delete(key);
        if (entry?.size === 0) entries.delete(value);
      }
    }
  }
}
