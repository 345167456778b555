// The gate: whether the cluster is in a state in which something may be created, deleted or replaced (docs/lifecycle.md, "The gate").
import type { Why } from './faces.ts';

export type Gate =
  | { readonly state: 'open' }
  /** The process has not watched a settled cluster for long enough. */
  | ({ readonly state: 'settling' } & Why)
  | ({
      readonly state: 'closed';
      readonly by: ClosedBy;
      /** For how long it has been closed by this. */
      readonly forMs: number;
    } & Why);

/**
 * `clusterUnreadable`: the identity may not look at the cluster, and Azure tells of its pools all the same. `anotherCluster`: the
 * API server has no Node on a machine of the cluster whose pools these are.
 */
export type ClosedBy =
  | 'clusterStopped'
  | 'clusterBusy'
  | 'clusterFailed'
  | 'clusterUnreadable'
  | 'anotherCluster'
  | 'nodesDown'
  | 'azureUnknown';

/**
 * create: a PUT of a new pool. delete: a person deleted the claim. cleanUp: our own failed pool (A10). replace: repair,
 * recreation and D4. collect: table E.
 */
export const gatedActs = ['create', 'delete', 'cleanUp', 'replace', 'collect'] as const;
export type GatedAct = (typeof gatedActs)[number];

/** A claim that is being deleted waits so long for a cluster that stops or starts, then tries (row C7). */
export const stoppedPatienceMs = 60 * 60_000;

const allowed: Readonly<Record<ClosedBy, ReadonlySet<GatedAct>>> = {
  clusterStopped: new Set(),
  clusterBusy: new Set(['create', 'delete']),
  clusterFailed: new Set(['create', 'delete', 'cleanUp']),
  clusterUnreadable: new Set(['create', 'delete']),
  anotherCluster: new Set(['create', 'delete']),
  nodesDown: new Set(['create', 'delete']),
  azureUnknown: new Set(),
};

export function permits(gate: Gate, act: GatedAct): boolean {
  switch (gate.state) {
    case 'open':
      return true;
    case 'settling':
      return act === 'create' || act === 'delete';
    case 'closed':
      if (act === 'delete' && gate.by === 'clusterStopped') return gate.forMs >= stoppedPatienceMs;
      return allowed[gate.by].has(act);
  }
}
