// Every reason that a condition or an event of a claim can carry, besides Azure's own (azure/cause-guides.ts). They are API.

export const reasons = {
  // waiting
  AwaitingAzure: 'AwaitingAzure',
  Creating: 'Creating',
  PoolDeleting: 'PoolDeleting',
  ClusterBusy: 'ClusterBusy',
  Replacing: 'Replacing',
  Paused: 'Paused',
  ReportOnly: 'ReportOnly',
  // refused
  InvalidSpec: 'InvalidSpec',
  NameConflict: 'NameConflict',
  // joining
  NotLaunched: 'NotLaunched',
  NotRegistered: 'NotRegistered',
  NodeRefused: 'NodeRefused',
  NodeNotFound: 'NodeNotFound',
  PoolStopped: 'PoolStopped',
  PoolScaledToZero: 'PoolScaledToZero',
  PoolBusy: 'PoolBusy',
  // initializing
  NodeNotReady: 'NodeNotReady',
  StartupTaintsExist: 'StartupTaintsExist',
  KnownEphemeralTaintsExist: 'KnownEphemeralTaintsExist',
  ResourceNotRegistered: 'ResourceNotRegistered',
  // replacing, lost
  PoolUpgrading: 'PoolUpgrading',
  NodeMissing: 'NodeMissing',
  InstanceGone: 'InstanceGone',
  PoolFailed: 'PoolFailed',
  PoolDeletedElsewhere: 'PoolDeletedElsewhere',
  // what nobody asked for is due, and waits (restraint.ts)
  DisruptionPending: 'DisruptionPending',
  DisruptionCapped: 'DisruptionCapped',
  MassDisruption: 'MassDisruption',
  // pools without a claim (collection/decide-orphan.ts)
  ClaimLives: 'ClaimLives',
  ClaimsUnknown: 'ClaimsUnknown',
  MassOrphan: 'MassOrphan',
  OrphanNodeRemoved: 'OrphanNodeRemoved',
  OrphanPool: 'OrphanPool',
  OrphanPoolDeleted: 'OrphanPoolDeleted',
  OrphanPoolInUse: 'OrphanPoolInUse',
  OrphanPoolNotDeleted: 'OrphanPoolNotDeleted',
  PoolAmbiguous: 'PoolAmbiguous',
  // GPUReady (gpu-readiness/)
  AwaitingGpus: 'AwaitingGpus',
  DevicePluginNotReady: 'DevicePluginNotReady',
  DevicePluginNotTolerating: 'DevicePluginNotTolerating',
  DriverFailed: 'DriverFailed',
  GpuCountShort: 'GpuCountShort',
  GPUReady: 'GPUReady',
  NoDevicePlugin: 'NoDevicePlugin',
  // why the gate is not open (gate-verdict.ts)
  ClusterStopped: 'ClusterStopped',
  ClusterStopping: 'ClusterStopping',
  ClusterStarting: 'ClusterStarting',
  ClusterFailed: 'ClusterFailed',
  ClusterUnreadable: 'ClusterUnreadable',
  ClusterSettling: 'ClusterSettling',
  AnotherCluster: 'AnotherCluster',
  NodesDown: 'NodesDown',
  // deleting
  ConfirmingDeletion: 'ConfirmingDeletion',
  RemovingNode: 'RemovingNode',
  OwnershipUnproven: 'OwnershipUnproven',
  Deleting: 'Deleting',
  Draining: 'Draining',
  Drained: 'Drained',
  DrainDeadline: 'DrainDeadline',
  DrainBlocked: 'DrainBlocked',
  AwaitingVolumeDetachment: 'AwaitingVolumeDetachment',
  WaitingForCluster: 'WaitingForCluster',
  InstanceTerminating: 'InstanceTerminating',
  // a milestone that is True carries the name of its condition; those of a NodeClaim are below
  MachineLaunched: 'MachineLaunched',
  MachineRegistered: 'MachineRegistered',
  MachineInitialized: 'MachineInitialized',
  // events alone, and conditions that are True
  Adopted: 'Adopted',
  Launched: 'Launched',
  Registered: 'Registered',
  Initialized: 'Initialized',
  Ready: 'Ready',
  Rebound: 'Rebound',
  PoolRequested: 'PoolRequested',
  PoolDeletionRequested: 'PoolDeletionRequested',
  PoolDeleted: 'PoolDeleted',
  PoolLeftAlone: 'PoolLeftAlone',
  ForceReleased: 'ForceReleased',
  TerminationGracePeriodExpiring: 'TerminationGracePeriodExpiring',
  NodeDeletedByPerson: 'NodeDeletedByPerson',
  OwnershipTagsLost: 'OwnershipTagsLost',
  OwnershipLost: 'OwnershipLost',
  SpecChangedAfterLaunch: 'SpecChangedAfterLaunch',
  CreateDeadlineExceeded: 'CreateDeadlineExceeded',
  NodeNotJoining: 'NodeNotJoining',
  NodeNotInitializing: 'NodeNotInitializing',
  PoolDegraded: 'PoolDegraded',
  ExtraNodes: 'ExtraNodes',
  NodeFinalizerReleased: 'NodeFinalizerReleased',
  RecreationLimit: 'RecreationLimit',
  Expired: 'Expired',
  // of the controller's Deployment: what troubles the process itself (status/readiness.ts)
  AzureAnswers: 'AzureAnswers',
  AzureUnavailable: 'AzureUnavailable',
  ClusterReadable: 'ClusterReadable',
  LeaseAvailable: 'LeaseAvailable',
  LeaseUnavailable: 'LeaseUnavailable',
  NotWatching: 'NotWatching',
  PermissionMissing: 'PermissionMissing',
  PermissionsComplete: 'PermissionsComplete',
  Watching: 'Watching',
} as const;

/** Each has a guide for people (reason-guide.ts). */
export type Reason = keyof typeof reasons;

/**
 * What KAITO up to v0.6 compares a Machine's message with, byte for byte, to learn that there is no capacity
 * (contract/kaito.md 2.2, M6).
 */
export const kaitoNoCapacity = 'all requested instance types were unavailable during launch';
