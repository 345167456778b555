// The types of Machine karpenter.sh/v1alpha5. Generated from crds/karpenter.sh_machines.yaml by hack/generate.ts: do not edit.
import type { ObjectMeta } from './wire.ts';

/**
 * A Machine asks for one node. The provisioner adds an agent pool for it and keeps the two together for life.
 */
export interface Machine {
  /**
   * The API group and version of this object.
   */
  readonly apiVersion: 'karpenter.sh/v1alpha5';
  /**
   * The kind of this object.
   */
  readonly kind: 'Machine';
  readonly metadata: ObjectMeta;
  readonly spec?: MachineSpec;
  readonly status?: MachineStatus;
}
/**
 * What is asked for.
 */
export interface MachineSpec {
  readonly kubelet?: MachineKubelet;
  readonly machineTemplateRef?: MachineTemplateRef;
  /**
   * What the node must be. The instance type comes from node.kubernetes.io/instance-type; each other requirement with a single value becomes a label.
   */
  readonly requirements?: readonly MachineRequirement[];
  readonly resources?: MachineResources;
  /**
   * Taints that the node gets when it registers and that others remove; the Machine is not initialized before they are gone.
   */
  readonly startupTaints?: readonly MachineStartupTaint[];
  /**
   * Taints that the node keeps.
   */
  readonly taints?: readonly MachineTaint[];
}
/**
 * Settings of the kubelet. AKS configures the kubelets of agent pools itself, so that these have no effect.
 */
export interface MachineKubelet {
  /**
   * Addresses of the DNS servers for the pods, in the order of preference.
   */
  readonly clusterDNS?: readonly string[];
  /**
   * The container runtime of the node.
   */
  readonly containerRuntime?: string;
  /**
   * Whether CPU limits are enforced by CFS quota.
   */
  readonly cpuCFSQuota?: boolean;
  /**
   * Thresholds that evict pods at once, by eviction signal.
   */
  readonly evictionHard?: {
    readonly [k: string]: string;
  };
  /**
   * The longest grace, in seconds, that a pod gets when a soft threshold evicts it.
   */
  readonly evictionMaxPodGracePeriod?: number;
  /**
   * Thresholds that evict pods after a grace period, by eviction signal.
   */
  readonly evictionSoft?: {
    readonly [k: string]: string;
  };
  /**
   * How long a soft threshold must hold before pods are evicted, by eviction signal.
   */
  readonly evictionSoftGracePeriod?: {
    readonly [k: string]: string;
  };
  /**
   * The disk usage, in percent, above which unused images are always removed.
   */
  readonly imageGCHighThresholdPercent?: number;
  /**
   * The disk usage, in percent, below which unused images are never removed.
   */
  readonly imageGCLowThresholdPercent?: number;
  /**
   * Resources kept for the Kubernetes daemons, by resource name.
   */
  readonly kubeReserved?: {
    readonly [k: string]: number | string;
  };
  /**
   * The most pods that may run on the node.
   */
  readonly maxPods?: number;
  /**
   * The most pods that may run on the node for each of its cores; maxPods is still the limit.
   */
  readonly podsPerCore?: number;
  /**
   * Resources kept for the daemons of the system, by resource name.
   */
  readonly systemReserved?: {
    readonly [k: string]: number | string;
  };
}
/**
 * The template of the provider. A Machine whose template names no kind belongs to this provisioner; the object itself need not exist.
 */
export interface MachineTemplateRef {
  /**
   * API version of the template.
   */
  readonly apiVersion?: string;
  /**
   * Kind of the template.
   */
  readonly kind?: string;
  /**
   * Name of the template.
   */
  readonly name: string;
}
/**
 * One requirement on a label of the node.
 */
export interface MachineRequirement {
  /**
   * The label's key.
   */
  readonly key: string;
  /**
   * How the label relates to the values - In, NotIn, Exists, DoesNotExist, Gt or Lt.
   */
  readonly operator: string;
  /**
   * The values; none for Exists and DoesNotExist, one number for Gt and Lt.
   */
  readonly values?: readonly string[];
}
/**
 * What the node must offer before the Machine counts as initialized.
 */
export interface MachineResources {
  /**
   * Quantities by resource name. storage asks for an OS disk of that size, in GB when it is a bare number up to 4096, and 0 for the default of AKS.
   */
  readonly requests?: {
    readonly [k: string]: number | string;
  };
}
/**
 * A taint, as a Node carries it.
 */
export interface MachineStartupTaint {
  /**
   * What happens to pods that do not tolerate the taint - NoSchedule, PreferNoSchedule or NoExecute.
   */
  readonly effect: string;
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
export interface MachineTaint {
  /**
   * What happens to pods that do not tolerate the taint - NoSchedule, PreferNoSchedule or NoExecute.
   */
  readonly effect: string;
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
export interface MachineStatus {
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
   * The milestones of the Machine, and whether each of them was reached.
   */
  readonly conditions?: readonly MachineCondition[];
  /**
   * The name of the Machine's Node.
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
export interface MachineCondition {
  /**
   * When the condition changed last, RFC 3339.
   */
  readonly lastTransitionTime?: string;
  /**
   * The details, for people.
   */
  readonly message?: string;
  /**
   * The cause, as one CamelCase word.
   */
  readonly reason?: string;
  /**
   * How bad it is when the condition is not True; empty is an error.
   */
  readonly severity?: string;
  /**
   * True, False or Unknown.
   */
  readonly status: string;
  /**
   * Which milestone this is, such as MachineLaunched or Ready.
   */
  readonly type: string;
}
