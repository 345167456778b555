// What the ARM client tells of its work, for metrics and logs: one note for each request, and one for each call.
import type { ArmOperation } from './arm-errors.ts';

/** Requests that Azure says are left to us, as far as an answer's headers tell. */
export interface RemainingRequests {
  readonly reads?: number;
  readonly writes?: number;
  readonly deletes?: number;
}

export interface RequestNote {
  readonly operation: ArmOperation;
  /** The status, or the code of the error when no answer came. */
  readonly code: string;
  readonly remaining: RemainingRequests;
}

export interface CallNote {
  readonly operation: ArmOperation;
  readonly durationMs: number;
  /** The code of the error that it threw; absent when it was carried out. */
  readonly error?: string;
  /** What that means: a reason of the error table. */
  readonly reason?: string;
}

/** Calls that share a limit: of pools, PUTs of pools, the cluster. */
export const armLanes = ['pools', 'creates', 'cluster'] as const;
export type ArmLane = (typeof armLanes)[number];

export interface LaneState {
  readonly lane: ArmLane;
  /** Requests that our own limiter would let out now. */
  readonly budget: number;
  /** For how much longer Azure asked to be left alone; 0: it does not. */
  readonly closedMs: number;
}

export interface ArmObserver {
  /** Given once, to be asked at any time: how the limiter stands. */
  observeLanes(lanes: () => readonly LaneState[]): void;
  observeRequest(note: RequestNote): void;
  observeCall(note: CallNote): void;
}

export const noObserver: ArmObserver = { observeLanes() {}, observeRequest() {}, observeCall() {} };
