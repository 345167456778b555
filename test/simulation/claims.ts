// The claims that KAITO and people write, of either kind.
import { kaitoMachine } from '../support/machines.ts';
import type { ClaimKindName } from './schedule.ts';
import { isNewThing, type NewThing } from './thing.ts';

export const vmSize = 'Standard_NC24ads_A100_v4';

export interface ClaimWish {
  readonly plural: ClaimKindName;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly startupTaint?: boolean;
}

export function newClaim({ plural, name, labels = {}, startupTaint = false, ...wish }: ClaimWish): NewThing {
  const startupTaints = startupTaint ? [{ key: 'sim/starting', effect: 'NoSchedule' }] : [];
  const claim =
    plural === 'machines'
      ? kaitoMachine({ ...wish, name, vmSize, labels, startupTaints })
      : nodeClaim({ ...wish, name, labels, startupTaints });
  if (!isNewThing(claim)) throw new TypeError('A claim has a name');
  return claim;
}

/** As KAITO v0.12.0 writes it. */
function nodeClaim({
  name,
  labels,
  annotations = {},
  finalizers = [],
  startupTaints,
}: Omit<ClaimWish, 'plural' | 'startupTaint'> & { readonly startupTaints: readonly object[] }): object {
  return {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodeClaim',
    metadata: {
      name,
      labels: {
        'karpenter.sh/nodepool': 'kaito',
        'kaito.sh/workspace': 'workspace-phi-3-mini',
        'kaito.sh/workspacenamespace': 'default',
        ...labels,
      },
      annotations: { 'karpenter.sh/do-not-disrupt': 'true', 'kaito.sh/node-image-family': 'ubuntu', ...annotations },
      finalizers,
    },
    spec: {
      nodeClassRef: { group: 'kaito.sh', kind: 'KaitoNodeClass', name: 'default' },
      expireAfter: '720h',
      requirements: [
        { key: 'karpenter.sh/nodepool', operator: 'In', values: ['kaito'] },
        { key: 'node.kubernetes.io/instance-type', operator: 'In', values: [vmSize] },
        { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
        { key: 'karpenter.azure.com/sku-name', operator: 'In', values: [vmSize] },
      ],
      resources: { requests: { storage: '1024Gi' } },
      taints: [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }],
      startupTaints,
    },
  };
}

export type PodKind = 'plain' | 'budget' | 'doNotDisrupt' | 'gpu';

export function newPod({
  name,
  node,
  like,
}: {
  readonly name: string;
  readonly node: string;
  readonly like: PodKind;
}): NewThing {
  const requests = like === 'gpu' ? { 'nvidia.com/gpu': '1' } : { cpu: '1' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      labels: like === 'budget' ? { budget: 'keep' } : {},
      annotations: like === 'doNotDisrupt' ? { 'karpenter.sh/do-not-disrupt': 'true' } : {},
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'app', uid: 'app-1', controller: true }],
    },
    spec: { nodeName: node, containers: [{ name: 'main', image: 'main', resources: { requests, limits: requests } }] },
    status: { phase: 'Running' },
  };
}
