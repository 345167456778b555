// Whether KAITO's own workspace controller runs in the cluster: two that reconcile one Workspace would buy its nodes twice.
import { deployments } from '../apis/resource.ts';
import type { Clock } from '../clock.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Logger } from '../observability/logger.ts';
import { pause } from '../runtime/pause.ts';

/** The label that KAITO's chart gives its Deployment, and the image that it runs (contract/kaito.md 7.1). */
const selector = 'app.kubernetes.io/name=workspace';
const image = /(?:^|\/)kaito\/workspace[:@]/;
const lookMs = 60_000;

export class KaitoPresence {
  readonly #kube: Pick<KubeClient, 'list'>;
  readonly #clock: Clock;
  readonly #log: Logger;
  #found: string | undefined;
  #looked = false;

  constructor({
    kube,
    clock,
    log,
  }: {
    readonly kube: Pick<KubeClient, 'list'>;
    readonly clock: Clock;
    readonly log: Logger;
  }) {
    this.#kube = kube;
    this.#clock = clock;
    this.#log = log;
  }

  /** `namespace/name` of its Deployment; undefined where there is none; 'unknown' before the first answer. */
  get found(): string | undefined {
    return this.#looked ? this.#found : 'unknown';
  }

  /** Looks again and again until `signal` aborts; a look that fails changes nothing. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#look(signal);
      } catch (error) {
        if (!signal.aborted) this.#log.warn({ err: error }, "cannot look for KAITO's workspace controller");
      }
      if (!(await pause(this.#looked ? lookMs : 1000, { clock: this.#clock, signal }))) return;
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { items } = await this.#kube.list(deployments, { labelSelector: selector, signal });
    const running = items.find(
      ({ spec }) =>
        spec?.replicas !== 0 && (spec?.template.spec?.containers.some((each) => image.test(each.image ?? '')) ?? false),
    );
    const found = running === undefined ? undefined : `${running.metadata.namespace ?? ''}/${running.metadata.name}`;
    if (found !== this.#found)
      this.#log.warn(
        { Deployment: found ?? this.#found },
        found === undefined
          ? "KAITO's workspace controller is gone: Workspaces are reconciled here"
          : "KAITO's workspace controller runs in this cluster: Workspaces are left to it",
      );
    this.#found = found;
    this.#looked = true;
  }
}
