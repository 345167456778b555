// An agent pool as the rest of the project sees it: read from ARM's JSON once, checked, and never guessed.

/** provisioningState folded to what decides differ on; a word nobody knows counts as busy (contract/arm.md 1.4). */
export type PoolPhase = 'creating' | 'deleting' | 'settled' | 'failed' | 'canceled' | 'busy';

export interface ProvisioningError {
  readonly code: string;
  readonly message: string;
}

export interface AgentPool {
  readonly name: string;
  /** As ARM writes it; compare without regard to case. */
  readonly id: string;
  readonly etag?: string;
  readonly phase: PoolPhase;
  /** provisioningState as ARM wrote it, for messages. */
  readonly state: string;
  readonly power: 'running' | 'stopped';
  readonly mode: string;
  readonly vmSize: string;
  readonly count: number;
  readonly autoscaled: boolean;
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly nodeTaints: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly error?: ProvisioningError;
}

/** An instance of a pool, as AKS lists it. */
export interface PoolMachine {
  /** Also the name of its Node. */
  readonly name: string;
  /** Of the virtual machine behind it: `azure://` and this is its Node's providerID. */
  readonly resourceId?: string;
}

/** What one request to ARM showed of one pool name. Times are of Clock.monotonicMs. */
export type PoolLook =
  | { readonly seen: 'unknown'; readonly why: string }
  /** `get404`: AKS was asked for this very pool (a DELETE answered 204 counts); `list`: a complete LIST did not show it. */
  | { readonly seen: 'absent'; readonly proof: 'get404' | 'list'; readonly startedAtMs: number }
  | {
      readonly seen: 'present';
      readonly pool: AgentPool;
      /** When the request that showed it began. */
      readonly startedAtMs: number;
      /** It came from a GET of this very pool, not from a LIST or from the answer to a write. */
      readonly live: boolean;
      /** Since when this phase has been seen, by our own clock. */
      readonly sinceMs: number;
    };
