// What differs between the kinds of claim: where they are served, how they read, and whose they are.
import type { Claim, ClaimKind } from '../apis/claim.ts';
import { claimOfMachine, machines } from '../apis/machine.ts';
import type { Machine } from '../apis/machine.gen.ts';
import { claimOfNodeClaim, nodeClaims } from '../apis/nodeclaim.ts';
import type { NodeClaim } from '../apis/nodeclaim.gen.ts';
import type { Resource } from '../apis/resource.ts';
import type { KubeObject, ObjectMeta } from '../apis/wire.ts';

export interface ClaimAdapter<T extends KubeObject> {
  readonly kind: ClaimKind;
  readonly resource: Resource<T>;
  read(object: T): Claim;
  /** By reference alone: whether the object asks for this provisioner. */
  isOurs(object: T): boolean;
  /** What is kept in memory of another provisioner's object: who it is, and all that says whose it is. */
  husk(object: T): T;
  /** NodeClaim conditions say which generation they speak of; the Machine CRD has no place for it. */
  readonly observesGeneration: boolean;
}

/** Kinds of templates that name this project as the provider. */
const ourTemplateKinds = new Set(['KaitoNodeClass', 'AgentPoolTemplate']);

/**
 * A Machine whose template reference has no kind is ours: KAITO writes such (contract/kaito.md 2.1), and so do people.
 * A kind names a provider, and another provider's Machine is left alone.
 */
export const machineAdapter: ClaimAdapter<Machine> = {
  kind: 'Machine',
  resource: machines,
  read: claimOfMachine,
  isOurs: ({ spec }) => {
    const kind = spec?.machineTemplateRef?.kind;
    return kind === undefined || kind === '' || ourTemplateKinds.has(kind);
  },
  husk: ({ apiVersion, kind, metadata, spec }) => ({
    apiVersion,
    kind,
    metadata: identityOf(metadata),
    ...(spec?.machineTemplateRef === undefined ? {} : { spec: { machineTemplateRef: spec.machineTemplateRef } }),
  }),
  observesGeneration: false,
};

/** By these KAITO says whose a claim is; the Go provisioner served every claim with one of them (contract/provisioner.md 2.5). */
const kaitoLabels = ['kaito.sh/workspace', 'kaito.sh/ragengine'] as const;

/**
 * KaitoNodeClass of kaito.sh is our class. AKSNodeClass belongs to Azure's Karpenter, whose claims are left alone, unless
 * KAITO's label is on it: its first NodeClaims had that class, and none of them a group.
 */
export const nodeClaimAdapter: ClaimAdapter<NodeClaim> = {
  kind: 'NodeClaim',
  resource: nodeClaims,
  read: claimOfNodeClaim,
  isOurs: ({ metadata, spec }) => {
    // The CRDs of before v1 let a reference without a group in, and what is stored is not validated again.
    const { group, kind } = spec.nodeClassRef;
    if (group === 'kaito.sh' && kind === 'KaitoNodeClass') return true;
    return (kind === 'AKSNodeClass' || !group) && kaitoLabels.some((key) => metadata.labels?.[key] !== undefined);
  },
  husk: ({ apiVersion, kind, metadata, spec }) => ({
    apiVersion,
    kind,
    metadata: identityOf(metadata),
    spec: { nodeClassRef: spec.nodeClassRef, requirements: [] },
  }),
  observesGeneration: true,
};

/** Labels are kept because a reference or `--claim-selector` may speak of them. */
function identityOf({ name, uid, resourceVersion, creationTimestamp, labels }: ObjectMeta): ObjectMeta {
  return { name, uid, resourceVersion, creationTimestamp, ...(labels === undefined ? {} : { labels }) };
}
