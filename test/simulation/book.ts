// What only the simulation knows: who did what to which claim, Node and pool, so that the checks can judge the replicas.
export type Culprit = 'person' | 'platform' | 'replica';

/** Who makes claims for a Workspace. */
export interface Buyer {
  /** It is going to make another claim, as soon as it looks again. */
  readonly isDue: boolean;
}

export class Book {
  /** Claims that a user or KAITO asked to delete, by uid. */
  readonly claimsDeleted = new Set<string>();
  /** Claims whose finalizers, annotations or records somebody tampered with, by uid. */
  readonly claimsTampered = new Set<string>();
  /** Claims that somebody told to be let go of by force, by uid. */
  readonly claimsForced = new Set<string>();
  /** Who deleted a Node first, by its uid. */
  readonly nodesDeleted = new Map<string, Culprit>();
  /** Claims one of whose Nodes a person deleted, by uid. */
  readonly nodesOfClaimDeleted = new Set<string>();
  /** Pools that a user tampered with (tags, labels), by incarnation. */
  readonly poolsTampered = new Set<number>();
  /** Pools that somebody else made and that are nobody's here, by incarnation. */
  readonly poolsForeign = new Set<number>();
  /** Pools that the Go provisioner made, by incarnation: for the claim of this uid. */
  readonly poolsOfGo = new Map<number, string>();
  /** When claims were let go of, by uid. */
  readonly claimsGone = new Map<string, number>();
  /** Whoever makes claims while the simulation runs. */
  readonly buyers = new Set<Buyer>();
  /** When a kind stopped being served. */
  readonly unservedSinceMs = new Map<string, number>();
}
