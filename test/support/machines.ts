// Machines as their makers write them.

export interface MachineWish {
  /** Pool names are claim names where they fit. */
  readonly name: string;
  readonly vmSize?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly requirements?: readonly object[];
  readonly requests?: Readonly<Record<string, string>>;
  readonly taints?: readonly object[];
  readonly startupTaints?: readonly object[];
}

export const kaitoSize = 'Standard_NC6s_v3';

/** As KAITO v0.3.0 to v0.4.1 creates it for an inference workspace. */
export function kaitoMachine({
  name,
  vmSize = kaitoSize,
  labels = {},
  annotations = {},
  finalizers = [],
  requirements = [],
  requests = { storage: '50Gi' },
  taints = [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }],
  startupTaints = [],
}: MachineWish): object {
  return {
    apiVersion: 'karpenter.sh/v1alpha5',
    kind: 'Machine',
    metadata: {
      name,
      labels: {
        'karpenter.sh/provisioner-name': 'default',
        'kaito.sh/workspace': 'workspace-phi-3-mini',
        'kaito.sh/workspacenamespace': 'default',
        apps: 'phi-3',
        ...labels,
      },
      annotations,
      finalizers,
    },
    spec: {
      machineTemplateRef: { name },
      requirements: [
        ...(vmSize === '' ? [] : [oneOf('node.kubernetes.io/instance-type', vmSize)]),
        oneOf('karpenter.sh/provisioner-name', 'default'),
        oneOf('kaito.sh/machine-type', 'gpu'),
        oneOf('kubernetes.io/arch', 'amd64'),
        oneOf('kubernetes.io/os', 'linux'),
        ...requirements,
      ],
      resources: { requests },
      taints,
      startupTaints,
    },
  };
}

function oneOf(key: string, value: string): object {
  return { key, operator: 'In', values: [value] };
}
