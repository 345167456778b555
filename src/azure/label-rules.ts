// Which labels and taint keys AKS takes on a pool, and which it sets on Nodes by itself.

const namePart = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const prefixPart = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const longestName = 63;
const longestPrefix = 253;

const allowedNamespaces: ReadonlySet<string> = new Set(['kubelet.kubernetes.io', 'node.kubernetes.io']);

// AKS, or its cloud controller manager, gives each Node the true values of these.
const nodeOwn: ReadonlySet<string> = new Set([
  'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/instance-type',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'kubernetes.io/arch',
  'kubernetes.io/os',
  'kubernetes.io/hostname',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/os',
]);

/** Kubernetes' rule for a qualified name: an optional DNS prefix and a name. */
export function isLabelKey(key: string): boolean {
  const slash = key.indexOf('/');
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  if (name.length > longestName || !namePart.test(name)) return false;
  return prefix === undefined || (prefix.length <= longestPrefix && prefixPart.test(prefix));
}

/** Kubernetes' rule for a label's, and a taint's, value; it may be empty. */
export function isLabelValue(value: string): boolean {
  return value === '' || (value.length <= longestName && namePart.test(value));
}

/** A label that AKS sets on each Node by itself, so that it is never sent. */
export function isSetByNode(key: string): boolean {
  return nodeOwn.has(key);
}

/** A key that AKS refuses on a pool: its own prefix, and Kubernetes' except those of kubelet and node; and the name of the pool. */
export function isReservedLabel(key: string): boolean {
  const slash = key.indexOf('/');
  if (slash < 0) return key === 'agentpool';
  const namespace = key.slice(0, slash);
  if (isWithin(namespace, 'kubernetes.azure.com')) return true;
  if (allowedNamespaces.has(namespace)) return false;
  return isWithin(namespace, 'kubernetes.io') || isWithin(namespace, 'k8s.io');
}

function isWithin(namespace: string, domain: string): boolean {
  return namespace === domain || namespace.endsWith(`.${domain}`);
}
