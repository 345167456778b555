// Empties a cluster between two worlds: what a scenario left behind is no other scenario's affair.
import { setTimeout as pause } from 'node:timers/promises';
import { objectAt, textAt } from '../../hack/sandbox/aks/json.ts';
import { type Api, expectStatus, itemsOf, type Reply } from '../../hack/sandbox/nodes/api.ts';
import { release } from './cluster.ts';

const held = [
  '/apis/kaito.sh/v1alpha1/namespaces/default/workspaces',
  '/apis/karpenter.sh/v1alpha5/machines',
  '/apis/karpenter.sh/v1/nodeclaims',
  '/api/v1/nodes',
] as const;
const plain = [
  '/apis/apps/v1/namespaces/default/deployments',
  // One whose Deployment is gone makes pods until the garbage collector finds it.
  '/apis/apps/v1/namespaces/default/replicasets',
  '/apis/apps/v1/namespaces/default/statefulsets',
  '/apis/batch/v1/namespaces/default/jobs',
  '/api/v1/namespaces/default/secrets',
  '/apis/apps/v1/namespaces/default/daemonsets',
  '/api/v1/namespaces/default/pods',
  '/api/v1/namespaces/default/persistentvolumeclaims',
  '/apis/storage.k8s.io/v1/volumeattachments',
  '/apis/policy/v1/namespaces/default/poddisruptionbudgets',
  '/apis/events.k8s.io/v1/namespaces/default/events',
  `/apis/events.k8s.io/v1/namespaces/${release}/events`,
  `/apis/coordination.k8s.io/v1/namespaces/${release}/leases`,
  '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases',
] as const;
const pollMs = 50;
/**
 * Somebody wrote at the same time; the API server has too much to do, or prepares to store what a CRD defines, as one that
 * was restarted does when it is first asked for it.
 */
const passing: ReadonlySet<number> = new Set([409, 429]);
const internalError = 500;

/** Some of what every namespace has is there again at once: only those that a Workspace owns, by its label. */
const labelled = ['/api/v1/namespaces/default/services', '/api/v1/namespaces/default/configmaps'] as const;
const workspaceLabel = 'labelSelector=kaito.sh%2Fworkspace';

/** Resolves when nothing of these kinds is left. Finalizers are no obstacle. */
export async function tidy(api: Api, { signal }: { readonly signal: AbortSignal }): Promise<void> {
  // Pods go first: a budget must not outlive what it protects only to be recreated by nobody.
  for (const path of plain) {
    const reply = await patiently(() => api.delete(`${path}?gracePeriodSeconds=0`, {}, signal), signal);
    expectStatus(reply, `empty ${path}`, 200);
  }
  for (const path of labelled)
    for (const name of await namesIn(api, `${path}?${workspaceLabel}`, signal))
      await remove(api, `${path}/${name}`, signal);
  for (const path of [...held, ...plain]) {
    for (;;) {
      const names = await namesIn(api, path, signal);
      if (names.length === 0) break;
      for (const name of names) await remove(api, `${path}/${name}`, signal);
      await pause(pollMs, undefined, { signal });
    }
  }
}

async function remove(api: Api, path: string, signal: AbortSignal): Promise<void> {
  const free = { metadata: { finalizers: null } };
  const freed = await patiently(() => api.merge(path, free, signal), signal);
  expectStatus(freed, `free ${path}`, 200, 404);
  const removed = await patiently(() => api.delete(path, { gracePeriodSeconds: 0 }, signal), signal);
  expectStatus(removed, `delete ${path}`, 200, 202, 404);
}

/** Until the API server has an answer that will stay the same. */
async function patiently(call: () => Promise<Reply>, signal: AbortSignal): Promise<Reply> {
  for (;;) {
    const reply = await call();
    if (!passing.has(reply.status) && reply.status < internalError) return reply;
    await pause(pollMs, undefined, { signal });
  }
}

async function namesIn(api: Api, path: string, signal: AbortSignal): Promise<readonly string[]> {
  const reply = await patiently(() => api.get(path, signal), signal);
  // A kind that the chart did not define.
  if (reply.status === 404) return [];
  const { body } = expectStatus(reply, `list ${path}`, 200);
  return itemsOf(body).map((item) => textAt(objectAt(item, 'metadata'), 'name') ?? '');
}
