// What collection works with: the composition root hands it over once.
import type { Node } from '../../apis/wire.ts';
import type { Inventory } from '../../azure/inventory.ts';
import type { Clock } from '../../clock.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { Logger } from '../../observability/logger.ts';
import type { EventRecorder } from '../../runtime/events.ts';
import type { Store } from '../../runtime/store.ts';
import type { Gate } from '../gate.ts';
import type { Policies } from '../policies.ts';
import type { Restraint } from '../restraint.ts';
import type { Timings } from '../timings.ts';
import type { OwnerSource } from './owner-source.ts';
import type { OrphanRow } from './decide-orphan.ts';
import type { Ledger } from './ledger.ts';

export interface CollectionContext {
  readonly clock: Clock;
  readonly kube: KubeClient;
  readonly nodes: Store<Node>;
  readonly inventory: Inventory;
  /** Every kind of claim that there is, served or not. */
  readonly sources: readonly OwnerSource[];
  readonly restraint: Pick<Restraint, 'wish' | 'drop' | 'refusal' | 'note'>;
  readonly gate: () => Gate;
  /** The gate as it is after one more look at the cluster: right before something is deleted. */
  readonly confirmGate: (options: { readonly signal: AbortSignal }) => Promise<Gate>;
  readonly timings: Pick<Timings, 'orphanGraceMs' | 'liveProofMs'>;
  readonly policies: Policies;
  readonly events: EventRecorder;
  readonly log: Logger;
  /** 0 to 1; jitter of waits. */
  readonly random: () => number;
  /** Pools are no objects of the cluster, so what is told of them is told of the controller's lease. */
  readonly lease: { readonly name: string; readonly namespace: string };
  readonly ledger: Ledger;
  /** Between two passes: about that of two LISTs. */
  readonly intervalMs: number;
  /** Told of every decision on a pool that is nobody's. */
  readonly onDecision?: (row: OrphanRow) => void;
  /** Told of every deletion that Azure accepted. */
  readonly onDeleted?: () => void;
}
