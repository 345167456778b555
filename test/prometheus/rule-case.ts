// When an alert fires or does not: series as promtool writes them, one value a minute.

export interface RuleCase {
  readonly alert: string;
  readonly when: string;
  /** By series. */
  readonly series: Readonly<Record<string, string>>;
  /** Minutes after the first value. */
  readonly atMinute: number;
  /** Labels of each alert that fires, beside the severity; none: it is silent. */
  readonly fires: readonly Readonly<Record<string, string>>[];
}

export const a = 'job="gpu-provisioner", namespace="gpus", instance="a"';
export const b = 'job="gpu-provisioner", namespace="gpus", instance="b"';
export const ours = { job: 'gpu-provisioner', namespace: 'gpus' } as const;
/** Two replicas that are scraped. */
export const up = { [`gpu_provisioner_azure_up{${a}}`]: '1x180', [`gpu_provisioner_azure_up{${b}}`]: '1x180' };
export const lease = 'name="gpu-provisioner-leader-election"';
export const leads = { [`leader_election_master_status{${a}, ${lease}}`]: '1x180' };
export const standsBy = { [`leader_election_master_status{${b}, ${lease}}`]: '0x180' };
/** Of another program in the same cluster. */
export const foreign = 'job="karpenter", namespace="kube-system", instance="k"';
