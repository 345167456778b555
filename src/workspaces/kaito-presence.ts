// Whether KAITO's own workspace controller runs in the cluster: two that reconcile one Workspace would buy its nodes twice.
import type { Deployment } from '../apis/wire.ts';
import type { Logger } from '../observability/logger.ts';
import { keyOf, type Store } from '../runtime/store.ts';

/** Of every release, whatever its chart calls the Deployment (contract/kaito.md 7.1). The chart here has the same. */
const image = /(?:^|\/)kaito\/workspace(?:[:@]|$)/;

/** Whether it is KAITO's workspace controller and at work. The chart refuses one without pods, too: it may come back. */
export function isKaito({ spec }: Deployment): boolean {
  return (
    spec?.replicas !== 0 && (spec?.template.spec?.containers.some((each) => image.test(each.image ?? '')) ?? false)
  );
}

export interface KaitoPresenceOptions {
  /** All of the cluster. */
  readonly deployments: Store<Deployment>;
  readonly log: Logger;
}

export class KaitoPresence {
  readonly #deployments: Store<Deployment>;
  readonly #log: Logger;
  /** Keys of the Deployments that are KAITO's. */
  readonly #running = new Set<string>();

  /** Build it before the store fills. */
  constructor({ deployments, log }: KaitoPresenceOptions) {
    this.#deployments = deployments;
    this.#log = log;
    deployments.subscribe(({ before, after }) => this.#note(before, after));
  }

  /** `namespace/name` of its Deployment; undefined where there is none; 'unknown' before the first answer. */
  get found(): string | undefined {
    if (!this.#deployments.synced) return 'unknown';
    const [first] = this.#running;
    return first;
  }

  #note(before: Deployment | undefined, after: Deployment | undefined): void {
    const [earlier] = this.#running;
    if (before !== undefined) this.#running.delete(keyOf(before));
    if (after !== undefined && isKaito(after)) this.#running.add(keyOf(after));
    const [now] = this.#running;
    if ((earlier === undefined) === (now === undefined)) return;
    this.#log.warn(
      { Deployment: now ?? earlier },
      now === undefined
        ? "KAITO's workspace controller is gone: Workspaces are reconciled here"
        : "KAITO's workspace controller runs in this cluster: Workspaces are left to it",
    );
  }
}
