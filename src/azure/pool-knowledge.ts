// What is known of each pool, ordered by when the requests that showed it began: an older look never replaces a newer one.
import { isDeepStrictEqual } from 'node:util';
import type { AgentPool, PoolLook } from './pool.ts';

/** The beginning of a request. `order` also tells apart what one tick of the clock does not. */
export interface Ticket {
  readonly order: number;
  readonly startedAtMs: number;
}

/** What a write's answer says of its pool. `deleting` is a DELETE that ARM accepted without showing the pool. */
export type WriteAnswer = AgentPool | 'deleting' | 'absent';

type Seen = Exclude<PoolLook, { seen: 'unknown' }>;
// A request lives for a minute at most, and a cluster has 100 pools: an answer this far back has no rival any more.
const answersKept = 1000;

interface Entry {
  readonly order: number;
  readonly look: Seen;
}

/**
 * Looks come from LISTs and GETs and count from the moment that they began; the answer to our own write counts from the
 * moment that it came. Hence a LIST that began before a PUT was answered can neither remove nor change what the answer
 * put in. Each `note` returns the names whose look changed for a watcher. Names have no case.
 */
export class PoolKnowledge {
  readonly #entries = new Map<string, Entry>();
  /** When our writes were answered, by name, the oldest first. */
  readonly #answered = new Map<string, number>();
  #order = 0;
  #list: Ticket | undefined;

  /** To be called when a request begins. */
  begin(nowMs: number): Ticket {
    this.#order += 1;
    return { order: this.#order, startedAtMs: nowMs };
  }

  /** A complete LIST: what it does not show is absent, unless something newer is known. */
  noteList(ticket: Ticket, pools: readonly AgentPool[]): readonly string[] {
    if (this.#list !== undefined && this.#list.order > ticket.order) return [];
    const shown = new Map(pools.map((pool) => [keyOf(pool.name), pool]));
    const names = new Set([...this.#entries.keys(), ...shown.keys()]);
    const before = new Map([...names].map((name) => [name, this.look(name)]));
    this.#list = ticket;
    for (const name of names) {
      if (this.#newestOf(name) > ticket.order) continue;
      const pool = shown.get(name);
      if (pool === undefined) this.#entries.delete(name);
      else this.#put(name, ticket.order, this.#presentOf(name, pool, ticket, false));
    }
    return [...before].filter(([name, look]) => !looksAlike(look, this.look(name))).map(([name]) => name);
  }

  /** One GET: `undefined` is AKS's own "not found". Nothing changes when something newer is known. */
  noteGet(ticket: Ticket, name: string, pool: AgentPool | undefined): readonly string[] {
    const key = keyOf(name);
    const listOrder = this.#list?.order ?? 0;
    if (Math.max(this.#newestOf(key), listOrder) > ticket.order) return [];
    return this.#change(key, ticket.order, this.#seenByGet(key, ticket, pool));
  }

  /** What a GET saw, however old it is by now, with the `sinceMs` that we know of. */
  seenByGet(ticket: Ticket, name: string, pool: AgentPool | undefined): Seen {
    return this.#seenByGet(keyOf(name), ticket, pool);
  }

  /** The answer to our own write, now. It replaces every look that began before it. */
  noteAnswer(ticket: Ticket, name: string, answer: WriteAnswer): readonly string[] {
    const key = keyOf(name);
    this.#order += 1;
    const order = this.#order;
    this.#noteAnswered(key, order);
    if (answer === 'absent') {
      return this.#change(key, order, { seen: 'absent', proof: 'get404', startedAtMs: ticket.startedAtMs });
    }
    if (answer !== 'deleting') return this.#change(key, order, this.#presentOf(key, answer, ticket, false));
    const known = this.#entries.get(key)?.look;
    if (known?.seen === 'present') {
      // The DELETE changes the eTag, so the one we know is no longer a proof of anything.
      const { etag: _outdated, error: _earlier, ...pool } = known.pool;
      const deleting = { ...pool, phase: 'deleting', state: 'Deleting' } as const;
      return this.#change(key, order, this.#presentOf(key, deleting, ticket, false));
    }
    const before = this.look(key);
    this.#entries.delete(key);
    return looksAlike(before, this.look(key)) ? [] : [key];
  }

  /** Whether a write for this name was answered after this request began. */
  answeredSince(ticket: Ticket, name: string): boolean {
    return (this.#answered.get(keyOf(name)) ?? 0) > ticket.order;
  }

  look(name: string): PoolLook {
    const key = keyOf(name);
    const entry = this.#entries.get(key);
    if (entry !== undefined) return entry.look;
    if (this.#list === undefined) return { seen: 'unknown', why: 'Azure has not been asked yet' };
    if (this.#newestOf(key) > this.#list.order) {
      return { seen: 'unknown', why: 'Azure has not shown the pool since it took our last write' };
    }
    return { seen: 'absent', proof: 'list', startedAtMs: this.#list.startedAtMs };
  }

  /** Pools that were there when last seen. */
  *present(): Generator<AgentPool> {
    for (const { look } of this.#entries.values()) if (look.seen === 'present') yield look.pool;
  }

  #newestOf(key: string): number {
    return Math.max(this.#entries.get(key)?.order ?? 0, this.#answered.get(key) ?? 0);
  }

  #seenByGet(key: string, ticket: Ticket, pool: AgentPool | undefined): Seen {
    return pool === undefined
      ? { seen: 'absent', proof: 'get404', startedAtMs: ticket.startedAtMs }
      : this.#presentOf(key, pool, ticket, true);
  }

  #presentOf(key: string, pool: AgentPool, { startedAtMs }: Ticket, live: boolean): Seen {
    const known = this.#entries.get(key)?.look;
    const samePhase = known?.seen === 'present' && known.pool.phase === pool.phase;
    return { seen: 'present', pool, startedAtMs, live, sinceMs: samePhase ? known.sinceMs : startedAtMs };
  }

  #change(key: string, order: number, look: Seen): readonly string[] {
    const before = this.look(key);
    this.#put(key, order, look);
    return looksAlike(before, look) ? [] : [key];
  }

  #noteAnswered(key: string, order: number): void {
    this.#answered.delete(key);
    this.#answered.set(key, order);
    for (const oldest of this.#answered.keys()) {
      if (this.#answered.size <= answersKept) break;
      this.#answered.delete(oldest);
    }
  }

  #put(key: string, order: number, look: Seen): void {
    this.#entries.set(key, { order, look });
  }
}

function keyOf(name: string): string {
  return name.toLowerCase();
}

/** Whether a watcher has nothing new to decide on. An eTag moves with each operation and means nothing by itself. */
function looksAlike(a: PoolLook, b: PoolLook): boolean {
  if (a.seen !== 'present' || b.seen !== 'present') return a.seen === b.seen;
  return isDeepStrictEqual({ ...a.pool, etag: '' }, { ...b.pool, etag: '' });
}
