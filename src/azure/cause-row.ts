// One row of the error table: the criteria of a failure and what it means.
import type { ArmOperation } from './arm-errors.ts';
import type { Said } from './arm-text.ts';
import type { CauseReason } from './cause-guides.ts';
import type { CauseKind } from './cause.ts';

/** What a row may say: the facts of the failure, and what its prose told. */
export interface Told extends Said {
  readonly code: string;
  readonly text: string;
}

type Words = (told: Told) => string;

export interface CauseRow {
  readonly reason: CauseReason;
  readonly kind: CauseKind;
  /** Criteria. Absent: any. `codes` are looked for in code, subcode and details, `text` in the message. */
  readonly status?: readonly number[] | 'none' | 'server';
  readonly codes?: readonly string[];
  readonly text?: RegExp;
  readonly operation?: ArmOperation;
  /** The message names the pool that the call is about. */
  readonly namesPool?: true;
  /** The request may have been carried out although it failed: a write's outcome is unknown. */
  readonly mayHaveRun?: true;
  readonly capacity?: true;
  readonly retry: readonly [minMs: number, maxMs: number];
  /** In our words, with the numbers that Azure gave. */
  readonly what: Words;
  /** What a person is to do, or what is done without one; short enough to be read in full whatever else is said. */
  readonly next: string | Words;
  /** Azure's own words, for what we cannot say better; they come last, and what does not fit of them is left out. */
  readonly quote?: (told: Told) => string | undefined;
}

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;

export const itsText = ({ text }: Told): string => text;
export const at = ({ region }: Told): string => (region === undefined ? '' : ` in ${region}`);
export const byItself = 'tried again by itself';
