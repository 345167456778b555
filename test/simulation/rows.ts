// How often each row of the state tables fired, and which never did.
import { orphanRows } from '../../src/claims/collection/decide-orphan.ts';
import { rows as claimRows } from '../../src/claims/decision.ts';
import { nodeRows } from '../../src/claims/node-decision.ts';

/** P0 is left out: of claims that are not ours the lifecycle does not even ask. */
const allRows: readonly string[] = [...claimRows, ...nodeRows, ...orphanRows].filter((row) => row !== 'P0');

export class RowCount {
  readonly #counts = new Map<string, number>(allRows.map((row) => [row, 0]));

  add(rows: ReadonlyMap<string, number>): void {
    for (const [row, times] of rows) this.#counts.set(row, (this.#counts.get(row) ?? 0) + times);
  }

  /** Rows of the tables that no run ever took. */
  get never(): readonly string[] {
    return allRows.filter((row) => this.#counts.get(row) === 0);
  }

  toString(): string {
    return [...this.#counts].map(([row, times]) => `${row} ${times}`).join(', ');
  }
}
