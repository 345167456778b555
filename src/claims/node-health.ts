// How many Nodes of the cluster are down, as the watch tells of them: a heartbeat that changes nothing costs nothing.
import type { Node } from '../apis/wire.ts';
import type { Clock } from '../clock.ts';
import type { Store } from '../runtime/store.ts';
import { poolOfNode } from './observe.ts';
import { groupOfProviderId } from './provider-id.ts';

/** A Node that this process has never seen Ready may still be booting: a GPU node takes minutes. */
const bootMs = 5 * 60_000;
/** Of the cloud controller manager: the machine is deallocated, as autoscaled pools park them (scale-down mode Deallocate). */
const shutdownTaint = 'node.cloudprovider.kubernetes.io/shutdown';

interface Health {
  readonly uid: string;
  readonly pool: string | undefined;
  /** The resource group of its machine. */
  readonly group: string | undefined;
  readonly isParked: boolean;
  readonly ready: boolean;
  /** Seen Ready once, under this uid. */
  readonly wasReady: boolean;
  /** By our own clock. */
  readonly seenAtMs: number;
}

export interface DownNodes {
  /** Without those that are parked: nobody expects them to be Ready. */
  readonly total: number;
  readonly down: number;
  /** In these pools, and down or parked. */
  readonly inPools: number;
  /** On machines of this group; undefined: which one it is was not said. */
  readonly inGroup: number | undefined;
  /** When a Node that may still be booting would count as down. */
  readonly nextMs: number | undefined;
}

interface Asked {
  readonly pools: ReadonlySet<string>;
  /** As groupOfProviderId writes it. */
  readonly group: string | undefined;
}

export interface NodeHealthOptions {
  readonly nodes: Pick<Store<Node>, 'subscribe'>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly onChange: () => void;
}

/** Build it before the reflector runs. */
export class NodeHealth {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #nodes = new Map<string, Health>();

  constructor({ nodes, clock, onChange }: NodeHealthOptions) {
    this.#clock = clock;
    nodes.subscribe(({ key, after }) => {
      if (this.#note(key, after)) onChange();
    });
  }

  /** A Node is down while its kubelet, or the node controller in its place, does not call it Ready. */
  down({ pools, group: wanted }: Asked): DownNodes {
    const nowMs = this.#clock.monotonicMs();
    let [total, down, inPools, inGroup] = [0, 0, 0, 0];
    let nextMs: number | undefined;
    for (const { group, isParked, pool, ready, wasReady, seenAtMs } of this.#nodes.values()) {
      if (!isParked) total += 1;
      if (group !== undefined && group === wanted) inGroup += 1;
      if (ready) continue;
      const countsAtMs = wasReady ? seenAtMs : seenAtMs + bootMs;
      if (countsAtMs > nowMs) {
        nextMs = Math.min(nextMs ?? countsAtMs, countsAtMs);
        continue;
      }
      if (!isParked) down += 1;
      if (pool !== undefined && pools.has(pool)) inPools += 1;
    }
    return { total, down, inPools, inGroup: wanted === undefined ? undefined : inGroup, nextMs };
  }

  /** Whether it changes what is counted. */
  #note(key: string, node: Node | undefined): boolean {
    if (node === undefined) return this.#nodes.delete(key);
    const known = this.#nodes.get(key);
    const before = known?.uid === node.metadata.uid ? known : undefined;
    const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
    const pool = poolOfNode(node);
    const group = groupOfProviderId(node.spec?.providerID ?? '');
    const isParked = node.spec?.taints?.some((taint) => taint.key === shutdownTaint) ?? false;
    const isSame = before?.ready === ready && before.pool === pool && before.group === group;
    if (isSame && before.isParked === isParked) return false;
    const wasReady = ready || (before?.wasReady ?? false);
    this.#nodes.set(key, {
      uid: node.metadata.uid,
      pool,
      group,
      isParked,
      ready,
      wasReady,
      seenAtMs: before?.seenAtMs ?? this.#clock.monotonicMs(),
    });
    return true;
  }
}
