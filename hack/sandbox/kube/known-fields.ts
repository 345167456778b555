// The fields of the built-in kinds that controllers write most: an unknown one is a mistake that the real server reports.
import { isObject, listAt, type JsonObject } from './json.ts';

const always = ['apiVersion', 'kind', 'metadata'];
const withStatus = [...always, 'spec', 'status'];

interface Known {
  readonly top: readonly string[];
  readonly spec?: readonly string[];
  /** Of each item of spec.containers and spec.initContainers. */
  readonly containers?: readonly string[];
}

const known: { readonly [kind: string]: Known } = {
  Node: {
    top: withStatus,
    spec: ['configSource', 'externalID', 'podCIDR', 'podCIDRs', 'providerID', 'taints', 'unschedulable'],
  },
  Namespace: { top: withStatus, spec: ['finalizers'] },
  ConfigMap: { top: [...always, 'binaryData', 'data', 'immutable'] },
  Secret: { top: [...always, 'data', 'immutable', 'stringData', 'type'] },
  Pod: {
    top: withStatus,
    spec: [
      'activeDeadlineSeconds',
      'affinity',
      'automountServiceAccountToken',
      'containers',
      'dnsConfig',
      'dnsPolicy',
      'enableServiceLinks',
      'ephemeralContainers',
      'hostAliases',
      'hostIPC',
      'hostNetwork',
      'hostPID',
      'hostUsers',
      'hostname',
      'hostnameOverride',
      'imagePullSecrets',
      'initContainers',
      'nodeName',
      'nodeSelector',
      'os',
      'overhead',
      'preemptionPolicy',
      'priority',
      'priorityClassName',
      'readinessGates',
      'resourceClaims',
      'resources',
      'restartPolicy',
      'runtimeClassName',
      'schedulerName',
      'schedulingGates',
      'securityContext',
      'serviceAccount',
      'serviceAccountName',
      'setHostnameAsFQDN',
      'shareProcessNamespace',
      'subdomain',
      'terminationGracePeriodSeconds',
      'tolerations',
      'topologySpreadConstraints',
      'volumes',
    ],
    containers: [
      'args',
      'command',
      'env',
      'envFrom',
      'image',
      'imagePullPolicy',
      'lifecycle',
      'livenessProbe',
      'name',
      'ports',
      'readinessProbe',
      'resizePolicy',
      'resources',
      'restartPolicy',
      'restartPolicyRules',
      'securityContext',
      'startupProbe',
      'stdin',
      'stdinOnce',
      'terminationMessagePath',
      'terminationMessagePolicy',
      'tty',
      'volumeDevices',
      'volumeMounts',
      'workingDir',
    ],
  },
  Lease: {
    top: [...always, 'spec'],
    spec: [
      'acquireTime',
      'holderIdentity',
      'leaseDurationSeconds',
      'leaseTransitions',
      'preferredHolder',
      'renewTime',
      'strategy',
    ],
  },
  PodDisruptionBudget: {
    top: withStatus,
    spec: ['maxUnavailable', 'minAvailable', 'selector', 'unhealthyPodEvictionPolicy'],
  },
};

const metadata = [
  'annotations',
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'finalizers',
  'generateName',
  'generation',
  'labels',
  'managedFields',
  'name',
  'namespace',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
];

function drop(object: JsonObject, fields: readonly string[], prefix: string): string[] {
  const unknown = Object.keys(object).filter((field) => !fields.includes(field));
  for (const field of unknown) delete object[field];
  return unknown.map((field) => `${prefix}${field}`);
}

/** Removes fields that the kind does not have and returns their paths. Kinds that are not listed keep everything. */
export function dropUnknownFields(kind: string, object: JsonObject): string[] {
  const fields = known[kind];
  if (fields === undefined) return [];
  const unknown = drop(object, fields.top, '');
  const spec = object['spec'];
  if (!isObject(spec)) return unknown;
  if (fields.spec !== undefined) unknown.push(...drop(spec, fields.spec, 'spec.'));
  for (const list of fields.containers === undefined ? [] : ['containers', 'initContainers']) {
    for (const [index, container] of listAt(spec, list).entries()) {
      if (isObject(container)) unknown.push(...drop(container, fields.containers ?? [], `spec.${list}[${index}].`));
    }
  }
  return unknown;
}

/** The same for metadata, which is alike for every kind. */
export function dropUnknownMetadata(object: JsonObject): string[] {
  const found = object['metadata'];
  return isObject(found) ? drop(found, metadata, 'metadata.') : [];
}
