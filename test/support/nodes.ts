// Nodes as the controller leaves them, for tests of what becomes of them.

export interface NodeWish {
  readonly name: string;
  /** Absent: a Node of no agent pool. */
  readonly pool?: string;
  readonly finalizers?: readonly string[];
  readonly owners?: readonly { readonly kind: string; readonly apiVersion?: string; readonly uid: string }[];
}

export const machineOwner = { kind: 'Machine', uid: 'machine-uid' } as const;

export function nodeObject({ name, pool, finalizers = [], owners = [] }: NodeWish): object {
  return {
    metadata: {
      name,
      labels: pool === undefined ? {} : { 'kubernetes.azure.com/agentpool': pool, agentpool: pool },
      finalizers,
      ownerReferences: owners.map((owner) => ({ apiVersion: 'karpenter.sh/v1alpha5', name: owner.uid, ...owner })),
    },
  };
}

/** With everything that the controller puts on a Node and only it takes off. */
export function heldNode(name: string, pool = name): object {
  return nodeObject({ name, pool, finalizers: ['karpenter.sh/termination'], owners: [machineOwner] });
}
