// Virtual time: everything that happens in a simulation is an event here, in one order that the seed decides.

export interface Pending {
  cancel(): void;
}

interface Entry {
  readonly atMs: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/** Lets every promise settle that can: nothing under test uses sockets or timers of its own, so one turn is enough. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

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
  async runUntil(endMs: number, afterEach: () => 'on' | 'stop'): Promise<void> {
    await turn();
    for (let entry = this.#heap[0]; entry !== undefined && entry.atMs <= endMs; entry = this.#heap[0]) {
      this.#pop();
      const { run } = entry;
      if (run === undefined) continue;
      this.#nowMs = entry.atMs;
      this.#ran += 1;
      entry.run = undefined;
      run();
      await turn();
      if (afterEach() === 'stop') return;
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
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
