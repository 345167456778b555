// Every row of the catalogue of ARM's errors (arm.md 1.10) and of what public threads report of AKS: the reason, the numbers and
// the next step in the first 200 bytes, and a pace of its own.
import { describe, expect, it } from 'vitest';
import { ArmError, ArmNotNow, type ArmFailure, type ArmOperation } from './arm-errors.ts';
import { causeTable } from './cause-table.ts';
import type { Cause, CauseKind } from './cause.ts';
import { causeOf, causeOfProvisioning } from './causes.ts';
import { headlineWithStep } from './headline.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

interface Expected {
  readonly reason: string;
  readonly kind: CauseKind;
  /** Of its beginning and of its longest. */
  readonly pace: readonly [minMs: number, maxMs: number];
  /** What the headline must say, numbers and names. */
  readonly says: readonly string[];
  /** The beginning of the next step. */
  readonly next: string;
  readonly capacity?: boolean;
}

type Row = readonly [row: string, cause: () => Cause, expected: Expected];

/** An answer to a PUT, unless another operation is named. */
function answer(status: number, code: string, armMessage: string, operation: ArmOperation = 'create'): () => Cause {
  return () => causeOf(new ArmError({ operation, pool: 'ws1' }, { status, code, armMessage }));
}

/** A pool that Azure accepted and that failed later. */
function later(code: string, message: string): () => Cause {
  return () => causeOfProvisioning({ code, message });
}

function without(failure: ArmFailure): () => Cause {
  return () => causeOf(new ArmError({ operation: 'create', pool: 'ws1' }, failure));
}

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
const looking = { reason: 'PoolChanged', kind: 'precondition', pace: [0, 15 * second], next: 'looking' } as const;
const busy = { reason: 'AzureBusy', kind: 'conflict', pace: [15 * second, minute], next: 'tried again' } as const;
const canceled = {
  reason: 'OperationCanceled',
  kind: 'conflict',
  pace: [15 * second, minute],
  next: 'looking',
} as const;
const bootstrap = {
  reason: 'NodeBootstrapFailed',
  kind: 'refused',
  pace: [5 * minute, 10 * minute],
  next: 'it is removed and tried again',
} as const;
const parent = {
  reason: 'ParentNotFound',
  kind: 'config',
  pace: [5 * minute, 15 * minute],
  next: 'check their names',
} as const;
const invalid = {
  reason: 'InvalidParameter',
  kind: 'refused',
  pace: [10 * minute, hour],
  next: 'correct the claim',
} as const;
const silent = {
  reason: 'AwaitingAzure',
  kind: 'unknownOutcome',
  pace: [5 * second, 5 * minute],
  next: 'looking what became',
} as const;

