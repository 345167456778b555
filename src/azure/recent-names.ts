// A bounded memory of pool names: when each was last noted. A cluster has 100 pools; the bound only stops a leak.

const kept = 4096;

/** The oldest note is forgotten when there are too many. Names have no case. */
export class RecentNames {
  readonly #notedAtMs = new Map<string, number>();

  note(name: string, atMs: number): void {
    const key = name.toLowerCase();
    this.#notedAtMs.delete(key);
    this.#notedAtMs.set(key, atMs);
    for (const oldest of this.#notedAtMs.keys()) {
      if (this.#notedAtMs.size <= kept) break;
      this.#notedAtMs.delete(oldest);
    }
  }

  get(name: string): number | undefined {
    return this.#notedAtMs.get(name.toLowerCase());
  }

  names(): Iterable<string> {
    return this.#notedAtMs.keys();
  }
}
