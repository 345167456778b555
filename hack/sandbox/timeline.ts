// Time in the sandbox: minutes of Azure pass in seconds, and everything pending can be dropped at once.

/** What the sandbox needs of a clock; the project's own Clock and fake clocks of tests fit. */
export interface SandboxClock {
  now(): Date;
  after(ms: number, fn: () => void): Scheduled;
}

/** Something that will happen. `cancel` after it happened, or twice, does nothing. */
export interface Scheduled {
  cancel(): void;
}

const realClock: SandboxClock = {
  now: () => new Date(),
  after(ms, fn) {
    const handle = setTimeout(fn, ms);
    return { cancel: () => clearTimeout(handle) };
  },
};

export interface TimelineOptions {
  readonly clock?: SandboxClock | undefined;
  /** How many emulated seconds pass in one real second. Default 1. */
  readonly scale?: number | undefined;
}

/** Schedules in emulated seconds; `now` stays the wall clock, as timestamps go to real clients. */
export class Timeline {
  readonly scale: number;
  readonly #clock: SandboxClock;
  readonly #pending = new Set<Scheduled>();
  #closed = false;

  constructor({ clock = realClock, scale = 1 }: TimelineOptions = {}) {
    if (!(scale > 0)) throw new RangeError(`Time scale must be above 0, not ${scale}`);
    this.#clock = clock;
    this.scale = scale;
  }

  now(): Date {
    return this.#clock.now();
  }

  /** Emulated seconds since the epoch, for rates: they run as fast as the scale says. */
  seconds(): number {
    return (this.now().getTime() / 1000) * this.scale;
  }

  /** Calls `fn` once after so many emulated seconds, unless the timeline is closed before. */
  after(seconds: number, fn: () => void): Scheduled {
    if (this.#closed) return { cancel: () => undefined };
    const entry = this.#clock.after((Math.max(0, seconds) * 1000) / this.scale, () => {
      this.#pending.delete(entry);
      fn();
    });
    this.#pending.add(entry);
    return {
      cancel: () => {
        this.#pending.delete(entry);
        entry.cancel();
      },
    };
  }

  /** Resolves after so many emulated seconds, rejects when the signal aborts. Abort before closing: nothing fires then. */
  async sleep(seconds: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        scheduled.cancel();
        reject(signal.reason);
      };
      const scheduled = this.after(seconds, () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Drops everything pending and refuses more. */
  close(): void {
    this.#closed = true;
    for (const entry of this.#pending) entry.cancel();
    this.#pending.clear();
  }
}
