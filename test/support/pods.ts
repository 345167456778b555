// Pods as they stand on a Node, and the budgets that protect them.

export interface PodWish {
  readonly name: string;
  readonly node: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly tolerations?: readonly object[];
  readonly ownerReferences?: readonly object[];
  /** So many GPUs it asks for. */
  readonly gpus?: number;
  /** Its own time to end; absent: the API server's default. */
  readonly graceSeconds?: number;
  readonly priorityClassName?: string;
  readonly volumes?: readonly object[];
}

export function aPod({
  name,
  node,
  gpus = 0,
  graceSeconds,
  tolerations = [],
  priorityClassName,
  volumes = [],
  ...metadata
}: PodWish): object {
  const resources = gpus === 0 ? {} : { resources: { limits: { 'nvidia.com/gpu': `${gpus}` } } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', ...metadata },
    spec: {
      nodeName: node,
      tolerations,
      volumes,
      ...(priorityClassName === undefined ? {} : { priorityClassName }),
      ...(graceSeconds === undefined ? {} : { terminationGracePeriodSeconds: graceSeconds }),
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

/** A volume that is mounted, and the claim for it. */
export function aVolumeClaim(name: string, volume: string): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      storageClassName: '',
      volumeName: volume,
    },
  };
}

/** As the attach and detach controller makes it, and takes it away when the volume is detached. */
export function anAttachment(name: string, volume: string, node: string): object {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttachment',
    metadata: { name },
    spec: { attacher: 'disk.csi.azure.com', nodeName: node, source: { persistentVolumeName: volume } },
  };
}
