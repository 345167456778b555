// The order of a work queue: a lane for each priority, first in, first out in each.

/** Holds each key once. */
export class QueueLanes {
  readonly #priorityOf = new Map<string, number>();
  /** Sorted, the highest first. Lanes stay when they are empty: there are few priorities. */
  readonly #lanes: { readonly priority: number; readonly keys: Set<string> }[] = [];

  get size(): number {
    return this.#priorityOf.size;
  }

  has(key: string): boolean {
    return this.#priorityOf.has(key);
  }

  /** Puts the key last in its lane. One that waits already keeps its place, or moves to a higher lane. */
  push(key: string, priority: number): void {
    const current = this.#priorityOf.get(key);
    if (current !== undefined) {
      if (current >= priority) return;
      this.#lane(current).delete(key);
    }
    this.#priorityOf.set(key, priority);
    this.#lane(priority).add(key);
  }

  /** Takes the first key of the highest lane that has one. */
  shift(): string | undefined {
    for (const { keys } of this.#lanes) {
      for (const key of keys) {
        keys.delete(key);
        this.#priorityOf.delete(key);
        return key;
      }
    }
    return undefined;
  }

  sizes(): readonly { readonly priority: number; readonly size: number }[] {
    return this.#lanes.map(({ priority, keys }) => ({ priority, size: keys.size }));
  }

  #lane(priority: number): Set<string> {
    const existing = this.#lanes.find((lane) => lane.priority === priority);
    if (existing !== undefined) return existing.keys;
    const lane = { priority, keys: new Set<string>() };
    this.#lanes.push(lane);
    this.#lanes.sort((a, b) => b.priority - a.priority);
    return lane.keys;
  }
}
