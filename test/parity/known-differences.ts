// Where the sandbox answers otherwise than the real API server, and why that may stay. Ten at most, and none on a verb
// that a controller or kubectl uses.

export interface KnownDifference {
  readonly area: string;
  /** Of the case. */
  readonly name: string;
  readonly reason: string;
}

export const knownDifferences: readonly KnownDifference[] = [];
