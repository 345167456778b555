// The stateful set controller: one pod for each ordinal, all at once (podManagementPolicy Parallel).
import { numberAt, objectAt, textMapAt, type JsonObject } from '../aks/json.ts';
import { createPod, deletePod, isReady, phaseOf, templateHash, type WorkloadCall, writeStatus } from './pods-of.ts';
import { isDeleting, metadataOf, nameOf, namespaceOf, uidOf, type Watched } from '../nodes/watched.ts';

const hashLabel = 'controller-revision-hash';

export async function tendStatefulSet(call: WorkloadCall, set: JsonObject, podCache: Watched): Promise<void> {
  if (isDeleting(set)) return;
  const spec = objectAt(set, 'spec');
  const template = objectAt(spec, 'template');
  const hash = templateHash(template);
  const wanted = numberAt(spec, 'replicas') ?? 1;
  const name = nameOf(set);
  const pods = podCache.ownedBy(uidOf(set));
  const isCurrent = (pod: JsonObject): boolean => textMapAt(metadataOf(pod), 'labels')[hashLabel] === hash;
  for (let ordinal = 0; ordinal < wanted; ordinal += 1) {
    const podName = `${name}-${ordinal}`;
    const pod = pods.find((each) => nameOf(each) === podName);
    if (pod === undefined)
      await createPod(call, set, {
        name: podName,
        template,
        labels: { [hashLabel]: hash, 'statefulset.kubernetes.io/pod-name': podName },
        kind: 'StatefulSet',
        apiVersion: 'apps/v1',
      });
    else if (!isCurrent(pod) || phaseOf(pod) === 'Failed' || phaseOf(pod) === 'Succeeded') await deletePod(call, pod);
  }
  const ready = pods.filter(isReady).length;
  await writeStatus(call, `/apis/apps/v1/namespaces/${namespaceOf(set)}/statefulsets/${name}`, set, {
    observedGeneration: numberAt(metadataOf(set), 'generation') ?? 0,
    replicas: pods.length,
    currentReplicas: pods.length,
    updatedReplicas: pods.filter((pod) => isCurrent(pod)).length,
    readyReplicas: ready,
    availableReplicas: ready,
    currentRevision: `${name}-${hash}`,
    updateRevision: `${name}-${hash}`,
  });
}
