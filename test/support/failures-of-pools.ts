// The catalogue (arm.md 1.10, and public threads): quota, capacity, sizes, networks and nodes of the pool that was asked for.
import { answer, hour, later, minute, second, without, type FailureRow } from './failure-rows.ts';

const quota = { reason: 'QuotaExceeded', kind: 'refused', pace: [10 * minute, hour], next: 'ask for more' } as const;
const capacity = {
  reason: 'InsufficientCapacity',
  kind: 'refused',
  pace: [10 * minute, hour],
  next: 'tried again by itself, another size or zone',
  capacity: true,
} as const;
const size = {
  reason: 'VMSizeNotSupported',
  kind: 'refused',
  pace: [hour, 23 * hour],
  next: 'choose another',
} as const;
const bootstrap = {
  reason: 'NodeBootstrapFailed',
  kind: 'refused',
  pace: [5 * minute, 10 * minute],
  next: 'it is removed and tried again',
} as const;
const invalid = {
  reason: 'InvalidParameter',
  kind: 'refused',
  pace: [10 * minute, hour],
  next: 'correct the claim',
} as const;

export const failuresOfPools: readonly FailureRow[] = [
  [
    'ErrCode_InsufficientVCPUQuota (400)',
    answer(
      400,
      'ErrCode_InsufficientVCPUQuota',
      'Insufficient vcpu quota requested 24, remaining 8 for family StandardNCADSA100v4Family for region eastus. Surge nodes would also consume vcpu quota.',
    ),
    { ...quota, says: ['need 24 vCPUs', 'have 8', 'StandardNCADSA100v4Family', 'eastus'] },
  ],
  [
    'ErrCode_InsufficientVCPUQuota (LRO)',
    later(
      'ErrCode_InsufficientVCPUQuota',
      'Insufficient vcpu quota requested 2, remaining 0 for family StandardDasv7Family for region eastus.',
    ),
    { ...quota, says: ['need 2 vCPUs', 'have 0', 'StandardDasv7Family'] },
  ],
  [
    'QuotaExceeded',
    answer(
      409,
      'QuotaExceeded',
      'Operation results in exceeding quota limits of Core. Maximum allowed: 450, Current in use: 449, Additional requested: 8.',
    ),
    { ...quota, says: ['need 8 vCPUs', 'have 1 of 450'] },
  ],
  [
    'QuotaExceeded, no quota at all: an hour',
    answer(409, 'QuotaExceeded', 'Maximum allowed: 0, Current in use: 0, Additional requested: 8.'),
    { ...quota, pace: [hour, hour], says: ['need 8 vCPUs', 'have 0 of 0'] },
  ],
  [
    'OperationNotAllowed (quota text)',
    answer(
      409,
      'OperationNotAllowed',
      'Operation could not be completed as it results in exceeding approved standardDASv5Family Cores quota. Additional details - Location: eastus, Current Limit: 100, Current Usage: 96, Additional Required: 64, (Minimum) New Limit Required: 160.',
    ),
    { ...quota, says: ['need 64 vCPUs', 'have 4 of 100', 'standardDASv5Family', 'eastus'] },
  ],
  [
    'QuotaExceeded "Total Regional Cores"',
    answer(
      409,
      'OperationNotAllowed',
      'exceeding approved Total Regional Cores quota. Current Limit: 10, Current Usage: 8, Additional Required: 24',
    ),
    { ...quota, says: ['need 24 vCPUs', 'have 2 of 10', 'all sizes together'] },
  ],
  [
    'LowPriorityCores',
    answer(
      409,
      'OperationNotAllowed',
      'exceeding approved LowPriorityCores quota. Current Limit: 3, Current Usage: 3, Additional Required: 6',
    ),
    { ...quota, says: ['need 6 vCPUs', 'have 0 of 3', 'spot'] },
  ],
  [
    'SkuNotAvailable (409, in InvalidTemplateDeployment.details)',
    without({
      status: 400,
      code: 'InvalidTemplateDeployment',
      detailCodes: ['SkuNotAvailable'],
      armMessage:
        "The requested size for resource 'x' is currently not available in location 'eastus' zones '1,2,3' for subscription 's'.",
    }),
    {
      reason: 'SkuNotAvailable',
      kind: 'refused',
      pace: [hour, 23 * hour],
      says: ['eastus'],
      next: 'choose another size',
      capacity: true,
    },
  ],
  [
    'VMSizeNotSupported / BadRequest',
    answer(
      400,
      'BadRequest',
      "Virtual Machine size: 'Standard_NC6s_v3' is not supported for subscription s in location 'eastus'. aka.ms/aks/vm-size-selector",
    ),
    { ...size, says: ['Standard_NC6s_v3'] },
  ],
  [
    'BadRequest: not allowed in your subscription',
    answer(
      400,
      'BadRequest',
      "The VM size of AgentPoolProfile:x is not allowed in your subscription in location 'eastus'. aka.ms/cpu-quota",
    ),
    { ...size, says: ['not allowed in your subscription'] },
  ],
  [
    'BadRequest: restricted by AKS',
    answer(400, 'BadRequest', 'The VM SKUs chosen for agentpool(s) `AgentPoolProfile:test` are restricted by AKS.'),
    { ...size, says: ['restricted by AKS'] },
  ],
  ...[
    'AllocationFailed',
    'ZonalAllocationFailed',
    'OverconstrainedAllocationRequest',
    'OverconstrainedZonalAllocationRequest',
    'AksCapacityHeavyUsage',
  ].map((code): FailureRow => [
    `${code} (LRO)`,
    later(code, 'Allocation failed. We do not have sufficient capacity for the requested VM size in this region.'),
    { ...capacity, says: [code] },
  ]),
  [
    'SubnetIsFull',
    answer(400, 'SubnetIsFull', 'Subnet x does not have enough capacity for 31 IP addresses.'),
    {
      reason: 'SubnetFull',
      kind: 'refused',
      pace: [10 * minute, 30 * minute],
      says: ['31 more addresses'],
      next: 'enlarge it',
    },
  ],
  [
    'InsufficientSubnetSize',
    answer(400, 'InsufficientSubnetSize', 'Pre-allocated IPs 341 exceeds IPs available 251 in Subnet Cidr'),
    {
      reason: 'SubnetFull',
      kind: 'refused',
      pace: [10 * minute, 30 * minute],
      says: ['341 exceeds'],
      next: 'enlarge it',
    },
  ],
  [
    'AvailabilityZoneNotSupported',
    answer(400, 'AvailabilityZoneNotSupported', "The zone(s) '3' are not supported in location 'eastus'"),
    {
      reason: 'ZoneNotSupported',
      kind: 'refused',
      pace: [hour, 23 * hour],
      says: ['eastus'],
      next: 'ask for another zone',
    },
  ],
  [
    'InvalidParameter',
    answer(400, 'InvalidParameter', 'The value of parameter agentPoolProfile.nodeLabels is invalid'),
    { ...invalid, says: ['InvalidParameter', 'nodeLabels'] },
  ],
  ...['AgentPoolK8sVersionNotSupported', 'NodePoolMcVersionIncompatible', 'PropertyChangeNotAllowed'].map(
    (code): FailureRow => [code, answer(400, code, 'not that one'), { ...invalid, says: [code, 'not that one'] }],
  ),
  ...['InvalidOSSKU', 'VMSizeDoesNotSupportEphemeralOS', 'VMCannotFitEphemeralOSDisk'].map((code): FailureRow => [
    code,
    answer(400, code, 'not that one'),
    { ...invalid, says: [code, 'not that one'] },
  ]),
  [
    'ReconcileVMSSAgentPoolFailed: by its SubCode',
    later(
      'ReconcileVMSSAgentPoolFailed',
      'Category: ClientError; SubCode: TooManyRequests; Dependency: Microsoft.Compute/VirtualMachineScaleSet',
    ),
    {
      reason: 'Throttled',
      kind: 'throttled',
      pace: [5 * minute, 30 * minute],
      says: ['behind AKS'],
      next: 'tried again',
    },
  ],
  [
    'ReconcileVMSSAgentPoolFailed: capacity by its SubCode',
    later('ReconcileVMSSAgentPoolFailed', 'Category: ClientError; SubCode: ZonalAllocationFailed; Dependency: x'),
    { ...capacity, says: ['no machine of this size'] },
  ],
  [
    'ReconcileVMSSAgentPoolFailed "internal error"',
    later('ReconcileVMSSAgentPoolFailed', 'internal error'),
    {
      reason: 'AzureError',
      kind: 'retry',
      pace: [30 * second, 5 * minute],
      says: ['internal error'],
      next: 'tried again',
    },
  ],
  ...['NodesNotReady', 'VMExtensionProvisioningTimeout', 'VMExtensionProvisioningError', 'OSProvisioningTimedOut'].map(
    (code): FailureRow => [
      code,
      later(code, 'vmssCSE, exit status=50'),
      { ...bootstrap, says: [code, 'exit status=50'] },
    ],
  ),
  [
    'InternalOperationError (LRO)',
    later('InternalOperationError', 'it broke'),
    { reason: 'AzureError', kind: 'retry', pace: [30 * second, 5 * minute], says: ['it broke'], next: 'tried again' },
  ],
  [
    'too many pools',
    answer(
      400,
      'MaxAgentPoolsReached',
      'The cluster has 100 agent pools, and no more are allowed: the limit of agent pools is 100',
    ),
    {
      reason: 'PoolLimitReached',
      kind: 'refused',
      pace: [10 * minute, hour],
      says: ['100'],
      next: 'delete claims or pools',
    },
  ],
];
