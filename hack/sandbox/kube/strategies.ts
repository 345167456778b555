// The rules of the built-in kinds, by group and kind.
import { definition } from './kinds/definition.ts';
import { disruptionBudget } from './kinds/disruption-budget.ts';
import { coreEvent, newEvent } from './kinds/event.ts';
import { lease } from './kinds/lease.ts';
import { namespace } from './kinds/namespace.ts';
import { node } from './kinds/node.ts';
import { attachment, claim, configMap, quota, secret, volume } from './kinds/plain.ts';
import { pod } from './kinds/pod.ts';
import { service } from './kinds/service.ts';
import { daemonSet, deployment, job, replicaSet, statefulSet } from './kinds/workload.ts';
import type { Strategy } from './resource.ts';

const strategies: { readonly [groupAndKind: string]: Strategy } = {
  '/Namespace': namespace,
  '/Node': node,
  '/Pod': pod,
  '/Event': coreEvent,
  '/ConfigMap': configMap,
  '/Secret': secret,
  '/Service': service,
  '/PersistentVolumeClaim': claim,
  '/PersistentVolume': volume,
  '/ResourceQuota': quota,
  'apps/Deployment': deployment,
  'apps/DaemonSet': daemonSet,
  'apps/StatefulSet': statefulSet,
  'apps/ReplicaSet': replicaSet,
  'batch/Job': job,
  'events.k8s.io/Event': newEvent,
  'coordination.k8s.io/Lease': lease,
  'policy/PodDisruptionBudget': disruptionBudget,
  'storage.k8s.io/VolumeAttachment': attachment,
  'apiextensions.k8s.io/CustomResourceDefinition': definition,
};

export function strategyOf(group: string, kind: string): Strategy {
  return strategies[`${group}/${kind}`] ?? {};
}
