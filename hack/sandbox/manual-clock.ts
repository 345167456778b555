// A clock that stands still until a test moves it.
import type { SandboxClock, Scheduled } from './timeline.ts';

export class ManualClock implements SandboxClock {
  #nowMs: number;
  readonly #pending = new Set<{ readonly atMs: number; readonly fn: () => void }>();

  constructor(start = new Date('2026-11-22T00:00:00Z')) {
    this.#nowMs = start.getTime();
  }

  now(): Date {
    return new Date(this.#nowMs);
  }

  after(ms: number, fn: () => void): Scheduled {
    const entry = { atMs: this.#nowMs + ms, fn };
    this.#pending.add(entry);
    return { cancel: () => this.#pending.delete(entry) };
  }

  /** Lets so many seconds pass: what falls due runs in its order, each at its own time. */
  advance(seconds: number): void {
    const until = this.#nowMs + seconds * 1000;
    for (;;) {
      const [next] = [...this.#pending].filter(({ atMs }) => atMs <= until).toSorted((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#pending.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.fn();
    }
    this.#nowMs = until;
  }
}
