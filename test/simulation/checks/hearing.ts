// How far behind a replica's knowledge of claims may be: what it does then was asked for by what was true before.
import type { World } from '../world.ts';
import { claimPlurals } from './check.ts';

interface Deafness {
  readonly sinceMs: number;
  /** Undefined: it lasts. */
  untilMs: number | undefined;
}

/** A claim that is heard of late is acted on for so long. */
const afterMs = 20_000;

export class Hearing {
  readonly #world: World;
  readonly #deaf = new Map<string, Deafness>();

  constructor(world: World) {
    this.#world = world;
  }

  /** To be called every `everyMs`. */
  look(everyMs: number): void {
    const { replicas, api, nowMs } = this.#world;
    const served = claimPlurals.filter((plural) => api.serves(plural));
    for (const { process } of [replicas.a, replicas.b]) {
      if (process === undefined) continue;
      const last = this.#deaf.get(process.name);
      const lasts = last !== undefined && last.untilMs === undefined;
      const hears = this.#world.hears(process, served);
      if (hears && lasts) last.untilMs = nowMs;
      if (!hears && !lasts) this.#deaf.set(process.name, { sinceMs: nowMs - everyMs, untilMs: undefined });
    }
  }

  /** By how much what the process of this name knows of claims may be out of date now. */
  lagMs(name: string): number {
    const { nowMs } = this.#world;
    const { sinceMs, untilMs = nowMs } = this.#deaf.get(name) ?? { sinceMs: nowMs };
    return nowMs - untilMs < afterMs ? nowMs - sinceMs : 0;
  }
}
