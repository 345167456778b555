// How many Nodes of the cluster are down, as the watch tells of them: a heartbeat that changes nothing costs nothing.
import type { Node } from '../apis/wire.ts';
import type { Clock } from '../clock.ts';
import type { Store } from '../runtime/store.ts';
import { poolOfNode } from './observe.ts';

/** A Node that this process has never seen Ready may still be booting: a GPU node takes minutes. */
const bootMs = 5 * 60_000;

interface Health {
  readonly uid: string;
  readonly pool: string | undefined;
  readonly ready: boolean;
  /** Seen Ready once, under this uid. */
  readonly wasReady: boolean;
  /** By our own clock. */
  readonly seenAtMs: number;
}

export interface DownNodes {
  readonly total: number;
  readonly down: number;
  /** Of those that are down: in these pools. */
  readonly inPools: number;
  /** When a Node that may still be booting would count as down. */
  readonly nextMs: number | undefined;
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
  down(pools: ReadonlySet<string>): DownNodes {
    const nowMs = this.#clock.monotonicMs();
    let [down, inPools] = [0, 0];
    let nextMs: number | undefined;
    for (const { pool, ready, wasReady, seenAtMs } of this.#nodes.values()) {
      if (ready) continue;
      const countsAtMs = wasReady ? seenAtMs : seenAtMs + bootMs;
      if (countsAtMs > nowMs) {
        nextMs = Math.min(nextMs ?? countsAtMs, countsAtMs);
        continue;
      }
      down += 1;
      if (pool !== undefined && pools.has(pool)) inPools += 1;
    }
    return { total: this.#nodes.size, down, inPools, nextMs };
  }

  /** Whether it changes what is counted. */
  #note(key: string, node: Node | undefined): boolean {
    if (node === undefined) return this.#nodes.delete(key);
    const known = this.#nodes.get(key);
    const before = known?.uid === node.metadata.uid ? known : undefined;
    const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
    const pool = poolOfNode(node);
    if (before?.ready === ready && before.pool === pool) return false;
    const wasReady = ready || (before?.wasReady ?? false);
    this.#nodes.set(key, {
      uid: node.metadata.uid,
      pool,
      ready,
      wasReady,
      seenAtMs: before?.seenAtMs ?? this.#clock.monotonicMs(),
    });
    return true;
  }
}
