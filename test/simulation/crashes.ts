// Crashes that wait for a moment: between a request's leaving, its being carried out, and its answer.
import type { SimProcess } from './process.ts';
import { replicaOf } from './faults.ts';
import type { CrashMoment, Item } from './schedule.ts';
import type { Probe } from './wire.ts';

type Crash = Extract<Item, { readonly what: 'crash' }>;

export class Crashes {
  readonly #waiting: { readonly crash: Crash; left: number }[] = [];
  readonly #kill: (crash: Crash) => void;

  constructor(kill: (crash: Crash) => void) {
    this.#kill = kill;
  }

  plan(crash: Crash): void {
    if (crash.on === 'now') this.#kill(crash);
    else this.#waiting.push({ crash, left: crash.skip });
  }

  /** Those that waited in vain. */
  end(): void {
    this.#waiting.length = 0;
  }

  readonly probe: Probe = (process: SimProcess, phase, label) => {
    for (const [at, one] of this.#waiting.entries()) {
      const { crash } = one;
      if (crash.replica !== replicaOf(process) || !isMoment(crash.on, phase, label)) continue;
      if (one.left > 0) {
        one.left -= 1;
        continue;
      }
      this.#waiting.splice(at, 1);
      this.#kill(crash);
      return;
    }
  };
}

function isMoment(on: CrashMoment, phase: 'sent' | 'done', label: string): boolean {
  switch (on) {
    case 'now':
      return false;
    case 'armSent':
    case 'armDone':
      return (on === 'armSent') === (phase === 'sent') && /^arm (create|delete)/u.test(label);
    case 'patchSent':
    case 'patchDone':
      return (
        (on === 'patchSent') === (phase === 'sent') && /^kube (patch|delete) (machines|nodeclaims|nodes)/u.test(label)
      );
    case 'readDone':
      return (
        phase === 'done' &&
        /^(arm (get|list|machines|cluster)|kube (list|get) (nodes|machines|nodeclaims))/u.test(label)
      );
  }
}
