// Machines: where they are served, and how one reads as a claim.
import type { Claim } from './claim.ts';
import type { Machine } from './machine.gen.ts';
import type { Resource } from './resource.ts';

export const machines: Resource<Machine> = {
  group: 'karpenter.sh',
  version: 'v1alpha5',
  plural: 'machines',
  kind: 'Machine',
  namespaced: false,
};

export function claimOfMachine({ metadata, spec, status }: Machine): Claim {
  return {
    kind: 'Machine',
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    generation: metadata.generation ?? 0,
    createdAt: new Date(metadata.creationTimestamp),
    ...(metadata.deletionTimestamp === undefined ? {} : { deletingSince: new Date(metadata.deletionTimestamp) }),
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    finalizers: metadata.finalizers ?? [],
    ownerReferences: metadata.ownerReferences ?? [],
    spec: {
      requirements: spec?.requirements ?? [],
      taints: spec?.taints ?? [],
      startupTaints: spec?.startupTaints ?? [],
      requests: spec?.resources?.requests ?? {},
    },
    status: {
      ...(status?.nodeName === undefined ? {} : { nodeName: status.nodeName }),
      ...(status?.providerID === undefined ? {} : { providerID: status.providerID }),
      ...(status?.capacity === undefined ? {} : { capacity: status.capacity }),
      ...(status?.allocatable === undefined ? {} : { allocatable: status.allocatable }),
      conditions: status?.conditions ?? [],
    },
  };
}
