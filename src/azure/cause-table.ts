// The error table: what ARM's answers mean, as data. The first row whose every criterion holds is the meaning.
import type { CauseRow } from './cause-row.ts';
import { causesOfCalls } from './causes-of-calls.ts';
import { causesOfPools } from './causes-of-pools.ts';
import { causesOfRights } from './causes-of-rights.ts';
import { causesOfTokens } from './causes-of-tokens.ts';

export const causeTable: readonly CauseRow[] = [
  ...causesOfTokens,
  ...causesOfRights,
  ...causesOfCalls,
  ...causesOfPools,
];

/** Every reason that the table gives, each once: the values of a metric's label. */
export const causeReasons: readonly string[] = [...new Set(causeTable.map(({ reason }) => reason))];
