// Every ARM request in the order of arrival, for tests that count calls and for the demo that shows them.
import type { OperationName } from './route.ts';

export interface ArmRequest {
  readonly method: string;
  /** With its query, without the signature of operation URLs. */
  readonly path: string;
  readonly operation: OperationName;
  readonly pool?: string;
  /** Undefined while unanswered, and for ever when the client got no answer. */
  readonly status: number | undefined;
  /** Azure's error code, where the answer is an error. */
  readonly code?: string;
  readonly at: Date;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
  readonly userAgent?: string;
  readonly clientRequestId?: string;
  readonly authorized: boolean;
  /** The fault that hit it, if any. */
  readonly fault?: string;
  /** What the client asked for, as JSON text. */
  readonly body?: string;
}

/** A request being answered: its outcome is added later. */
export type OpenRequest = { -readonly [K in keyof ArmRequest]: ArmRequest[K] };

/** Requests by operation. */
export function countsOf(log: readonly ArmRequest[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operation } of log) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}
