// A claim: what a Machine and a NodeClaim have in common, so that one lifecycle serves both.
import type { OwnerReference, Taint } from './wire.ts';

export type ClaimKind = 'Machine' | 'NodeClaim';

export interface Requirement {
  readonly key: string;
  /** In, NotIn, Exists, DoesNotExist, Gt, Lt; the Machine CRD does not restrict it. */
  readonly operator: string;
  readonly values?: readonly string[];
}

/** `True`, `False` or `Unknown`; the Machine CRD does not restrict it. */
export type ConditionStatus = 'True' | 'False' | 'Unknown';

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  /** RFC 3339; moves only when `status` changes. */
  readonly lastTransitionTime?: string;
  readonly severity?: string;
  readonly observedGeneration?: number;
}

/** Who a claim is, for ever: a recreated name is another claim. */
export interface ClaimIdentity {
  readonly kind: ClaimKind;
  readonly name: string;
  readonly uid: string;
}

export interface ClaimSpec {
  readonly requirements: readonly Requirement[];
  readonly taints: readonly Taint[];
  readonly startupTaints: readonly Taint[];
  /** Quantities by resource name; numbers are kept as the API server has them. */
  readonly requests: Readonly<Record<string, string | number>>;
  /** Of NodeClaims: draining ends this long after the deletion, whatever its pods and their budgets say. */
  readonly terminationGracePeriodMs?: number;
  /** Of NodeClaims: how old it may become. The CRD puts 720h where nobody said anything. */
  readonly expireAfterMs?: number;
}

interface ClaimStatus {
  readonly nodeName?: string;
  readonly providerID?: string;
  /** Of NodeClaims: the image that its node was made from. */
  readonly imageID?: string;
  readonly capacity?: Readonly<Record<string, string | number>>;
  readonly allocatable?: Readonly<Record<string, string | number>>;
  readonly conditions: readonly Condition[];
}

export interface Claim extends ClaimIdentity {
  readonly resourceVersion: string;
  readonly generation: number;
  readonly createdAt: Date;
  readonly deletingSince?: Date;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly finalizers: readonly string[];
  readonly ownerReferences: readonly OwnerReference[];
  readonly spec: ClaimSpec;
  readonly status: ClaimStatus;
}
