// A process must not decide without end while nothing happens: on a real machine it would keep the event loop from all else.
import type { Bench } from './check.ts';

const secondMs = 1000;
// All claims of a world together needed 26 at most in 200 seeds, restarts among them.
const mostInASecond = 300;

export class SpinCheck {
  readonly #bench: Bench;
  readonly #seconds = new Map<string, { readonly second: number; count: number }>();

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  decided(process: string, row: string): void {
    const second = Math.floor(this.#bench.world.nowMs / secondMs);
    const current = this.#seconds.get(process);
    if (current?.second !== second) {
      this.#seconds.set(process, { second, count: 1 });
      return;
    }
    current.count += 1;
    if (current.count === mostInASecond)
      this.#bench.report('no bugs', `${process} decided ${mostInASecond} times within a second, the last time ${row}`);
  }
}
