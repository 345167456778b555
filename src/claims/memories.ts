// What this process remembers of each claim, by uid; lost by a restart without harm.
import type { Instant, Memory } from './input.ts';

export class Memories {
  readonly #byUid = new Map<string, Memory>();

  of(uid: string, now: Instant): Memory {
    const known = this.#byUid.get(uid);
    if (known !== undefined) return known;
    const fresh: Memory = { firstSeen: now, told: new Set() };
    this.#byUid.set(uid, fresh);
    return fresh;
  }

  note(uid: string, now: Instant, change: Partial<Memory>): void {
    this.#byUid.set(uid, { ...this.of(uid, now), ...change });
  }

  forget(uid: string): void {
    this.#byUid.delete(uid);
  }
}
