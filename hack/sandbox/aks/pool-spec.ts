// What a pool is made of: a request's properties completed as AKS completes them, and read back with checks.
import { isObject, numberAt, textAt, textMapAt, textsAt, type JsonObject } from './json.ts';

export interface PoolSpec {
  readonly count: number;
  /** In the caller's case, as AKS echoes it. */
  readonly vmSize: string;
  readonly mode: string;
  readonly spot: boolean;
  readonly zones: readonly string[];
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly nodeTaints: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** Every property as it is shown, those above included. */
  readonly properties: JsonObject;
}

export interface ServerDefaults {
  readonly version: string;
  readonly patchVersion: string;
}

/** Settable once; an update that leaves one out keeps it (contract of the agent pool API). */
export const immutableProperties = [
  'vmSize',
  'maxPods',
  'osType',
  'osDiskType',
  'gpuProfile',
  'gpuInstanceProfile',
  'availabilityZones',
  'scaleSetPriority',
  'vnetSubnetID',
] as const;

const mutableProperties = [
  'count',
  'enableAutoScaling',
  'minCount',
  'maxCount',
  'mode',
  'nodeLabels',
  'nodeTaints',
  'tags',
  'upgradeSettings',
  'capacityReservationGroupID',
  'scaleDownMode',
] as const;

// Shown as given; whether AKS would change them later is not emulated.
const otherProperties = [
  'osDiskSizeGB',
  'kubeletDiskType',
  'type',
  'orchestratorVersion',
  'osSKU',
  'enableNodePublicIP',
  'enableEncryptionAtHost',
  'enableUltraSSD',
  'enableFIPS',
  'securityProfile',
  'scaleSetEvictionPolicy',
  'spotMaxPrice',
  'proximityPlacementGroupID',
  'hostGroupID',
  'podSubnetID',
  'workloadRuntime',
  'networkProfile',
  'kubeletConfig',
  'linuxOSConfig',
  'messageOfTheDay',
  'artifactStreamingProfile',
  'creationData',
] as const;

/** A request's properties with the server's defaults; unknown ones are dropped, empty collections left out. */
export function completed(request: JsonObject, before: PoolSpec | undefined, defaults: ServerDefaults): PoolSpec {
  const shown: Record<string, JsonObject[string]> = { ...serverDefaults(defaults) };
  for (const name of [...immutableProperties, ...otherProperties]) {
    const value = request[name] ?? before?.properties[name];
    if (value !== undefined && value !== null) shown[name] = value;
  }
  for (const name of mutableProperties) {
    const value = request[name];
    if (value !== undefined && value !== null) shown[name] = value;
  }
  if (shown['osSKU'] === 'AzureLinux') shown['nodeImageVersion'] = azureLinuxImage;
  if (numberAt(shown, 'osDiskSizeGB') === 0) shown['osDiskSizeGB'] = defaultDiskGB;
  for (const name of ['nodeLabels', 'nodeTaints', 'tags', 'availabilityZones']) {
    if (isEmpty(shown[name])) delete shown[name];
  }
  return readSpec(shown);
}

/** The spec with some properties replaced, as an operator's command does. */
export function amended(spec: PoolSpec, changes: JsonObject): PoolSpec {
  const shown: Record<string, JsonObject[string]> = { ...spec.properties, ...changes };
  for (const [name, value] of Object.entries(changes)) {
    if (isEmpty(value)) delete shown[name];
  }
  return readSpec(shown);
}

function readSpec(properties: JsonObject): PoolSpec {
  return {
    count: numberAt(properties, 'count') ?? 1,
    vmSize: textAt(properties, 'vmSize') ?? '',
    mode: textAt(properties, 'mode') ?? 'User',
    spot: textAt(properties, 'scaleSetPriority') === 'Spot',
    zones: textsAt(properties, 'availabilityZones'),
    nodeLabels: textMapAt(properties, 'nodeLabels'),
    nodeTaints: textsAt(properties, 'nodeTaints'),
    tags: textMapAt(properties, 'tags'),
    properties,
  };
}

// What a recorded 201 shows for a GPU size whose cache disk fits an ephemeral OS disk.
const defaultDiskGB = 320;

const azureLinuxImage = 'AKSAzureLinux-V3gen2-202610.06.0';

function serverDefaults({ version, patchVersion }: ServerDefaults): JsonObject {
  return {
    count: 1,
    osDiskSizeGB: defaultDiskGB,
    osDiskType: 'Ephemeral',
    kubeletDiskType: 'OS',
    maxPods: 250,
    type: 'VirtualMachineScaleSets',
    enableAutoScaling: false,
    scaleDownMode: 'Delete',
    orchestratorVersion: version,
    currentOrchestratorVersion: patchVersion,
    enableNodePublicIP: false,
    mode: 'User',
    enableEncryptionAtHost: false,
    enableUltraSSD: false,
    osType: 'Linux',
    osSKU: 'Ubuntu',
    nodeImageVersion: 'AKSUbuntu-2204gen2containerd-202610.06.0',
    upgradeSettings: { maxSurge: '10%' },
    enableFIPS: false,
    securityProfile: { enableVTPM: false, enableSecureBoot: false },
  };
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}
