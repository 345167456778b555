// The body of the PUT that creates an agent pool: what this project sets, under ARM's names (contract of AKS: properties.*).

export interface AgentPoolBody {
  readonly vmSize: string;
  readonly count: number;
  readonly enableAutoScaling: boolean;
  /** Case-sensitive for AKS. */
  readonly mode: 'User';
  readonly type: 'VirtualMachineScaleSets';
  readonly osType: 'Linux';
  /** Absent: AKS's default. */
  readonly osSKU?: 'Ubuntu' | 'AzureLinux';
  /** GiB, whatever AKS calls it. Absent: AKS's default. */
  readonly osDiskSizeGB?: number;
  readonly nodeLabels: Readonly<Record<string, string>>;
  /** `key=value:Effect`, or `key:Effect` without a value. */
  readonly nodeTaints: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** `1`, `2`, `3`. Absent: AKS places the node. */
  readonly availabilityZones?: readonly string[];
}
