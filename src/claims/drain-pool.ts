// A round of draining as the controllers do it: through this process's caches, with its log and numbers.
import type { KubeObject } from '../apis/wire.ts';
import { trimNode } from '../runtime/node-trim.ts';
import type { LifecycleContext } from './context.ts';
import { drainRound } from './drain.ts';
import type { DrainTask } from './drain.ts';
import { podName } from './drain-pod.ts';
import type { DrainProgress, Instant } from './input.ts';

export type DrainingContext = Pick<LifecycleContext<KubeObject>, 'kube' | 'nodes' | 'log' | 'termination'>;

/** As drainRound. */
export async function drainPool(
  task: DrainTask,
  { context, now, signal }: { readonly context: DrainingContext; readonly now: Instant; readonly signal: AbortSignal },
): Promise<DrainProgress> {
  const { kube, log, nodes, termination } = context;
  return drainRound(task, {
    kube,
    now,
    signal,
    noteWrite: (node) => nodes.noteWrite(trimNode(node)),
    onEviction: (status) => termination?.evictionAnswered(status),
    onDrained: (pod, by) => {
      termination?.podDrained(by);
      // An evicted pod tells of itself.
      if (by === 'deadline')
        log.info({ pod: podName(pod), Node: pod.spec?.nodeName }, 'pod deleted past its budget: its Node ends soon');
    },
  });
}
