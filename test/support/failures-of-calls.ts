// The catalogue (arm.md 1.10, and public threads): conflicts, patience, rights, and calls without an answer.
import { answer, hour, later, minute, second, throttled, without, type FailureRow } from './failure-rows.ts';

const looking = { reason: 'PoolChanged', kind: 'precondition', pace: [0, 15 * second], next: 'looking' } as const;
const busy = { reason: 'AzureBusy', kind: 'conflict', pace: [15 * second, minute], next: 'tried again' } as const;
const canceled = {
  reason: 'OperationCanceled',
  kind: 'conflict',
  pace: [15 * second, minute],
  next: 'looking',
} as const;
const token = { reason: 'AuthenticationFailed', kind: 'config', pace: [minute, 5 * minute] } as const;
const parent = {
  reason: 'ParentNotFound',
  kind: 'config',
  pace: [5 * minute, 15 * minute],
  next: 'check their names',
} as const;
const locked = { reason: 'ScopeLocked', kind: 'refused', pace: [10 * minute, hour], next: 'remove the lock' } as const;
const silent = {
  reason: 'AwaitingAzure',
  kind: 'unknownOutcome',
  pace: [5 * second, 5 * minute],
  next: 'looking what became',
} as const;

export const failuresOfCalls: readonly FailureRow[] = [
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
  ...['SetVNetOwnershipFailed', 'VirtualNetworkNotInSucceededState'].map((code): FailureRow => [
    code,
    answer(409, code, 'x'),
    { ...busy, pace: [30 * second, minute], says: [code] },
  ]),
  [
    'PodDrainFailure',
    later('PodDrainFailure', 'Drain node aks-x failed'),
    { reason: 'DrainFailed', kind: 'retry', pace: [minute, 10 * minute], says: ['drain'], next: 'tried again' },
  ],
  ...([500, 502, 503, 504, 408] as const).map((status): FailureRow => [
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
  ...['ECONNRESET', 'PARSE_ERROR', 'RequestTimeout'].map((code): FailureRow => [
    code,
    without({ code, armMessage: 'x' }),
    { ...silent, says: [code] },
  ]),
  [
    'Throttled 429 (AKS)',
    throttled(17 * second, 'The PutManagedClusterHandler.PUT request limit has been exceeded'),
    {
      reason: 'Throttled',
      kind: 'throttled',
      pace: [17 * second, hour],
      says: ['Throttled'],
      next: 'tried again by itself',
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
    answer(401, 'ExpiredAuthenticationToken', 'The access token expiry UTC time is earlier than current UTC time'),
    { ...token, pace: [5 * second, 5 * minute], says: ['ExpiredAuthenticationToken'], next: 'tried again with a new' },
  ],
  [
    'InvalidAuthenticationTokenTenant 401',
    answer(401, 'InvalidAuthenticationTokenTenant', 'The access token is from the wrong issuer'),
    { ...token, says: ['wrong issuer'], next: 'check tenant' },
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
  ...([401, 403, 404, 407] as const).map((status): FailureRow => [
    `${status} in HTML, of a proxy`,
    answer(status, `Http${status}`, 'Access to management.azure.com is blocked', 'list'),
    {
      reason: 'AwaitingAzure',
      kind: 'retry',
      pace: [5 * second, 5 * minute],
      says: [`(Http${status})`, 'is blocked'],
      next: 'check proxy and firewall',
    },
  ]),
  [
    'ScopeLocked 409 on DELETE',
    answer(
      409,
      'ScopeLocked',
      "The scope '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/mc/agentPools/ws1' cannot perform delete operation because following scope(s) are locked: '/subscriptions/s/resourceGroups/rg'. Please remove the lock and try again.",
      'delete',
    ),
    { ...locked, says: ['A lock on resourceGroups/rg forbids this'] },
  ],
  [
    'ScopeLocked without the scope, on PUT',
    answer(409, 'ScopeLocked', 'The scope is locked'),
    { ...locked, says: ['A lock on the cluster', 'The scope is locked'] },
  ],
  [
    'ScopeLocked of a pool that failed',
    later(
      'ReconcileVMSSAgentPoolFailed',
      "Category: ClientError; SubCode: ScopeLocked; following scope(s) are locked: '/subscriptions/s/resourceGroups/MC_rg'",
    ),
    { ...locked, says: ['A lock on resourceGroups/MC_rg'] },
  ],
  [
    'ReadOnlyDisabledSubscription 409',
    answer(
      409,
      'ReadOnlyDisabledSubscription',
      "The subscription 's' is disabled and therefore marked as read only. You cannot perform any write actions on this subscription until it is re-enabled.",
    ),
    {
      reason: 'SubscriptionDisabled',
      kind: 'config',
      pace: [10 * minute, hour],
      says: ['is disabled', 'marked as read only'],
      next: 'enable the subscription',
    },
  ],
  [
    'RequestDisallowedByAzure 403',
    answer(
      403,
      'RequestDisallowedByAzure',
      "Resource 'ws1' was disallowed by Azure: This policy maintains a set of best available regions where your subscription can deploy resources.",
    ),
    {
      reason: 'PolicyDenied',
      kind: 'refused',
      pace: [10 * minute, hour],
      says: ['Azure itself forbids', 'best available regions'],
      next: 'ask Azure support',
    },
  ],
  [
    'NoRegisteredProviderFound 400 of a LIST',
    answer(
      400,
      'NoRegisteredProviderFound',
      "No registered resource provider found for location 'australiaeast' and API version '2024-01-01' for type 'managedClusters'. The supported api-versions are '2017-08-31, 2018-03-31'.",
      'list',
    ),
    {
      reason: 'ApiVersionNotOffered',
      kind: 'config',
      pace: [minute, 15 * minute],
      says: ['version of its API'],
      next: 'should it stay, check cloud and release',
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
  ...['SubscriptionNotFound', 'ResourceGroupNotFound', 'ResourceNotFound'].map((code): FailureRow => [
    `${code} 404`,
    answer(404, code, "'mc' was not found", 'delete'),
    { ...parent, says: [code, 'mc'] },
  ]),
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
