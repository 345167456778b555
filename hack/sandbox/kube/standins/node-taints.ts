// The node lifecycle controller: the taints that say whether a node is ready, as its Ready condition has it.
import type { Env } from '../call.ts';
import { at, ensureObject, listAt, textAt, type Json } from '../json.ts';
import { timestamp, type KubeObject } from '../object.ts';
import { cloned } from '../resource.ts';

const notReady = 'node.kubernetes.io/not-ready';
const unreachable = 'node.kubernetes.io/unreachable';
const unschedulable = 'node.kubernetes.io/unschedulable';
const owned = new Set([notReady, unreachable, unschedulable]);

type Taint = { readonly key: string; readonly effect: string };

function readiness(node: KubeObject): string | undefined {
  const ready = listAt(node, 'status', 'conditions').find((condition) => textAt(condition, 'type') === 'Ready');
  return textAt(ready, 'status');
}

const bothEffects = (key: string): Taint[] => ['NoSchedule', 'NoExecute'].map((effect) => ({ key, effect }));

function healthTaints(status: string | undefined): readonly Taint[] {
  // Before the kubelet has said anything, only admission's taint stands.
  if (status === undefined) return [{ key: notReady, effect: 'NoSchedule' }];
  if (status === 'True') return [];
  return bothEffects(status === 'False' ? notReady : unreachable);
}

const matches = (taint: Json, { key, effect }: Taint): boolean =>
  textAt(taint, 'key') === key && textAt(taint, 'effect') === effect;

/** The node's taints as they should be, or undefined when they are. */
function corrected(node: KubeObject, timeAdded: string): Json[] | undefined {
  const status = readiness(node);
  const cordoned = at(node, 'spec', 'unschedulable') === true;
  const wanted = [...healthTaints(status), ...(cordoned ? [{ key: unschedulable, effect: 'NoSchedule' }] : [])];
  const taints = listAt(node, 'spec', 'taints');
  const kept = taints.filter(
    (taint) => !owned.has(textAt(taint, 'key') ?? '') || wanted.some((entry) => matches(taint, entry)),
  );
  const missing = wanted.filter((entry) => !kept.some((taint) => matches(taint, entry)));
  if (missing.length === 0 && kept.length === taints.length) return undefined;
  return [...kept, ...missing.map((taint) => ({ ...taint, timeAdded }))];
}

export function taintNodes(env: Env): void {
  for (const node of env.storage.objects('nodes')) {
    const taints = corrected(node, timestamp(env.now()));
    if (taints === undefined) continue;
    const next = cloned(node);
    const spec = ensureObject(next, 'spec');
    if (taints.length > 0) spec['taints'] = taints;
    else delete spec['taints'];
    env.storage.put('nodes', next);
  }
}
