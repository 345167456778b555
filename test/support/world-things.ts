// Objects of the API as a person reads them in a scenario, and where they are served.

/** What an API server answers while it prepares a kind's storage, or has too much to do. */
export const busyStatus = 429;

export interface ThingCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  readonly observedGeneration?: number;
}

interface ThingTaint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** Any object, with the fields that scenarios look at. */
export interface Thing {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid: string }[];
  };
  readonly spec?: {
    readonly providerID?: string;
    readonly unschedulable?: boolean;
    readonly taints?: readonly ThingTaint[];
    readonly holderIdentity?: string;
    readonly acquireTime?: string;
    readonly renewTime?: string;
  };
  readonly status?: {
    readonly conditions?: readonly ThingCondition[];
    readonly nodeName?: string;
    readonly providerID?: string;
    readonly imageID?: string;
    readonly nodeInfo?: { readonly osImage?: string };
    readonly capacity?: Readonly<Record<string, string>>;
    readonly allocatable?: Readonly<Record<string, string>>;
  };
  readonly type?: string;
  readonly reason?: string;
  readonly note?: string;
  readonly eventTime?: string;
  readonly regarding?: { readonly kind?: string; readonly name?: string };
}

export const kinds = {
  Machine: '/apis/karpenter.sh/v1alpha5/machines',
  NodeClaim: '/apis/karpenter.sh/v1/nodeclaims',
  CustomResourceDefinition: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  Namespace: '/api/v1/namespaces',
  Node: '/api/v1/nodes',
  Lease: '/apis/coordination.k8s.io/v1/namespaces/default/leases',
  Event: '/apis/events.k8s.io/v1/namespaces/default/events',
  Pod: '/api/v1/namespaces/default/pods',
  PersistentVolumeClaim: '/api/v1/namespaces/default/persistentvolumeclaims',
  VolumeAttachment: '/apis/storage.k8s.io/v1/volumeattachments',
  PodDisruptionBudget: '/apis/policy/v1/namespaces/default/poddisruptionbudgets',
  DaemonSet: '/apis/apps/v1/namespaces/default/daemonsets',
  Workspace: '/apis/kaito.sh/v1alpha1/namespaces/default/workspaces',
  Deployment: '/apis/apps/v1/namespaces/default/deployments',
  StatefulSet: '/apis/apps/v1/namespaces/default/statefulsets',
  Job: '/apis/batch/v1/namespaces/default/jobs',
  Service: '/api/v1/namespaces/default/services',
  ConfigMap: '/api/v1/namespaces/default/configmaps',
  Secret: '/api/v1/namespaces/default/secrets',
} as const;
export type KindName = keyof typeof kinds;

/** Both are turned into nodes, and no two of them have one name in a scenario. */
export const claimKinds = ['Machine', 'NodeClaim'] as const;

/** The API server has validated the rest of it. */
export function isThing(value: unknown): value is Thing {
  if (typeof value !== 'object' || value === null || !('metadata' in value)) return false;
  const { metadata } = value;
  return typeof metadata === 'object' && metadata !== null && 'name' in metadata && 'uid' in metadata;
}

export function conditionOf(thing: Thing | undefined, type: string): ThingCondition | undefined {
  return thing?.status?.conditions?.find((condition) => condition.type === type);
}

/** What a condition is to say. */
export interface Said {
  readonly type: string;
  readonly status: string;
  /** Absent: any. */
  readonly reason?: string | undefined;
}

export function says(thing: Thing | undefined, { type, status, reason }: Said): boolean {
  const condition = conditionOf(thing, type);
  return condition?.status === status && (reason === undefined || condition.reason === reason);
}

export function isTrue(thing: Thing | undefined, type: string): boolean {
  return conditionOf(thing, type)?.status === 'True';
}
