// What troubles this process, as events on its own Deployment: so that `kubectl describe` tells it without logs.
import { deployments } from '../apis/resource.ts';
import type { Clock } from '../clock.ts';
import type { KubeClient } from '../kube/client.ts';
import { Forbidden, NotFound } from '../kube/errors.ts';
import type { Logger } from '../observability/logger.ts';
import type { EventRecorder } from '../runtime/events.ts';
import type { ObjectReference } from '../runtime/event-object.ts';
import type { Check } from '../runtime/health.ts';
import { pause } from '../runtime/pause.ts';

/** A check whose turns are told: the reasons of its two events. */
export interface ToldCheck extends Check {
  readonly tells?: { readonly bad: string; readonly good: string };
}

interface Named {
  readonly name: string;
  readonly namespace: string;
}

export interface SelfReportOptions {
  readonly kube: Pick<KubeClient, 'get'>;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
  readonly checks: readonly ToldCheck[];
  /** Of this process. The events are about the lease where there is none of this name, or none that may be read. */
  readonly deployment: Named;
  readonly lease: Named;
  /** Another process says it: two would tell everything twice. */
  readonly isSilent: () => boolean;
}

const everyMs = 5000;
/** A cache takes moments to fill, a lease to be read: what is over by then was no trouble. */
const graceMs = 10_000;

/** What of a trouble is known and was told. */
interface Trouble {
  readonly sinceMs: number;
  /** Undefined: not yet. */
  readonly told: string | undefined;
}

export class SelfReport {
  readonly #options: SelfReportOptions;
  readonly #troubles = new Map<string, Trouble>();
  #about: ObjectReference | undefined;

  constructor(options: SelfReportOptions) {
    this.#options = options;
  }

  /** Looks at the checks until `signal` aborts. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (await pause(everyMs, { clock, signal })) await this.#look(signal);
  }

  async #look(signal: AbortSignal): Promise<void> {
    const nowMs = this.#options.clock.monotonicMs();
    const isSilent = this.#options.isSilent();
    for (const each of this.#options.checks) {
      const { name, tells } = each;
      if (tells === undefined) continue;
      const { ok, detail = '' } = each.check();
      const known = this.#troubles.get(name);
      if (ok) {
        this.#troubles.delete(name);
        if (known?.told !== undefined)
          await this.#tell('Normal', tells.good, `${name}: ${detail || 'as it should be'}`, signal);
        continue;
      }
      const trouble = known ?? { sinceMs: nowMs, told: undefined };
      this.#troubles.set(name, trouble);
      const words = sameWords(detail);
      // What it has told already it also says is over, whoever leads by then.
      if (isSilent || words === trouble.told || nowMs - trouble.sinceMs < graceMs) continue;
      const isTold = await this.#tell('Warning', tells.bad, `${name}: ${detail}`, signal);
      if (isTold) this.#troubles.set(name, { ...trouble, told: words });
    }
  }

  /** False: the API server did not say what the event is to be about, and is asked again. */
  async #tell(type: 'Normal' | 'Warning', reason: string, message: string, signal: AbortSignal): Promise<boolean> {
    this.#about ??= await this.#find(signal);
    if (this.#about === undefined) return false;
    this.#options.events.record({ regarding: this.#about, type, reason, message });
    return true;
  }

  async #find(signal: AbortSignal): Promise<ObjectReference | undefined> {
    const { deployment, kube, lease, log } = this.#options;
    try {
      const { metadata } = await kube.get(deployments, deployment, { signal });
      // By its uid: `kubectl describe` shows no event without it.
      return { apiVersion: 'apps/v1', kind: 'Deployment', uid: metadata.uid, ...deployment };
    } catch (error) {
      log.debug({ err: error, deployment }, 'own Deployment not read');
      if (!(error instanceof NotFound || error instanceof Forbidden)) return undefined;
      return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', uid: '', ...lease };
    }
  }
}

/** Numbers alone, such as seconds and ports, make no other trouble. */
function sameWords(detail: string): string {
  return detail.replaceAll(/\d+/g, '0');
}
