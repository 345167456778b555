// A wait that somebody else may end early: for loops that sleep until they are due, or until something stirs.
import type { Clock } from '../clock.ts';

/** For one loop. A `wake` while nobody waits does nothing: the loop looks at what is before it waits. */
export class Alarm {
  readonly #clock: Clock;
  #resolve = (): void => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    this.#resolve();
  }

  /** Resolves after `ms`, at `wake`, or when the signal aborts. Never rejects. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#clock.after(ms, resolve);
    const onAbort = (): void => resolve();
    signal.addEventListener('abort', onAbort, { once: true });
    this.#resolve = resolve;
    await promise;
    signal.removeEventListener('abort', onAbort);
    timer.cancel();
  }
}
