// Mishaps between client and Azure, each for the requests it matches.
import type { OperationName } from './route.ts';

export type FaultEffect =
  /** ARM's gateway throttles; without `retryAfterSeconds` the answer carries no Retry-After. */
  | { readonly kind: 'armThrottled'; readonly retryAfterSeconds?: number }
  /** AKS throttles, with its own wording. */
  | { readonly kind: 'aksThrottled'; readonly retryAfterSeconds?: number }
  /** An error of a proxy on the way: an HTML page, broken JSON or nothing. */
  | { readonly kind: 'broken'; readonly status: number; readonly body: 'html' | 'brokenJson' | 'empty' }
  /** Any error body, word for word. */
  | {
      readonly kind: 'refuse';
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly by: 'arm' | 'aks';
      readonly retryAfterSeconds?: number;
    }
  /** The connection is cut, before the request takes effect or after it. */
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  /** No answer ever comes. */
  | { readonly kind: 'silent'; readonly when: 'before' | 'after' }
  /** Half of the answer comes, then the connection is cut or nothing more comes. `gzip`: compressed, asked for or not. */
  | { readonly kind: 'half'; readonly end: 'cut' | 'stall'; readonly encoding?: 'gzip' }
  /** The answer comes late, in real milliseconds; the effect does not wait. */
  | { readonly kind: 'slow'; readonly ms: number };

export interface Fault {
  readonly operation?: OperationName | readonly OperationName[];
  readonly pool?: string;
  /** How many matching requests it hits; absent: 1. */
  readonly times?: number | 'always';
  /** How many matching requests pass first. */
  readonly skip?: number;
  readonly effect: FaultEffect;
}

interface Armed {
  readonly fault: Fault;
  skip: number;
  left: number;
}

/** The faults still to come; the first that matches a request is used up by it. */
export class FaultQueue {
  #armed: Armed[] = [];

  add(fault: Fault): void {
    const left = fault.times === 'always' ? Number.POSITIVE_INFINITY : (fault.times ?? 1);
    this.#armed.push({ fault, skip: fault.skip ?? 0, left });
  }

  clear(): void {
    this.#armed = [];
  }

  pending(): readonly Fault[] {
    return this.#armed.map((entry) => entry.fault);
  }

  take(operation: OperationName, pool: string | undefined): FaultEffect | undefined {
    for (const entry of this.#armed) {
      if (!matches(entry.fault, operation, pool)) continue;
      if (entry.skip > 0) {
        entry.skip -= 1;
        continue;
      }
      entry.left -= 1;
      if (entry.left <= 0) this.#armed = this.#armed.filter((other) => other !== entry);
      return entry.fault.effect;
    }
    return undefined;
  }
}

function matches(fault: Fault, operation: OperationName, pool: string | undefined): boolean {
  if (fault.pool !== undefined && fault.pool !== pool) return false;
  if (fault.operation === undefined) return true;
  return typeof fault.operation === 'string' ? fault.operation === operation : fault.operation.includes(operation);
}
