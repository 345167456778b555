// Stops the controller's own Deployment: to no replicas, and waits until its pods have ended.
import { deployments, pods } from '../apis/resource.ts';
import type { Deployment, Pod } from '../apis/wire.ts';
import type { Clock } from '../clock.ts';
import type { KubeClient, Name } from '../kube/client.ts';
import { deadlineAfter } from '../kube/deadline.ts';
import { NotFound } from '../kube/errors.ts';
import type { Logger } from '../observability/logger.ts';
import { pause } from '../runtime/pause.ts';

const pollMs = 1000;

/** Pods of the Deployment are still there when the time is over. */
export class StopTimedOut extends Error {
  readonly code = 'STOP_TIMED_OUT';

  constructor(deployment: string, running: readonly string[]) {
    super(`Cannot stop Deployment "${deployment}" in time: ${running.join(', ')} still there`);
    this.name = 'StopTimedOut';
  }
}

/** Without labels that select its pods nobody can tell when they are gone. */
export class SelectorMissing extends Error {
  readonly code = 'SELECTOR_MISSING';

  constructor(deployment: string) {
    super(`Cannot stop Deployment "${deployment}": it does not select its pods by labels`);
    this.name = 'SelectorMissing';
  }
}

export interface StopDeploymentOptions {
  readonly kube: Pick<KubeClient, 'get' | 'list' | 'patch'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** No such Deployment is no error. Throws StopTimedOut and SelectorMissing. */
export async function stopDeployment(
  { name, namespace }: Name & { readonly namespace: string },
  { kube, clock, log, signal, timeoutMs }: StopDeploymentOptions,
): Promise<void> {
  let deployment: Deployment;
  try {
    deployment = await kube.get(deployments, { name, namespace }, { signal });
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    log.info({ deployment: name, namespace }, 'no deployment to stop');
    return;
  }
  const labelSelector = selectorOf(deployment);
  if (labelSelector === '') throw new SelectorMissing(name);
  if (deployment.spec?.replicas !== 0) {
    const body = { spec: { replicas: 0 } };
    await kube.patch(deployments, { name, namespace }, { type: 'merge', body }, { signal });
    log.info({ deployment: name, namespace }, 'deployment scaled to zero');
  }
  using deadline = deadlineAfter(timeoutMs, { clock, signal });
  for (;;) {
    const { items } = await kube.list(pods, { namespace, labelSelector, signal });
    const running = items.filter(isRunning).map(({ metadata }) => metadata.name);
    if (running.length === 0) return;
    log.info({ pods: running }, 'waiting for pods to end');
    if (await pause(pollMs, { clock, signal: deadline.signal })) continue;
    signal.throwIfAborted();
    throw new StopTimedOut(name, running);
  }
}

function selectorOf({ spec }: Deployment): string {
  return Object.entries(spec?.selector.matchLabels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** A failed or evicted pod runs nothing, and nobody removes it when its Deployment shrinks. */
function isRunning({ status }: Pod): boolean {
  return status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}
