// The objects that parity cases are about, and where they live. Merge patches (RFC 7386) in `change` make variants.

export const machines = '/apis/karpenter.sh/v1alpha5/machines';
export const widgets = '/apis/parity.example/v1/namespaces/{ns}/widgets';
export const nodes = '/api/v1/nodes';
export const namespaces = '/api/v1/namespaces';
export const pods = '/api/v1/namespaces/{ns}/pods';
export const configMaps = '/api/v1/namespaces/{ns}/configmaps';
export const services = '/api/v1/namespaces/{ns}/services';
export const coreEvents = '/api/v1/namespaces/{ns}/events';
export const newEvents = '/apis/events.k8s.io/v1/namespaces/{ns}/events';
export const leases = '/apis/coordination.k8s.io/v1/namespaces/{ns}/leases';
export const deployments = '/apis/apps/v1/namespaces/{ns}/deployments';
export const budgets = '/apis/policy/v1/namespaces/{ns}/poddisruptionbudgets';

interface Change {
  readonly metadata?: object;
  readonly spec?: object;
  readonly [field: string]: unknown;
}

function variant(base: Record<string, unknown>, meta: object, change: Change): object {
  const { metadata, spec, ...rest } = change;
  return {
    ...base,
    ...rest,
    metadata: { ...meta, ...metadata },
    ...((base['spec'] !== undefined || spec !== undefined) && { spec: { ...asObject(base['spec']), ...spec } }),
  };
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

/** A Machine as KAITO writes it, named `{id}`. */
export function machine(change: Change = {}): object {
  const spec = {
    machineTemplateRef: { name: 'kaito' },
    requirements: [
      { key: 'node.kubernetes.io/instance-type', operator: 'In', values: ['Standard_NC6s_v3'] },
      { key: 'karpenter.sh/provisioner-name', operator: 'In', values: ['default'] },
    ],
    resources: { requests: { storage: '50Gi' } },
  };
  return variant({ apiVersion: 'karpenter.sh/v1alpha5', kind: 'Machine', spec }, { name: '{id}' }, change);
}

/** An object of the suite's own CRD (widget-crd.ts), named `w`. */
export function widget(change: Change = {}): object {
  return variant({ apiVersion: 'parity.example/v1', kind: 'Widget', spec: { size: 3 } }, { name: 'w' }, change);
}

/** A Node as a kubelet registers it, named `{id}`. */
export function node(change: Change = {}): object {
  const base = { apiVersion: 'v1', kind: 'Node', spec: {} };
  return variant(base, { name: '{id}', labels: { 'kubernetes.io/hostname': '{id}' } }, change);
}

export function pod(name: string, change: Change = {}): object {
  const spec = { containers: [{ name: 'main', image: 'registry.example/main:1' }] };
  return variant({ apiVersion: 'v1', kind: 'Pod', spec }, { name, labels: { app: 'x' } }, change);
}

export function configMap(name: string, change: Change = {}): object {
  return variant({ apiVersion: 'v1', kind: 'ConfigMap' }, { name }, change);
}

export function service(name: string, change: Change = {}): object {
  return variant({ apiVersion: 'v1', kind: 'Service', spec: { ports: [{ port: 80 }] } }, { name }, change);
}

export function lease(name: string, change: Change = {}): object {
  return variant({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', spec: {} }, { name }, change);
}

export function budget(name: string, change: Change = {}): object {
  const spec = { selector: { matchLabels: { app: 'x' } } };
  return variant({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', spec }, { name }, change);
}

/** One that runs such a pod. */
export function deployment(name: string, podSpec: object): object {
  const labels = { app: 'x' };
  const spec = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec } };
  return variant({ apiVersion: 'apps/v1', kind: 'Deployment', spec }, { name }, {});
}

export function namespace(change: Change = {}): object {
  return variant({ apiVersion: 'v1', kind: 'Namespace' }, { name: '{id}' }, change);
}
