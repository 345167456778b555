// The scheduler: each pod without a node gets the first that it fits on, or is told why there is none.
import { objectAt, textAt, type JsonObject } from '../aks/json.ts';
import { expectStatus } from '../nodes/api.ts';
import type { Timeline } from '../timeline.ts';
import { misfitOf } from './node-fit.ts';
import { hasEnded, isActive, type WorkloadCall } from './pods-of.ts';
import { nameOf, namespaceOf, uidOf } from '../nodes/watched.ts';

export type SchedulerCall = WorkloadCall & { readonly timeline: Timeline };

export class Scheduler {
  readonly #call: SchedulerCall;
  /** Bound by us, by pod, and maybe not seen so yet: else the next pod would get the same GPU. */
  readonly #assumed = new Map<string, string>();

  constructor(call: SchedulerCall) {
    this.#call = call;
  }

  /** Pods are bound one after the other, each seeing the ones before, also where a cache is behind. */
  async pass(pods: readonly JsonObject[], nodes: readonly JsonObject[]): Promise<void> {
    this.#forget(pods);
    // One that is going keeps its GPUs until it is gone.
    const placed = new Map(
      pods.filter((pod) => !hasEnded(pod)).map((pod) => [uidOf(pod), nodeOf(pod) ?? this.#assumed.get(uidOf(pod))]),
    );
    const waiting = pods.filter((pod) => isActive(pod) && placed.get(uidOf(pod)) === undefined);
    for (const pod of waiting) {
      const reasons = new Map<string, number>();
      const home = nodes.find((node) => {
        const others = pods.filter((other) => placed.get(uidOf(other)) === nameOf(node));
        const misfit = misfitOf(pod, node, others);
        if (misfit !== undefined) reasons.set(misfit, (reasons.get(misfit) ?? 0) + 1);
        return misfit === undefined;
      });
      if (home === undefined) await reportUnschedulable(this.#call, pod, { nodes: nodes.length, reasons });
      else if (await bind(this.#call, pod, nameOf(home))) {
        placed.set(uidOf(pod), nameOf(home));
        this.#assumed.set(uidOf(pod), nameOf(home));
      }
    }
  }

  /** What shows by itself, and what is gone. */
  #forget(pods: readonly JsonObject[]): void {
    const unbound = new Set(pods.filter((pod) => nodeOf(pod) === undefined).map((pod) => uidOf(pod)));
    for (const uid of this.#assumed.keys()) if (!unbound.has(uid)) this.#assumed.delete(uid);
  }
}

function nodeOf(pod: JsonObject): string | undefined {
  return textAt(objectAt(pod, 'spec'), 'nodeName');
}

async function bind({ api, signal }: WorkloadCall, pod: JsonObject, node: string): Promise<boolean> {
  const body = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: nameOf(pod), namespace: namespaceOf(pod), uid: uidOf(pod) },
    target: { apiVersion: 'v1', kind: 'Node', name: node },
  };
  const reply = await api.post(`${pathOf(pod)}/binding`, body, signal);
  return expectStatus(reply, `bind pod ${nameOf(pod)}`, 201, 404, 409).status === 201;
}

async function reportUnschedulable(
  { api, signal, timeline }: SchedulerCall,
  pod: JsonObject,
  { nodes, reasons }: { readonly nodes: number; readonly reasons: ReadonlyMap<string, number> },
): Promise<void> {
  const why = [...reasons].map(([reason, count]) => `${count} ${reason}`).join(', ');
  const message = `0/${nodes} nodes are available: ${why}.`;
  const { conditions } = objectAt(pod, 'status');
  const had = Array.isArray(conditions)
    ? conditions.find((each) => textAt(each, 'type') === 'PodScheduled')
    : undefined;
  if (textAt(had, 'message') === message) return;
  const lastTransitionTime = `${timeline.now().toISOString().slice(0, 19)}Z`;
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime };
  const reply = await api.strategic(`${pathOf(pod)}/status`, { status: { conditions: [condition] } }, signal);
  expectStatus(reply, `report pod ${nameOf(pod)} as unschedulable`, 200, 404);
}

function pathOf(pod: JsonObject): string {
  return `/api/v1/namespaces/${namespaceOf(pod)}/pods/${nameOf(pod)}`;
}
