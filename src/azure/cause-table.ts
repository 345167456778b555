// The error table: what ARM's answers mean, as data. The first row whose every criterion holds is the meaning.
import type { CauseRow } from './cause-row.ts';
import { causesOfCalls } from './causes-of-calls.ts';
import { causesOfPools } from './causes-of-pools.ts';

export const causeTable: readonly CauseRow[] = [...causesOfCalls, ...causesOfPools];
