// Virtual time: everything that happens in a simulation is an event here, in one order that the seed decides.

export interface Pending {
  cancel(): void;
}

interface Entry {
  readonly atMs: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/**
 * Between two immediates of one batch Node lets every promise settle that can, and nothing under test uses sockets or timers of
 * its own; a batch spares the turns of the event loop, which cost more than most events.
 */
const batch = 64;

export class Scheduler {
  readonly #heap: Entry[] = [];
  #nowMs = 0;
  #order = 0;
  #ran = 0;

  /** Milliseconds since the simulation began. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** How many events ran. */
  get ran(): number {
    return this.#ran;
  }

  at(atMs: number, run: () => void): Pending {
    const entry: Entry = { atMs: Math.max(this.#nowMs, atMs), order: this.#order++, run };
    this.#push(entry);
    return {
      cancel: () => {
        entry.run = undefined;
      },
    };
  }

  after(ms: number, run: () => void): Pending {
    return this.at(this.#nowMs + Math.max(0, ms), run);
  }

  /** Runs every event up to `endMs`, promises included; stops early when `afterEach` says so. */
  runUntil(endMs: number, afterEach: () => 'on' | 'stop'): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let state: 'first' | 'on' | 'ended' = 'first';
    const end = (settle: () => void): void => {
      state = 'ended';
      settle();
    };
    const step = (): void => {
      if (state === 'ended') return;
      try {
        if (state === 'on' && afterEach() === 'stop') return end(resolve);
        if (!this.#runNext(endMs)) return end(resolve);
        state = 'on';
      } catch (error) {
        end(() => reject(error));
      }
    };
    const fill = (): void => {
      if (state === 'ended') return;
      for (let left = batch; left > 0; left -= 1) setImmediate(step);
      setImmediate(fill);
    };
    fill();
    return promise;
  }

  /** False when none is left that is due by then; it is `endMs` from then on. */
  #runNext(endMs: number): boolean {
    for (let entry = this.#heap[0]; entry !== undefined && entry.atMs <= endMs; entry = this.#heap[0]) {
      this.#pop();
      const { run } = entry;
      if (run === undefined) continue;
      this.#nowMs = entry.atMs;
      this.#ran += 1;
      entry.run = undefined;
      run();
      return true;
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
    return false;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      let below = heap[child];
      const right = heap[child + 1];
      if (below === undefined) break;
      if (right !== undefined && isBefore(right, below)) {
        child += 1;
        below = right;
      }
      if (!isBefore(below, last)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
