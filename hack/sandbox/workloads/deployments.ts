// The deployment and replica set controllers: the pods that run of each Deployment, one template after the other.
import { numberAt, objectAt, textAt, textMapAt, type JsonObject } from '../aks/json.ts';
import { expectStatus } from '../nodes/api.ts';
import {
  createPod,
  deletePod,
  freeName,
  isActive,
  isReady,
  templateHash,
  type WorkloadCall,
  writeStatus,
} from './pods-of.ts';
import { isDeleting, metadataOf, nameOf, namespaceOf, uidOf, type Watched } from '../nodes/watched.ts';

const hashLabel = 'pod-template-hash';

export interface DeploymentCaches {
  readonly replicaSets: Watched;
  readonly pods: Watched;
}

/** One step: at most what a pass may change; the next change in the cache brings the next. */
export async function tendDeployment(
  call: WorkloadCall,
  deployment: JsonObject,
  caches: DeploymentCaches,
): Promise<void> {
  if (isDeleting(deployment)) return;
  const spec = objectAt(deployment, 'spec');
  const template = objectAt(spec, 'template');
  const hash = templateHash(template);
  const wanted = numberAt(spec, 'replicas') ?? 1;
  const sets = caches.replicaSets.ownedBy(uidOf(deployment));
  const current = sets.find((set) => textMapAt(metadataOf(set), 'labels')[hashLabel] === hash);
  if (current === undefined) {
    await createReplicaSet(call, deployment, { template, hash, wanted });
    return;
  }
  const old = sets.filter((set) => set !== current).flatMap((set) => caches.pods.ownedBy(uidOf(set)));
  const pods = caches.pods.ownedBy(uidOf(current));
  const active = pods.filter(isActive);
  // maxSurge 0, as the Workspaces here have it: an old pod is gone before a new one takes its place.
  const room = wanted - active.length - old.length;
  // One a pass: the cache shows it before the next is named.
  if (room > 0)
    await createPod(call, current, {
      name: freeName(current, pods),
      template,
      labels: { [hashLabel]: hash },
      kind: 'ReplicaSet',
      apiVersion: 'apps/v1',
    });
  for (const pod of active.slice(wanted)) await deletePod(call, pod);
  const [next] = old.filter((pod) => !isDeleting(pod));
  const unavailable = wanted - [...active, ...old].filter(isReady).length;
  if (next !== undefined && (unavailable < 1 || !isReady(next))) await deletePod(call, next);
  const ready = [...pods, ...old].filter(isReady).length;
  await writeStatus(call, pathOf(deployment), deployment, {
    observedGeneration: numberAt(metadataOf(deployment), 'generation') ?? 0,
    replicas: active.length + old.length,
    updatedReplicas: active.length,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: Math.max(0, wanted - ready),
  });
}

async function createReplicaSet(
  { api, signal }: WorkloadCall,
  deployment: JsonObject,
  { template, hash, wanted }: { readonly template: JsonObject; readonly hash: string; readonly wanted: number },
): Promise<void> {
  const labels = { ...textMapAt(objectAt(template, 'metadata'), 'labels'), [hashLabel]: hash };
  const body = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${nameOf(deployment)}-${hash}`,
      labels,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: nameOf(deployment),
          uid: uidOf(deployment),
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      replicas: wanted,
      selector: { matchLabels: labels },
      template: { ...template, metadata: { ...objectAt(template, 'metadata'), labels } },
    },
  };
  const path = `/apis/apps/v1/namespaces/${namespaceOf(deployment)}/replicasets`;
  expectStatus(await api.post(path, body, signal), `create a ReplicaSet of ${nameOf(deployment)}`, 201, 409);
}

function pathOf(deployment: JsonObject): string {
  return `/apis/apps/v1/namespaces/${namespaceOf(deployment)}/deployments/${textAt(metadataOf(deployment), 'name') ?? ''}`;
}
