// NodeClaims as their makers write them.

export interface NodeClaimWish {
  /** Pool names are claim names where they fit. */
  readonly name: string;
  readonly vmSize?: string;
  /** Beside the pool's name, which every one of KAITO's has. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly nodeClassRef?: { readonly group: string; readonly kind: string; readonly name: string };
  readonly requirements?: readonly object[];
  readonly requests?: Readonly<Record<string, string>>;
  readonly taints?: readonly object[];
  readonly startupTaints?: readonly object[];
  readonly expireAfter?: string;
  readonly terminationGracePeriod?: string;
}

export const workspaceLabels = {
  'kaito.sh/workspace': 'workspace-phi-3-mini',
  'kaito.sh/workspacenamespace': 'default',
  apps: 'phi-3',
} as const;

/** Nobody defines it: it only says whose the claim is. */
export const kaitoNodeClass = { group: 'kaito.sh', kind: 'KaitoNodeClass', name: 'default' } as const;
/** Azure's Karpenter's, and what KAITO's first NodeClaims named. */
export const aksNodeClass = { group: 'karpenter.azure.com', kind: 'AKSNodeClass', name: 'default' } as const;

/** As KAITO v0.7.0 to v0.12.0 creates it for an inference workspace, but for its smaller disk. */
export function kaitoNodeClaim({
  name,
  vmSize = 'Standard_NC6s_v3',
  labels = workspaceLabels,
  annotations = {},
  nodeClassRef = kaitoNodeClass,
  requirements = [],
  requests = { storage: '120Gi' },
  taints = [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }],
  startupTaints = [],
  ...durations
}: NodeClaimWish): object {
  return {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodeClaim',
    metadata: {
      name,
      labels: { 'karpenter.sh/nodepool': 'kaito', ...labels },
      annotations: {
        'karpenter.sh/do-not-disrupt': 'true',
        'kaito.sh/node-image-family': 'ubuntu',
        ...annotations,
      },
    },
    spec: {
      nodeClassRef,
      requirements: [
        oneOf('karpenter.sh/nodepool', 'kaito'),
        ...(vmSize === '' ? [] : [oneOf('node.kubernetes.io/instance-type', vmSize)]),
        oneOf('kubernetes.io/os', 'linux'),
        ...(vmSize === '' ? [] : [oneOf('karpenter.azure.com/sku-name', vmSize)]),
        ...requirements,
      ],
      resources: { requests },
      taints,
      startupTaints,
      ...durations,
    },
  };
}

function oneOf(key: string, value: string): object {
  return { key, operator: 'In', values: [value] };
}
