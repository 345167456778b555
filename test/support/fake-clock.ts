// Time that stands still until a test moves it: for everything that takes a Clock.
import type { Clock, Timer } from '../../src/clock.ts';

interface Pending {
  readonly dueMs: number;
  readonly order: number;
  readonly fire: () => void;
}

/** Lets every promise that can settle without a timer or a socket do so. */
export async function settle(): Promise<void> {
  // One turn of the event loop runs all microtasks; the others give streams, which hop through nextTick, their turns.
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

/** A Clock that moves by hand. Wall and monotonic time move together; `jump` moves the wall alone. */
export class FakeClock implements Clock {
  #elapsedMs = 0;
  #wallMs: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  constructor(start = '2026-01-01T00:00:00Z') {
    this.#wallMs = Date.parse(start);
  }

  now(): Date {
    return new Date(this.#wallMs + this.#elapsedMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  after(ms: number, fn: () => void): Timer {
    const pending = { dueMs: this.#elapsedMs + Math.max(0, ms), order: this.#order++, fire: fn };
    this.#pending.add(pending);
    return { cancel: () => void this.#pending.delete(pending) };
  }

  async sleep(ms: number, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        timer.cancel();
        reject(signal.reason);
      };
      const timer = this.after(ms, () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Runs all timers of the next `ms`, in order, those included that they start; promises settle after each. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#elapsedMs + ms;
    await settle();
    for (let next = this.#next(); next !== undefined && next.dueMs <= endMs; next = this.#next()) {
      this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs);
      this.#pending.delete(next);
      next.fire();
      await settle();
    }
    this.#elapsedMs = endMs;
    await settle();
  }

  /**
   * Moves in steps until `condition` holds, with a real millisecond for sockets between the steps. It has no limit of its
   * own: the test's time-out ends a wait for something that never comes.
   */
  async advanceUntil(condition: () => boolean, { stepMs = 100 }: { readonly stepMs?: number } = {}): Promise<void> {
    await socketTurn();
    while (!condition()) {
      await this.advance(stepMs);
      await socketTurn();
    }
  }

  /** Moves the wall clock alone, as NTP or a suspended machine does. */
  jump(ms: number): void {
    this.#wallMs += ms;
  }

  /** Milliseconds until the timers that wait now, soonest first. */
  get pendingMs(): readonly number[] {
    return [...this.#pending].map(({ dueMs }) => dueMs - this.#elapsedMs).toSorted((a, b) => a - b);
  }

  #next(): Pending | undefined {
    let soonest: Pending | undefined;
    for (const each of this.#pending) {
      if (
        soonest === undefined ||
        each.dueMs < soonest.dueMs ||
        (each.dueMs === soonest.dueMs && each.order < soonest.order)
      ) {
        soonest = each;
      }
    }
    return soonest;
  }
}

async function socketTurn(): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, 1);
  });
}

/** Waits in real time, without a limit of its own, until what sockets do has made `condition` true. */
export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await socketTurn();
}
