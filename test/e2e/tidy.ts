// Empties a cluster between two worlds: what a scenario left behind is no other scenario's affair.
import { setTimeout as pause } from 'node:timers/promises';
import { objectAt, textAt } from '../../hack/sandbox/aks/json.ts';
import { type Api, expectStatus, itemsOf } from '../../hack/sandbox/nodes/api.ts';
import { release } from './cluster.ts';

const held = [
  '/apis/kaito.sh/v1alpha1/namespaces/default/workspaces',
  '/apis/karpenter.sh/v1alpha5/machines',
  '/apis/karpenter.sh/v1/nodeclaims',
  '/api/v1/nodes',
] as const;
const plain = [
  '/apis/apps/v1/namespaces/default/deployments',
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
const initializing = 429;

/** Some of what every namespace has is there again at once: only those that a Workspace owns, by its label. */
const labelled = ['/api/v1/namespaces/default/services', '/api/v1/namespaces/default/configmaps'] as const;
const workspaceLabel = 'labelSelector=kaito.sh%2Fworkspace';

/** Resolves when nothing of these kinds is left. Finalizers are no obstacle. */
export async function tidy(api: Api, { signal }: { readonly signal: AbortSignal }): Promise<void> {
  // Pods go first: a budget must not outlive what it protects only to be recreated by nobody.
  for (const path of plain) {
    expectStatus(await api.delete(`${path}?gracePeriodSeconds=0`, {}, signal), `empty ${path}`, 200);
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
  expectStatus(await api.merge(path, free, signal), `free ${path}`, 200, 404);
  expectStatus(await api.delete(path, { gracePeriodSeconds: 0 }, signal), `delete ${path}`, 200, 202, 404);
}

async function namesIn(api: Api, path: string, signal: AbortSignal): Promise<readonly string[]> {
  let reply = await api.get(path, signal);
  // An API server that was restarted prepares to store what a CRD defines when it is first asked for it.
  while (reply.status === initializing) {
    await pause(pollMs, undefined, { signal });
    reply = await api.get(path, signal);
  }
  // A kind that the chart did not define.
  if (reply.status === 404) return [];
  const { body } = expectStatus(reply, `list ${path}`, 200);
  return itemsOf(body).map((item) => textAt(objectAt(item, 'metadata'), 'name') ?? '');
}
