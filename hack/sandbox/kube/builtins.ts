// The built-in kinds that are served, one row each.
import { builtinListType } from './list-types.ts';
import type { KubeObject } from './object.ts';
import { apiVersionOf, type NameRule, type Resource } from './resource.ts';
import type { Verb } from './served-resource.ts';
import { strategyOf } from './strategies.ts';

export const allVerbs: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

interface Row {
  readonly short?: readonly string[];
  readonly categories?: readonly string[];
  readonly status?: true;
  readonly cluster?: true;
  readonly generation?: true;
  readonly name?: NameRule;
  readonly createsOnUpdate?: true;
  readonly returnsDeleted?: true;
  readonly conditionalUpdate?: true;
  readonly singular?: string;
}

function builtin(groupVersion: string, plural: string, kind: string, row: Row = {}): Resource {
  const [group, version] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion];
  const where = { group: group ?? '', version: version ?? '' };
  const strategy = strategyOf(where.group, kind);
  const relabel = (object: KubeObject): KubeObject => ({ ...object, apiVersion: apiVersionOf(where), kind });
  return {
    ...where,
    plural,
    kind,
    singular: row.singular ?? kind.toLowerCase(),
    listKind: `${kind}List`,
    namespaced: row.cluster === undefined,
    shortNames: row.short ?? [],
    categories: row.categories ?? [],
    hasStatus: row.status ?? false,
    verbs: plural === 'namespaces' ? allVerbs.filter((verb) => verb !== 'deletecollection') : allVerbs,
    bucket: where.group === 'events.k8s.io' ? 'events' : where.group === '' ? plural : `${plural}.${where.group}`,
    strategy,
    nameRule: row.name ?? 'subdomain',
    tracksGeneration: row.generation ?? false,
    createsOnUpdate: row.createsOnUpdate ?? false,
    unconditionalUpdate: row.conditionalUpdate === undefined,
    returnsDeleted: row.returnsDeleted ?? false,
    custom: undefined,
    listTypeAt: (path) => builtinListType(kind, path),
    toStored: strategy.toStored ?? relabel,
    fromStored: strategy.fromStored ?? relabel,
  };
}

const all = ['all'];
const workload = { categories: all, status: true, generation: true } as const;

/** In the order in which kubectl prefers them: core/v1 events come before events.k8s.io. */
export const builtins: readonly Resource[] = [
  builtin('v1', 'namespaces', 'Namespace', {
    short: ['ns'],
    cluster: true,
    status: true,
    name: 'label',
    returnsDeleted: true,
  }),
  builtin('v1', 'nodes', 'Node', { short: ['no'], cluster: true, status: true }),
  builtin('v1', 'pods', 'Pod', {
    short: ['po'],
    categories: all,
    status: true,
    generation: true,
    returnsDeleted: true,
  }),
  builtin('v1', 'events', 'Event', { short: ['ev'], createsOnUpdate: true }),
  builtin('v1', 'serviceaccounts', 'ServiceAccount', { short: ['sa'], returnsDeleted: true }),
  builtin('v1', 'configmaps', 'ConfigMap', { short: ['cm'] }),
  builtin('v1', 'secrets', 'Secret'),
  builtin('v1', 'services', 'Service', {
    short: ['svc'],
    categories: all,
    status: true,
    name: 'label1035',
    returnsDeleted: true,
  }),
  builtin('v1', 'endpoints', 'Endpoints', { short: ['ep'], createsOnUpdate: true, singular: 'endpoints' }),
  builtin('v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', {
    short: ['pvc'],
    status: true,
    returnsDeleted: true,
  }),
  builtin('v1', 'persistentvolumes', 'PersistentVolume', {
    short: ['pv'],
    cluster: true,
    status: true,
    returnsDeleted: true,
  }),
  builtin('v1', 'replicationcontrollers', 'ReplicationController', { short: ['rc'], ...workload }),
  builtin('v1', 'resourcequotas', 'ResourceQuota', { short: ['quota'], status: true, returnsDeleted: true }),
  builtin('v1', 'limitranges', 'LimitRange', { short: ['limits'] }),
  builtin('apps/v1', 'controllerrevisions', 'ControllerRevision'),
  builtin('apps/v1', 'daemonsets', 'DaemonSet', { short: ['ds'], ...workload }),
  builtin('apps/v1', 'deployments', 'Deployment', { short: ['deploy'], ...workload }),
  builtin('apps/v1', 'replicasets', 'ReplicaSet', { short: ['rs'], ...workload }),
  builtin('apps/v1', 'statefulsets', 'StatefulSet', { short: ['sts'], ...workload }),
  builtin('batch/v1', 'jobs', 'Job', workload),
  builtin('batch/v1', 'cronjobs', 'CronJob', { short: ['cj'], ...workload }),
  builtin('events.k8s.io/v1', 'events', 'Event', { short: ['ev'], createsOnUpdate: true }),
  builtin('coordination.k8s.io/v1', 'leases', 'Lease', { createsOnUpdate: true, conditionalUpdate: true }),
  builtin('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', { generation: true }),
  builtin('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', {
    short: ['pdb'],
    status: true,
    generation: true,
    conditionalUpdate: true,
  }),
  builtin('rbac.authorization.k8s.io/v1', 'roles', 'Role', { name: 'path' }),
  builtin('rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding', { name: 'path' }),
  builtin('rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole', { cluster: true, name: 'path' }),
  builtin('rbac.authorization.k8s.io/v1', 'clusterrolebindings', 'ClusterRoleBinding', { cluster: true, name: 'path' }),
  builtin('storage.k8s.io/v1', 'storageclasses', 'StorageClass', {
    short: ['sc'],
    cluster: true,
    returnsDeleted: true,
  }),
  builtin('storage.k8s.io/v1', 'csinodes', 'CSINode', { cluster: true }),
  builtin('storage.k8s.io/v1', 'volumeattachments', 'VolumeAttachment', {
    cluster: true,
    status: true,
    returnsDeleted: true,
  }),
  builtin('scheduling.k8s.io/v1', 'priorityclasses', 'PriorityClass', {
    short: ['pc'],
    cluster: true,
    generation: true,
  }),
  builtin('apiextensions.k8s.io/v1', 'customresourcedefinitions', 'CustomResourceDefinition', {
    short: ['crd', 'crds'],
    categories: ['api-extensions'],
    cluster: true,
    status: true,
    generation: true,
    conditionalUpdate: true,
  }),
];
