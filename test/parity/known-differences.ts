// Where the sandbox answers otherwise than the real API server, and why that may stay. Ten at most, and none on a verb
// that a controller or kubectl uses.

export interface KnownDifference {
  readonly area: string;
  /** Of the case. */
  readonly name: string;
  readonly reason: string;
}

export const knownDifferences: readonly KnownDifference[] = [
  {
    area: 'pruning and field validation',
    name: 'fields that are given twice',
    reason: 'JSON.parse keeps the last of them and does not tell; no client that encodes objects sends such a body',
  },
];
