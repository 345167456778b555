// How the lists of built-in kinds merge: the patch and list-map keys of the real types, for what this project touches.
import type { ListType } from './crd/list-type.ts';

const map = (...keys: string[]): ListType => ({ type: 'map', keys });
const set: ListType = { type: 'set', keys: [] };
const atomic: ListType = { type: 'atomic', keys: [] };

/** By the last steps of a path, list items left out; the longest match wins. */
const byPath: { readonly [path: string]: ListType } = {
  'metadata.ownerReferences': map('uid'),
  'metadata.finalizers': set,
  'status.conditions': map('type'),
  'spec.containers': map('name'),
  'spec.initContainers': map('name'),
  'spec.ephemeralContainers': map('name'),
  'spec.volumes': map('name'),
  'spec.imagePullSecrets': map('name'),
  'spec.hostAliases': map('ip'),
  'spec.topologySpreadConstraints': map('topologyKey', 'whenUnsatisfiable'),
  'spec.schedulingGates': map('name'),
  'spec.resourceClaims': map('name'),
  'containers.env': map('name'),
  'initContainers.env': map('name'),
  'containers.ports': map('containerPort', 'protocol'),
  'initContainers.ports': map('containerPort', 'protocol'),
  'containers.volumeMounts': map('mountPath'),
  'initContainers.volumeMounts': map('mountPath'),
  'containers.volumeDevices': map('devicePath'),
  'status.podIPs': map('ip'),
  'status.hostIPs': atomic,
  'spec.podCIDRs': set,
  'status.addresses': map('type'),
  secrets: map('name'),
  imagePullSecrets: map('name'),
};

/** Kinds whose types say otherwise. */
const byKind: { readonly [kindAndPath: string]: ListType } = {
  'Service:spec.ports': map('port', 'protocol'),
  'ServiceAccount:secrets': map('name'),
  'ServiceAccount:imagePullSecrets': map('name'),
  'EndpointSlice:endpoints': atomic,
  // NodeStatus.addresses is a list map by type, though dual-stack nodes repeat a type; volumes are atomic.
  'Node:status.volumesAttached': atomic,
};

/** Objects that are owned whole: selectors and references. */
const wholeObjects = new Set([
  'selector',
  'nodeSelector',
  'labelSelector',
  'namespaceSelector',
  'involvedObject',
  'regarding',
  'related',
  'targetRef',
  'claimRef',
  'secretKeyRef',
  'configMapKeyRef',
  'fieldRef',
  'resourceFieldRef',
  'roleRef',
]);

/** Undefined for objects whose fields merge, and for lists that are not named here: those are atomic. */
export function builtinListType(kind: string, steps: readonly string[]): ListType | undefined {
  const path = steps.filter((step) => step !== '[]');
  // An owner is owned whole, items of all other lists by their fields.
  if (steps.at(-1) === '[]') return path.at(-1) === 'ownerReferences' ? atomic : undefined;
  const last = path.slice(-2).join('.');
  if (wholeObjects.has(path.at(-1) ?? '')) return atomic;
  return byKind[`${kind}:${last}`] ?? byKind[`${kind}:${path.join('.')}`] ?? byPath[last];
}
