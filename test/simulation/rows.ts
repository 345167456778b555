// How often each row of the state tables fired, and which never did.
import { orphanRows } from '../../src/claims/collection/decide-orphan.ts';
import { rows as claimRows } from '../../src/claims/decision.ts';
import { nodeRows } from '../../src/claims/node-decision.ts';

/**
 * Rows that decide does not answer with, counted by what can be seen of them (simulation.ts). P1 runs nothing that could be
 * counted and has a test of its number (claim-controller.test.ts); P6 and P7 are any row of the tables A and B.
 */
const seenRows = ['P2', 'P5'] as const;

const allRows: readonly string[] = [...seenRows, ...claimRows, ...nodeRows, ...orphanRows];

interface Count {
  times: number;
  seeds: number;
}

export class RowCount {
  readonly #counts = new Map<string, Count>(allRows.map((row) => [row, { times: 0, seeds: 0 }]));

  /** What one seed fired, and how often. */
  add(rows: ReadonlyMap<string, number>): void {
    for (const [row, times] of rows) {
      const count = this.#counts.get(row) ?? { times: 0, seeds: 0 };
      this.#counts.set(row, { times: count.times + times, seeds: count.seeds + 1 });
    }
  }

  /** Rows of the tables that no run ever took. */
  get never(): readonly string[] {
    return allRows.filter((row) => this.#counts.get(row)?.times === 0);
  }

  /** Each row, how often it fired, and in how many seeds; the rarest first. */
  toString(): string {
    const counts = [...this.#counts].toSorted(([, a], [, b]) => a.seeds - b.seeds);
    return counts.map(([row, { times, seeds }]) => `${row} ${times} (${seeds})`).join(', ');
  }
}