const catalogue: readonly Row[] = [
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
  ].map((code): Row => [
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
    (code): Row => [code, answer(400, code, 'not that one'), { ...invalid, says: [code, 'not that one'] }],
  ),
  ...['InvalidOSSKU', 'VMSizeDoesNotSupportEphemeralOS', 'VMCannotFitEphemeralOSDisk'].map((code): Row => [
    code,
    answer(400, code, 'not that one'),
    { ...invalid, says: [code, 'not that one'] },
  ]),
  [
    'OperationNotAllowed in-progress: another pool',
    answer(
      409,
      'OperationNotAllowed',
      'Operation is not allowed: Another agentpool operation (nodepool1 - Creating) is in progress, please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details',
    ),
    { ...busy, says: ['nodepool1 - Creating'] },
  ],
  [
    'OperationNotAllowed in-progress: the cluster, PutExtensionAddonHandler',
    answer(
      409,
      'OperationNotAllowed',
      'Operation is not allowed: Another operation (PutExtensionAddonHandler) is in progress',
    ),
    { ...busy, says: ['PutExtensionAddonHandler'] },
  ],
  [
    'OperationNotAllowed in-progress: this pool',
    answer(
      409,
      'OperationNotAllowed',
      'Operation is not allowed: Another agentpool operation (ws1 - Creating) is in progress',
    ),
    { ...looking, says: ['already being worked on'] },
  ],
  [
    'OperationNotAllowed "in progress create node pool operation"',
    answer(
      409,
      'OperationNotAllowed',
      "Operation is not allowed because there's an in progress create node pool operation",
    ),
    { ...looking, says: ['already being worked on'] },
  ],
  [
    'EtagMismatch',
    answer(409, 'EtagMismatch', 'Operation is not allowed: Another operation is in progress', 'delete'),
    { ...looking, says: ['changed'] },
  ],
  [
    'OriginalEtagNotExpect',
    answer(409, 'OriginalEtagNotExpect', 'the original etag is not as expected', 'delete'),
    { ...looking, says: ['changed'] },
  ],
  ['412 PreconditionFailed on PUT', answer(412, 'PreconditionFailed', 'x'), { ...looking, says: ['exists already'] }],
  [
    '412 PreconditionFailed on DELETE',
    answer(412, 'PreconditionFailed', 'x', 'delete'),
    { ...looking, says: ['changed'] },
  ],
  [
    'AKSOperationPreemptedByDelete',
    later('AKSOperationPreemptedByDelete', 'This operation has been preempted by Deleting operation.'),
    { ...canceled, says: ['preempted by Deleting'] },
  ],
  [
    'Canceled: overriden and canceled by a later operation',
    later('Canceled', 'The operation was overriden and canceled by a later operation 7e.'),
    { ...canceled, says: ['canceled by a later one'] },
  ],
  [
    'overriden and canceled by a later operation, under another code',
    later('OperationError', 'The operation was overriden and canceled by a later operation 7e.'),
    { ...canceled, says: ['OperationError'] },
  ],
  ...['SetVNetOwnershipFailed', 'VirtualNetworkNotInSucceededState'].map((code): Row => [
    code,
    answer(409, code, 'x'),
    { ...busy, pace: [30 * second, minute], says: [code] },
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
    (code): Row => [code, later(code, 'vmssCSE, exit status=50'), { ...bootstrap, says: [code, 'exit status=50'] }],
  ),
  [
    'PodDrainFailure',
    later('PodDrainFailure', 'Drain node aks-x failed'),
    { reason: 'DrainFailed', kind: 'retry', pace: [minute, 10 * minute], says: ['drain'], next: 'tried again' },
  ],
  ...([500, 502, 503, 504, 408] as const).map((status): Row => [
    `${status}`,
    answer(status, 'InternalServerError', 'it broke'),
    {
      reason: 'AzureError',
      kind: 'unknownOutcome',
      pace: [5 * second, 5 * minute],
      says: ['InternalServerError', 'it broke'],
      next: 'tried again',
    },
  ]),
  [
    'InternalOperationError (LRO)',
    later('InternalOperationError', 'it broke'),
    { reason: 'AzureError', kind: 'retry', pace: [30 * second, 5 * minute], says: ['it broke'], next: 'tried again' },
  ],
  ...['ECONNRESET', 'PARSE_ERROR', 'RequestTimeout'].map((code): Row => [
    code,
    without({ code, armMessage: 'x' }),
    { ...silent, says: [code] },
  ]),
  [
    'Throttled 429 (AKS)',
    () => {
      const failure = {
        status: 429,
        code: 'Throttled',
        armMessage: 'The PutManagedClusterHandler.PUT request limit has been exceeded',
      };
      const said = new ArmError({ operation: 'create', pool: 'ws1' }, failure);
      return causeOf(new ArmNotNow('x', { retryAfterMs: 17 * second, answer: said }));
    },
    {
      reason: 'Throttled',
      kind: 'throttled',
      pace: [17 * second, hour],
      says: ['Throttled'],
      next: 'next try in 17 s',
    },
  ],
  [
    'SubscriptionRequestsThrottled 429 (ARM), without Retry-After',
    answer(429, 'SubscriptionRequestsThrottled', 'Number of requests for subscription s exceeded the limit'),
    {
      reason: 'Throttled',
      kind: 'throttled',
      pace: [30 * second, 5 * minute],
      says: ['SubscriptionRequests'],
      next: 'tried again',
    },
  ],
  [
    'ExpiredAuthenticationToken 401',
    answer(
      401,
      'ExpiredAuthenticationToken',
      "The access token expiry UTC time '1' is earlier than current UTC time '2'",
    ),
    {
      reason: 'AuthenticationFailed',
      kind: 'config',
      pace: [minute, 5 * minute],
      says: ['ExpiredAuthenticationToken'],
      next: 'check tenant',
    },
  ],
  [
    'AADSTS700213, CredentialUnavailableError',
    without({ code: 'CredentialFailed', armMessage: 'AADSTS700213: No matching federated identity record found' }),
    {
      reason: 'AuthenticationFailed',
      kind: 'config',
      pace: [minute, 5 * minute],
      says: ['AADSTS700213'],
      next: 'check the federated',
    },
  ],
  [
    'AuthorizationFailed 403',
    answer(
      403,
      'AuthorizationFailed',
      "The client 'c' with object id 'o' does not have authorization to perform action 'Microsoft.ContainerService/managedClusters/agentPools/write' over scope '/subscriptions/s'",
    ),
    {
      reason: 'AuthorizationFailed',
      kind: 'config',
      pace: [minute, 5 * minute],
      says: ['agentPools/write'],
      next: 'give it a role',
    },
  ],
  [
    'LinkedAuthorizationFailed 403',
    answer(
      403,
      'LinkedAuthorizationFailed',
      "has permission to perform action 'a/write' on scope '/x'; however, it does not have permission to perform action(s) 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope(s) '/v/subnets/gpu' (respectively)",
    ),
    {
      reason: 'AuthorizationFailed',
      kind: 'config',
      pace: [5 * minute, 15 * minute],
      says: ['subnets/join/action', 'subnets/gpu'],
      next: 'give it a role',
    },
  ],
  [
    'RequestDisallowedByPolicy',
    answer(
      403,
      'RequestDisallowedByPolicy',
      'Resource \'ws1\' was disallowed by policy. Policy identifiers: \'[{"policyAssignment":{"name":"Require a cost tag","id":"/x"}}]\'',
    ),
    {
      reason: 'PolicyDenied',
      kind: 'refused',
      pace: [10 * minute, hour],
      says: ['"Require a cost tag"'],
      next: 'exempt it',
    },
  ],
  [
    'MissingSubscriptionRegistration',
    answer(
      409,
      'MissingSubscriptionRegistration',
      "The subscription is not registered to use namespace 'Microsoft.Compute'",
    ),
    {
      reason: 'SubscriptionNotRegistered',
      kind: 'config',
      pace: [10 * minute, hour],
      says: ['Microsoft.Compute'],
      next: 'register it',
    },
  ],
  ...['SubscriptionNotFound', 'ResourceGroupNotFound', 'ResourceNotFound'].map((code): Row => [
    `${code} 404`,
    answer(404, code, "'mc' was not found", 'delete'),
    { ...parent, says: [code, 'mc'] },
  ]),
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
  [
    'the last system pool',
    answer(409, 'OperationNotAllowed', 'There has to be at least one system agent pool.', 'delete'),
    {
      reason: 'LastPool',
      kind: 'refused',
      pace: [10 * minute, hour],
      says: ['last pool'],
      next: 'give the cluster another',
    },
  ],
  [
    'a stopped cluster',
    answer(409, 'OperationNotAllowed', 'Operation is not allowed: the managed cluster is stopped'),
    { ...busy, pace: [30 * second, 5 * minute], says: ['stopped'], next: 'start it' },
  ],
];

describe('causeOf, row by row of the catalogue', () => {
  it.each(catalogue)('%s', (_row, causeIn, { reason, kind, pace, says, next, capacity: isCapacity = false }) => {
    const cause = causeIn();
    const [minMs, maxMs] = pace;
    expect(cause).toMatchObject({ reason, kind, capacity: isCapacity, retry: { minMs, maxMs } });
    for (const words of says) expect(cause.headline).toContain(words);
    expect(cause.headline).toContain(`; ${next}`);
    expect(Buffer.byteLength(cause.headline)).toBeLessThanOrEqual(200);
  });
});

describe('causeTable', () => {
  it('has no row that the catalogue leaves out', () => {
    const reasons = new Set(catalogue.map(([, , { reason }]) => reason));
    expect(causeTable.filter(({ reason }) => !reasons.has(reason))).toEqual([]);
  });

  it.each(causeTable)('keeps the next step of $reason, however long Azure talks', ({ what, next, quote }) => {
    const told = { code: 'C'.repeat(120), text: 'é'.repeat(400), action: 'a/'.repeat(90), policy: 'p'.repeat(80) };
    const step = typeof next === 'string' ? next : next(told);
    const row = { what: what(told), next: step, quote: quote?.(told) };
    expect(step).not.toBe('');
    expect(headlineWithStep(row)).toContain(`; ${step}`);
    expect(Buffer.byteLength(headlineWithStep(row))).toBeLessThanOrEqual(200);
  });
});
