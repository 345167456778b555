// When a drain ends, drained or not (pure).
import type { Claim } from '../apis/claim.ts';
import { minutes } from './minutes.ts';
import type { Timings } from './timings.ts';

/** Karpenter's: on a claim an order to end by then, on a Node word of when it ends. RFC 3339. */
export const terminationTimestamp = 'karpenter.sh/nodeclaim-termination-timestamp';

export interface DrainEnd {
  /** API server time. */
  readonly atApiMs: number;
  /** Whose claim promised it an end: its pods are given what is left of their own time before it. */
  readonly isPromised: boolean;
  /** In words, for what is said when it has come. */
  readonly after: string;
}

/**
 * What the claim says of itself goes before the option, whichever is sooner: an annotation, then `terminationGracePeriod`.
 * Undefined: the pods are waited for, for ever.
 */
export function drainEndOf(
  { annotations, deletingSince, spec }: Pick<Claim, 'annotations' | 'deletingSince' | 'spec'>,
  { drainDeadlineMs }: Pick<Timings, 'drainDeadlineMs'>,
): DrainEnd | undefined {
  const ordered = Date.parse(annotations[terminationTimestamp] ?? '');
  if (!Number.isNaN(ordered))
    return { atApiMs: ordered, isPromised: true, after: `its time is over (${terminationTimestamp})` };
  if (deletingSince === undefined) return undefined;
  const { terminationGracePeriodMs } = spec;
  if (terminationGracePeriodMs !== undefined)
    return {
      atApiMs: deletingSince.getTime() + terminationGracePeriodMs,
      isPromised: true,
      after: `${minutes(terminationGracePeriodMs)} are over (terminationGracePeriod)`,
    };
  return drainDeadlineMs === 0
    ? undefined
    : {
        atApiMs: deletingSince.getTime() + drainDeadlineMs,
        isPromised: false,
        after: `${minutes(drainDeadlineMs)} are over (--drain-timeout)`,
      };
}
