// What the lifecycle works with: the composition root hands it over once.
import type { KubeObject } from '../apis/wire.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Logger } from '../observability/logger.ts';
import type { EventRecorder } from '../runtime/events.ts';
import type { Store } from '../runtime/store.ts';
import type { Term } from '../runtime/term.ts';
import type { ClaimAdapter } from './adapter.ts';
import type { CountDisruption } from './disruption-metrics.ts';
import type { LifeMetrics } from './life-metrics.ts';
import type { Sources } from './observe.ts';
import type { TerminationMetrics } from './termination-metrics.ts';

export interface LifecycleContext<T extends KubeObject> extends Sources {
  readonly kube: KubeClient;
  readonly adapter: ClaimAdapter<T>;
  readonly claims: Store<T>;
  /** `--claim-selector`: narrows whose claims we serve. */
  readonly selects: (labels: Readonly<Record<string, string>>) => boolean;
  readonly events: EventRecorder;
  readonly log: Logger;
  /** 0 to 1; jitter of waits. */
  readonly random: () => number;
  /** Told of every decision: which row, on which kind. */
  readonly onDecision?: (row: string) => void;
  readonly life?: LifeMetrics;
  readonly termination?: TerminationMetrics;
  readonly disrupted?: CountDisruption;
}

/** One pass over one claim. */
export interface Pass {
  readonly term: Term;
  readonly signal: AbortSignal;
}

/** Another process may lead by now: nothing was written, and whoever leads carries on. */
export class NotLeading extends Error {
  readonly code = 'NOT_LEADING';

  constructor() {
    super('The lease is not held any more, so nothing is written to Azure');
    this.name = 'NotLeading';
  }
}
