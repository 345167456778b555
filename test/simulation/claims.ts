// The claims that KAITO and people write, of either kind.
import { kaitoMachine } from '../support/machines.ts';
import type { ClaimKindName, ClaimLike } from './schedule.ts';
import { isNewThing, type NewThing, type Thing } from './thing.ts';

export const vmSize = 'Standard_NC24ads_A100_v4';

export interface ClaimWish {
  readonly plural: ClaimKindName;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly like?: ClaimLike;
}

export function newClaim({ plural, name, labels = {}, like = 'usual', ...wish }: ClaimWish): NewThing {
  const startupTaints = like === 'startupTaint' ? [{ key: 'sim/starting', effect: 'NoSchedule' }] : [];
  const claim =
    plural === 'machines'
      ? kaitoMachine({ ...wish, name, vmSize, labels, startupTaints })
      : nodeClaim({ ...wish, name, labels, startupTaints, expireAfter: like === 'expiring' ? soon : '720h' });
  if (!isNewThing(claim)) throw new TypeError('A claim has a name');
  if (like === 'invalid') return { ...claim, spec: { ...claim.spec, requirements: [] } };
  return like === 'foreign' ? { ...claim, spec: { ...claim.spec, ...somebodyElses } } : claim;
}

/** Another provisioner's, whatever the kind. */
const somebodyElses = {
  machineTemplateRef: { name: 'x', kind: 'AWSNodeTemplate', apiVersion: 'karpenter.k8s.aws/v1alpha1' },
  nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
};

export function isSomebodyElses({ spec }: Thing): boolean {
  const text = JSON.stringify([spec?.['machineTemplateRef'], spec?.['nodeClassRef']]);
  return text.includes('AWSNodeTemplate') || text.includes('EC2NodeClass');
}

/** Of those that expire within a run. */
const soon = '5m';
const soonMs = 300_000;

/** When it is too old by its own word; never, as far as a run goes, of most. */
export function expiresAtMs({ metadata, spec }: Thing): number {
  return spec?.['expireAfter'] === soon ? Date.parse(metadata.creationTimestamp) + soonMs : Number.POSITIVE_INFINITY;
}

/** As KAITO v0.12.0 writes it. */
function nodeClaim({
  name,
  labels,
  annotations = {},
  finalizers = [],
  startupTaints,
  expireAfter,
}: Omit<ClaimWish, 'plural' | 'like'> & {
  readonly startupTaints: readonly object[];
  readonly expireAfter: string;
}): object {
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
      expireAfter,
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
