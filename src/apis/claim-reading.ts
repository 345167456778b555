// What a Machine and a NodeClaim have in the same places, read as a claim.
import type { Claim, ClaimKind, ClaimSpec, Condition, Requirement } from './claim.ts';
import type { ObjectMeta, Taint } from './wire.ts';

type Quantities = Readonly<Record<string, string | number>>;

/** The places that both kinds share. */
export interface ClaimObject {
  readonly metadata: ObjectMeta;
  readonly spec?: {
    readonly requirements?: readonly Requirement[];
    readonly taints?: readonly Taint[];
    readonly startupTaints?: readonly Taint[];
    readonly resources?: { readonly requests?: Quantities };
  };
  readonly status?: {
    readonly nodeName?: string;
    readonly providerID?: string;
    readonly imageID?: string;
    readonly capacity?: Quantities;
    readonly allocatable?: Quantities;
    readonly conditions?: readonly Condition[];
  };
}

/** `more` is what only this kind's spec says. */
export function readClaim(
  kind: ClaimKind,
  { metadata, spec, status }: ClaimObject,
  more: Pick<ClaimSpec, 'terminationGracePeriodMs' | 'expireAfterMs'> = {},
): Claim {
  return {
    kind,
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
      ...more,
    },
    status: {
      ...(status?.nodeName === undefined ? {} : { nodeName: status.nodeName }),
      ...(status?.providerID === undefined ? {} : { providerID: status.providerID }),
      ...(status?.imageID === undefined ? {} : { imageID: status.imageID }),
      ...(status?.capacity === undefined ? {} : { capacity: status.capacity }),
      ...(status?.allocatable === undefined ? {} : { allocatable: status.allocatable }),
      conditions: status?.conditions ?? [],
    },
  };
}
