// GPUReady in the lifecycle: what a pass finds out of a Node's GPUs, and what the claim says of them.
import { conditionOf } from '../../apis/conditions.ts';
import type { WantedCondition } from '../../apis/conditions.ts';
import type { Decision } from '../decision.ts';
import type { DecideInput } from '../input.ts';
import type { NodeView } from '../node-view.ts';
import type { Policies } from '../policies.ts';
import { reasons } from '../reasons.ts';
import { gpuReadiness, gpuReadyCondition, gpuSizeOf } from './gpu-readiness.ts';
import type { PluginWatch } from './plugin-watch.ts';

export interface GpuSources {
  readonly poolName: string;
  readonly policies: Pick<Policies, 'gpuReadiness'>;
  readonly plugins: Pick<PluginWatch, 'ask'> | undefined;
  readonly nowApiMs: number;
  readonly graceMs: number;
}

/** The view with what is to be said of its GPUs; under `--gpu-readiness=require` they keep it from being initialized. */
export function withGpus(view: NodeView, { graceMs, nowApiMs, plugins, policies, poolName }: GpuSources): NodeView {
  const gpu = gpuSizeOf(view.node);
  if (gpu === undefined || view.deleting) return view;
  const look = { node: view.node, size: gpu.size, nowApiMs, graceMs };
  const first = gpuReadiness({ ...look, plugins: undefined });
  // Device plugins are asked for only while GPUs are missing on a Node that could have them.
  const isMissing = first.status !== 'True' && view.ready === 'True';
  const condition = isMissing ? gpuReadiness({ ...look, plugins: plugins?.ask(poolName) }) : first;
  const { message, reason, status } = condition;
  const blocks = policies.gpuReadiness === 'require' && status !== 'True';
  return { ...view, gpu: condition, initBlocker: view.initBlocker ?? (blocks ? { reason, message } : undefined) };
}

/** Said of the Node that the claim is bound to; without one nothing that was said holds any more. */
export function withGpuCondition({ claim }: DecideInput, decision: Decision): Decision {
  const { bound, face } = decision;
  if (face.face === 'none' || face.face === 'keep') return decision;
  const condition = bound === undefined ? unbound(claim) : bound.gpu;
  return condition === undefined ? decision : { ...decision, extra: [...(decision.extra ?? []), condition] };
}

function unbound({ status }: DecideInput['claim']): WantedCondition | undefined {
  if (conditionOf(status.conditions, gpuReadyCondition) === undefined) return undefined;
  const message = 'The claim has no Node now';
  return { type: gpuReadyCondition, status: 'Unknown', reason: reasons.NodeNotFound, message };
}
