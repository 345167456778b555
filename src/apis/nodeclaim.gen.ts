// The types of NodeClaim karpenter.sh/v1. Generated from crds/karpenter.sh_nodeclaims.yaml by hack/generate.ts: do not edit.
import type { ObjectMeta } from './wire.ts';

/**
 * A NodeClaim asks for one node. The provisioner adds an agent pool for it and keeps the two together for life.
 */
export interface NodeClaim {
  /**
   * The API group and version of this object.
   */
  readonly apiVersion: 'karpenter.sh/v1';
  /**
   * The kind of this object.
   */
  readonly kind: 'NodeClaim';
  readonly metadata: ObjectMeta;
  readonly spec: NodeClaimSpec;
  readonly status?: NodeClaimStatus;
}
/**
 * What is asked for; it never changes.
 */
export interface NodeClaimSpec {
  /**
   * How long the node may live, such as 720h, or Never. This provisioner keeps to it only with --expire-nodeclaims.
   */
  readonly expireAfter?: string;
  readonly nodeClassRef: NodeClaimNodeClassRef;
  /**
   * What the node must be. The instance type comes from node.kubernetes.io/instance-type; each other requirement with a single value becomes a label.
   *
   * @maxItems 100
   */
  readonly requirements: readonly NodeClaimRequirement[];
  readonly resources?: NodeClaimResources;
  /**
   * Taints that the node gets when it registers and that others remove; the NodeClaim is not initialized before they are gone.
   */
  readonly startupTaints?: readonly NodeClaimStartupTaint[];
  /**
   * Taints that the node keeps.
   */
  readonly taints?: readonly NodeClaimTaint[];
  /**
   * How long the node may drain, such as 1h, before its pods are deleted whatever they tolerate.
   */
  readonly terminationGracePeriod?: string;
}
/**
 * The class of the node at the provider. KaitoNodeClass of kaito.sh makes the NodeClaim this provisioner's.
 */
export interface NodeClaimNodeClassRef {
  /**
   * API group of the class.
   */
  readonly group: string;
  /**
   * Kind of the class.
   */
  readonly kind: string;
  /**
   * Name of the class.
   */
  readonly name: string;
}
/**
 * One requirement on a label of the node.
 */
export interface NodeClaimRequirement {
  /**
   * The label's key.
   */
  readonly key: string;
  /**
   * The least number of different values that the requirement must leave open.
   */
  readonly minValues?: number;
  /**
   * How the label relates to the values.
   */
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  /**
   * The values; none for Exists and DoesNotExist, one number for Gt and Lt.
   */
  readonly values?: readonly string[];
}
/**
 * What the node must offer before the NodeClaim counts as initialized.
 */
export interface NodeClaimResources {
  /**
   * Quantities by resource name. storage, or ephemeral-storage, asks for an OS disk of that size, in GB when it is a bare number up to 4096, and 0 for the default of AKS.
   */
  readonly requests?: {
    readonly [k: string]: number | string;
  };
}
/**
 * A taint, as a Node carries it.
 */
export interface NodeClaimStartupTaint {
  /**
   * What happens to pods that do not tolerate the taint.
   */
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  /**
   * The taint's key.
   */
  readonly key: string;
  /**
   * When the taint was added; written for NoExecute only.
   */
  readonly timeAdded?: string;
  /**
   * The taint's value; may be left out.
   */
  readonly value?: string;
}
/**
 * A taint, as a Node carries it.
 */
export interface NodeClaimTaint {
  /**
   * What happens to pods that do not tolerate the taint.
   */
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  /**
   * The taint's key.
   */
  readonly key: string;
  /**
   * When the taint was added; written for NoExecute only.
   */
  readonly timeAdded?: string;
  /**
   * The taint's value; may be left out.
   */
  readonly value?: string;
}
/**
 * What was observed.
 */
export interface NodeClaimStatus {
  /**
   * What the node offers to pods, by resource name.
   */
  readonly allocatable?: {
    readonly [k: string]: number | string;
  };
  /**
   * What the node has in all, by resource name.
   */
  readonly capacity?: {
    readonly [k: string]: number | string;
  };
  /**
   * The milestones of the NodeClaim, and whether each of them was reached.
   */
  readonly conditions?: readonly NodeClaimCondition[];
  /**
   * The image that the node runs.
   */
  readonly imageID?: string;
  /**
   * When a pod last came to the node or left it.
   */
  readonly lastPodEventTime?: string;
  /**
   * The name of the NodeClaim's Node.
   */
  readonly nodeName?: string;
  /**
   * The identity of the instance at the cloud, as spec.providerID of its Node says it.
   */
  readonly providerID?: string;
}
/**
 * One condition.
 */
export interface NodeClaimCondition {
  /**
   * When the status of the condition changed last.
   */
  readonly lastTransitionTime: string;
  /**
   * The details, for people; may be empty.
   */
  readonly message?: string;
  /**
   * The generation of the NodeClaim that the condition was set for.
   */
  readonly observedGeneration?: number;
  /**
   * The cause, as one CamelCase word; may be empty.
   */
  readonly reason?: string;
  /**
   * Whether the milestone was reached.
   */
  readonly status: 'True' | 'False' | 'Unknown';
  /**
   * Which milestone this is, such as Launched or Ready.
   */
  readonly type: string;
}
