// metadata.managedFields after a write: who set which field last.
import type { Call } from '../call.ts';
import type { KubeObject } from '../object.ts';

export interface Write {
  readonly call: Call;
  readonly now: Date;
  /** Undefined for a new object. */
  readonly live: KubeObject | undefined;
  readonly next: KubeObject;
}

/** The object with its managedFields brought up to date by a write that was not an apply. */
export function ownedAfterWrite({ next }: Write): KubeObject {
  return next;
}
