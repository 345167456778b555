// Pods as they stand on a Node, and the budgets that protect them.

export interface PodWish {
  readonly name: string;
  readonly node: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly object[];
  readonly ownerReferences?: readonly object[];
  /** So many GPUs it asks for. */
  readonly gpus?: number;
}

export function aPod({ name, node, gpus = 0, tolerations = [], ...metadata }: PodWish): object {
  const resources = gpus === 0 ? {} : { resources: { limits: { 'nvidia.com/gpu': `${gpus}` } } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', ...metadata },
    spec: {
      nodeName: node,
      tolerations,
      containers: [{ name: 'main', image: 'registry.k8s.io/pause:3.10', ...resources }],
    },
  };
}

/** At least so many of the pods with this label. */
export function aBudget(name: string, app: string, minAvailable: number): object {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: 'default' },
    spec: { minAvailable, selector: { matchLabels: { app } } },
  };
}
