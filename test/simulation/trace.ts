// What happened, one line each, for a person to read; its hash tells whether two runs were the same.
import { hashOf } from './random.ts';

export class Trace {
  readonly #lines: string[] = [];
  readonly #now: () => number;
  #hash = 0x811c9dc5;

  constructor(now: () => number) {
    this.#now = now;
  }

  note(who: string, what: string): void {
    const line = `${stamp(this.#now())} ${who.padEnd(9)} ${what}`;
    this.#hash = hashOf(line, this.#hash);
    this.#lines.push(line);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  get hash(): string {
    return this.#hash.toString(16).padStart(8, '0');
  }
}

/** `h:mm:ss.mmm` since the simulation began. */
export function stamp(ms: number): string {
  const whole = Math.floor(ms);
  const seconds = Math.floor(whole / 1000);
  return `${Math.floor(seconds / 3600)}:${part(Math.floor(seconds / 60) % 60, 2)}:${part(seconds % 60, 2)}.${part(whole % 1000, 3)}`;
}

function part(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
