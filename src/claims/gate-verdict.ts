// What the gate is, from what is known of cluster, pools and Nodes: pure, one row of the table after the other.
import type { ClusterLook } from '../azure/cluster-watch.ts';
import type { AgentPool } from '../azure/pool.ts';
import type { Why } from './faces.ts';
import type { ClosedBy } from './gate.ts';
import { reasons } from './reasons.ts';

export interface GateView {
  readonly cluster: ClusterLook;
  /** Why nothing is known of the pools; undefined: Azure tells of them. */
  readonly poolsUnknown: string | undefined;
  /** Every pool of the cluster, whoever made it. */
  readonly pools: Iterable<Pick<AgentPool, 'name' | 'phase' | 'state'>>;
  readonly nodes: NodeCounts;
  /** For how long cluster and pools have been seen settled, without a gap. */
  readonly settledForMs: number;
  readonly settleMs: number;
}

interface NodeCounts {
  readonly total: number;
  /** On machines of this very cluster; undefined: nobody says which those are. */
  readonly ofCluster: number | undefined;
  readonly down: number;
  /** Of the Nodes that are down: those of our pools. */
  readonly oursDown: number;
  /** So many of ours may be down. */
  readonly oursMayBeDown: number;
}

export type GateVerdict =
  | { readonly state: 'open' }
  | ({ readonly state: 'settling' } & Why)
  | ({ readonly state: 'closed'; readonly by: ClosedBy } & Why);

const stopping: ReadonlySet<string> = new Set(['starting', 'stopping']);
const ended: ReadonlySet<string> = new Set(['failed', 'canceled']);
/** A pool's own business, which no other pool notices: it happens all day in a busy fleet. */
const local: ReadonlySet<string> = new Set(['scaling']);

/**
 * Several rows may hold at once; the one that permits least is said. Messages carry nothing that changes by itself, so that
 * who repeats them in a condition writes once.
 */
export function gateVerdict(view: GateView): GateVerdict {
  const { cluster, nodes, poolsUnknown } = view;
  if (cluster.seen === 'present' && isStopped(cluster.cluster))
    return closed('clusterStopped', ...stoppedWhy(cluster.cluster.state));
  if (poolsUnknown !== undefined) return closed('azureUnknown', reasons.AwaitingAzure, poolsUnknown);
  if (cluster.seen === 'unknown' && !cluster.refused) return closed('azureUnknown', reasons.AwaitingAzure, cluster.why);
  if (cluster.seen === 'unknown') return closed('clusterUnreadable', reasons.ClusterUnreadable, cluster.why);
  const { state } = cluster.cluster;
  if (isBusy(state)) return closed('clusterBusy', reasons.ClusterBusy, `Azure is at work on the cluster (${state})`);
  // A cluster has Nodes of its own, those of its system pool, whatever becomes of ours.
  if (nodes.ofCluster === 0)
    return closed(
      'anotherCluster',
      reasons.AnotherCluster,
      'No Node here is a machine of the AKS cluster that the controller was given (--azure-cluster-name): it is another cluster, or this API server is',
    );
  if (nodes.down * 2 > nodes.total)
    return closed('nodesDown', reasons.NodesDown, 'More than half of the Nodes of the cluster are not Ready');
  if (nodes.oursDown > nodes.oursMayBeDown)
    return closed(
      'nodesDown',
      reasons.NodesDown,
      `More than ${nodes.oursMayBeDown} of our Nodes are not Ready at once: look for one cause of them all`,
    );
  const unsettled = firstUnsettled(view.pools);
  if (unsettled !== undefined)
    return {
      state: 'settling',
      reason: reasons.PoolBusy,
      message: `Azure is at work on agent pool "${unsettled.name}" (${unsettled.state})`,
    };
  if (view.settledForMs < view.settleMs)
    return {
      state: 'settling',
      reason: reasons.ClusterSettling,
      message: `Nothing is repaired, replaced or collected before the cluster was seen settled for ${Math.round(view.settleMs / 60_000)} min`,
    };
  if (ended.has(state.toLowerCase()))
    return closed(
      'clusterFailed',
      reasons.ClusterFailed,
      `The last operation on the cluster ended ${state}; "az aks update" without a change mends it`,
    );
  return { state: 'open' };
}

/** Whether cluster and pools are seen and Azure is not at work on them: what is unknown is not settled. */
export function isSettled({
  cluster,
  poolsUnknown,
  pools,
}: Pick<GateView, 'cluster' | 'poolsUnknown' | 'pools'>): boolean {
  if (cluster.seen === 'unknown' || poolsUnknown !== undefined) return false;
  return !isStopped(cluster.cluster) && !isBusy(cluster.cluster.state) && firstUnsettled(pools) === undefined;
}

interface Cluster {
  readonly power: 'running' | 'stopped';
  readonly state: string;
}

function isStopped({ power, state }: Cluster): boolean {
  return power === 'stopped' || stopping.has(state.toLowerCase());
}

function stoppedWhy(state: string): readonly [reason: string, message: string] {
  const patience = 'nothing is asked of Azure meanwhile';
  switch (state.toLowerCase()) {
    case 'starting':
      return [reasons.ClusterStarting, `The cluster is starting; ${patience}`];
    case 'stopping':
      return [reasons.ClusterStopping, `The cluster is stopping; ${patience}`];
    default:
      return [reasons.ClusterStopped, `The cluster is stopped ("az aks start" starts it); ${patience}`];
  }
}

function isBusy(state: string): boolean {
  const word = state.toLowerCase();
  return word !== 'succeeded' && !ended.has(word);
}

/**
 * Creating and deleting a pool is what this program and its users do all day, and moves no other pool's Nodes: neither
 * counts, of whichever pool.
 */
function firstUnsettled<T extends Pick<AgentPool, 'phase' | 'state'>>(pools: Iterable<T>): T | undefined {
  for (const pool of pools) if (pool.phase === 'busy' && !local.has(pool.state.toLowerCase())) return pool;
  return undefined;
}

function closed(by: ClosedBy, reason: string, message: string): GateVerdict {
  return { state: 'closed', by, reason, message };
}
