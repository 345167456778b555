// The waits that the lifecycle keeps, with their reasons: the constants of the state table (docs/lifecycle.md).

/** All in milliseconds. */
export interface Timings {
  /** Client deadline of a PUT or DELETE; ARM may still carry it out later. */
  readonly putDeadlineMs: number;
  /** Only after this is a PUT without an answer counted as not done. */
  readonly unknownOutcomeMs: number;
  /** A new leader trusts no absence before this: a PUT of the old one may be under way. */
  readonly termQuarantineMs: number;
  /** Greatest age of a GET that a DELETE leans on. */
  readonly liveProofMs: number;
  /** A Node that is NotReady for less than this changes no binding; conditions follow at once. */
  readonly bindDebounceMs: number;
  /** A pool is settled, and its Node should have joined by now. */
  readonly nodeDeadlineMs: number;
  /** The same for ND and 8-GPU sizes, which start far more slowly (contract/arm.md 1.5). */
  readonly nodeDeadlineLargeMs: number;
  /** A pool is being created for so long that a person should know. */
  readonly createDeadlineMs: number;
  readonly createDeadlineLargeMs: number;
  /** A Failed pool waits so long for a late Node before it is removed (karpenter-provider-azure#1907). */
  readonly lateNodeMs: number;
  /** Between two live looks that must agree that something is gone. */
  readonly instanceGoneMs: number;
  /** A Node is NotReady for so long that a person should know; AKS's own repair starts near this. */
  readonly repairReportMs: number;
  /** Draining ends here and the pool goes all the same; 0 waits for ever. */
  readonly drainDeadlineMs: number;
  /** B5 under `--node-repair=act`: a Node is NotReady for so long that its instance is replaced; AKS's own repair had its hour. */
  readonly repairActMs: number;
  /** B6 under `--on-node-missing=recreate`: the instance is there without its Node for so long. */
  readonly nodeMissingMs: number;
  /** A Node that somebody deletes and that is younger than this was deleted by the platform (cloud-provider-azure#10604). */
  readonly youngNodeMs: number;
  /** An orphan is older than this, by our own clock since it was first seen, before it is deleted. */
  readonly orphanGraceMs: number;
  /** The gate opens when cluster and pools have been settled for so long. */
  readonly gateSettleMs: number;
  /** A Node that has just become Ready may offer fewer GPUs than it has for so long: its device plugin is being started. */
  readonly gpuGraceMs: number;
}

const second = 1000;
const minute = 60 * second;

export const defaultTimings: Timings = {
  putDeadlineMs: 30 * second,
  unknownOutcomeMs: 90 * second,
  termQuarantineMs: 60 * second,
  liveProofMs: 15 * second,
  bindDebounceMs: 30 * second,
  nodeDeadlineMs: 20 * minute,
  nodeDeadlineLargeMs: 40 * minute,
  createDeadlineMs: 30 * minute,
  createDeadlineLargeMs: 60 * minute,
  lateNodeMs: 3 * minute,
  instanceGoneMs: 60 * second,
  repairReportMs: 10 * minute,
  drainDeadlineMs: 15 * minute,
  repairActMs: 75 * minute,
  nodeMissingMs: 30 * minute,
  youngNodeMs: 5 * minute,
  orphanGraceMs: 15 * minute,
  gateSettleMs: 10 * minute,
  gpuGraceMs: 2 * minute,
};

interface Sized {
  readonly largeSize: boolean;
  readonly timings: Timings;
}

export function nodeDeadlineMs({ largeSize, timings }: Sized): number {
  return largeSize ? timings.nodeDeadlineLargeMs : timings.nodeDeadlineMs;
}

export function createDeadlineMs({ largeSize, timings }: Sized): number {
  return largeSize ? timings.createDeadlineLargeMs : timings.createDeadlineMs;
}
