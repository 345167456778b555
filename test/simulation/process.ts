// One process of the controller: it can be killed or frozen between any two events, and has clocks of its own.
import type { Clock, Timer } from '../../src/clock.ts';
import type { Scheduler } from './scheduler.ts';

export interface ProcessOptions {
  /** Unique among all processes that ever ran: `a#1`. */
  readonly name: string;
  readonly scheduler: Scheduler;
  /** True wall time at the beginning of the simulation. */
  readonly epochMs: number;
  /** By how much this machine's wall clock is ahead of the true one. */
  readonly skewMs: number;
}

export class SimProcess {
  readonly name: string;
  readonly clock: Clock;
  /** In the simulation's time. */
  readonly startedAtMs: number;
  readonly #scheduler: Scheduler;
  #alive = true;
  #dropsInFlight = false;
  #frozenUntilMs = 0;
  #skewMs: number;

  constructor({ name, scheduler, epochMs, skewMs }: ProcessOptions) {
    this.name = name;
    this.#scheduler = scheduler;
    this.#skewMs = skewMs;
    // Machines have been up for different times: nobody may compare two monotonic clocks.
    const bootMs = name.length * 1000 + 5_000_000;
    const startedAtMs = scheduler.nowMs;
    this.startedAtMs = startedAtMs;
    const after = (ms: number, fn: () => void): Timer => scheduler.after(ms, () => this.run(fn));
    this.clock = {
      now: () => new Date(epochMs + scheduler.nowMs + this.#skewMs),
      monotonicMs: () => bootMs + scheduler.nowMs - startedAtMs,
      after,
      async sleep(ms, { signal }) {
        signal.throwIfAborted();
        await new Promise<void>((resolve, reject) => {
          const onAbort = (): void => {
            timer.cancel();
            reject(signal.reason);
          };
          const timer = after(ms, () => {
            signal.removeEventListener('abort', onAbort);
            resolve();
          });
          signal.addEventListener('abort', onAbort, { once: true });
        });
      },
    };
  }

  get alive(): boolean {
    return this.#alive;
  }

  get frozen(): boolean {
    return this.#scheduler.nowMs < this.#frozenUntilMs;
  }

  /** From now on nothing of it runs: no timer fires and no request comes back. */
  kill({ dropInFlight }: { readonly dropInFlight: boolean }): void {
    this.#alive = false;
    this.#dropsInFlight = dropInFlight;
  }

  /** It died with its requests still in its own machine. */
  get dropsInFlight(): boolean {
    return this.#dropsInFlight;
  }

  /** Its events wait until then, in their order: a paused virtual machine, a collection of garbage without end. */
  freeze(ms: number): void {
    this.#frozenUntilMs = Math.max(this.#frozenUntilMs, this.#scheduler.nowMs + ms);
  }

  /** Its wall clock alone jumps. */
  jump(ms: number): void {
    this.#skewMs += ms;
  }

  /** Runs a piece of it now, later if it is frozen, never if it is dead. */
  run(fn: () => void): void {
    if (!this.#alive) return;
    if (this.frozen) this.#scheduler.at(this.#frozenUntilMs, () => this.run(fn));
    else fn();
  }
}
