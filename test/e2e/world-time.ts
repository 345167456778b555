// Preloaded into the built controller (`node --import`): clocks and timers go at the world's rate, the program is as it is.
import { performance } from 'node:perf_hooks';
import { uptimeMs, type WorldTime } from '../support/world-clock.ts';

/** The variable that carries a WorldTime as JSON. */
export const timeVariable = 'WORLD_TIME';

/** What the parent sends when the world's time jumps. */
export interface Jump {
  readonly jumpMs: number;
}

// setTimeout turns anything above into 1 ms.
const longestTimeoutMs = 2 ** 31 - 1;

const real = {
  Date,
  now: performance.now.bind(performance),
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
};

/** A Timeout of Node's in a world: it fires when the world's time has come, also when that jumps. */
class WorldTimer {
  static readonly pending = new Set<WorldTimer>();
  readonly #clock: () => number;
  readonly #rate: number;
  readonly #act: () => void;
  readonly #waitMs: number;
  readonly #repeats: boolean;
  #dueMs: number;
  #handle: NodeJS.Timeout | undefined;
  #holdsProcess = true;

  constructor(options: {
    readonly clock: () => number;
    readonly rate: number;
    readonly act: () => void;
    readonly waitMs: number;
    readonly repeats: boolean;
  }) {
    this.#clock = options.clock;
    this.#rate = options.rate;
    this.#act = options.act;
    // As Node has it: what is no time to wait is 1 ms.
    this.#waitMs = options.waitMs >= 1 ? options.waitMs : 1;
    this.#repeats = options.repeats;
    this.#dueMs = this.#clock() + this.#waitMs;
    this.rearm();
  }

  /** Looks anew at how long it is to go. */
  rearm(): void {
    real.clearTimeout(this.#handle);
    WorldTimer.pending.add(this);
    const waitMs = Math.max(0, this.#dueMs - this.#clock()) / this.#rate;
    this.#handle = real.setTimeout(() => this.#fire(), Math.min(Math.ceil(waitMs), longestTimeoutMs));
    if (!this.#holdsProcess) this.#handle.unref();
  }

  #fire(): void {
    // A timer of Node's may fire a little early.
    if (this.#clock() < this.#dueMs) {
      this.rearm();
      return;
    }
    if (this.#repeats) this.refresh();
    else WorldTimer.pending.delete(this);
    this.#act();
  }

  refresh(): this {
    this.#dueMs = this.#clock() + this.#waitMs;
    this.rearm();
    return this;
  }

  close(): this {
    real.clearTimeout(this.#handle);
    WorldTimer.pending.delete(this);
    return this;
  }

  ref(): this {
    this.#holdsProcess = true;
    this.#handle?.ref();
    return this;
  }

  unref(): this {
    this.#holdsProcess = false;
    this.#handle?.unref();
    return this;
  }

  hasRef(): boolean {
    return this.#holdsProcess;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

type Callback = (...parts: readonly unknown[]) => void;

/** Of Node's own, too, which come from modules that have timers of their own. */
function clear(timer?: WorldTimer | NodeJS.Timeout): void {
  if (timer instanceof WorldTimer) timer.close();
  else real.clearTimeout(timer);
}

/** From here on `Date`, `performance.now` and the global timers are the world's. Returns the way to jump. */
function enter({ rate, beganAt, beganAtUptimeMs, jumpedMs }: WorldTime): (ms: number) => void {
  let jumped = jumpedMs;
  const startMs = real.now() - (uptimeMs() - beganAtUptimeMs);
  const sinceBegin = (): number => (real.now() - startMs) * rate + jumped;
  const wall = (): number => Math.floor(beganAt + sinceBegin());
  const start =
    (repeats: boolean) =>
    (callback: Callback, waitMs = 1, ...parts: readonly unknown[]): WorldTimer =>
      new WorldTimer({ clock: sinceBegin, rate, act: () => callback(...parts), waitMs, repeats });
  performance.now = sinceBegin;
  Object.assign(globalThis, {
    Date: new Proxy(real.Date, {
      construct: (target, parts, made) => Reflect.construct(target, parts.length === 0 ? [wall()] : parts, made),
      apply: (target) => new target(wall()).toString(),
      get: (target, key) => (key === 'now' ? wall : Reflect.get(target, key)),
    }),
    setTimeout: start(false),
    setInterval: start(true),
    clearTimeout: clear,
    clearInterval: clear,
  });
  return (ms) => {
    jumped += ms;
    for (const pending of WorldTimer.pending) pending.rearm();
  };
}

const written = process.env[timeVariable];
if (written !== undefined) {
  const time: WorldTime = JSON.parse(written);
  const jump = enter(time);
  process.on('message', ({ jumpMs }: Jump) => jump(jumpMs));
  // Whoever started us is gone, and nobody would ever stop us.
  process.on('disconnect', () => process.exit(1));
}
