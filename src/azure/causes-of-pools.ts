// Rows of the error table about the pool that was asked for: quota, capacity, size, network, nodes, and the rest.
import { at, byItself, hour, itsText, minute, second, type CauseRow, type Told } from './cause-row.ts';

const quotaText = /Cores quota|Total Regional Cores|LowPriorityCores|New Limit Required|request for Quota increase/i;

const ofSize = ({ size }: Told): string => size ?? 'this size';

// What a quota that is not a family's counts.
const quotaNames: ReadonlyMap<string, string> = new Map([
  ['total regional', 'all sizes together'],
  ['lowpriority', 'spot'],
]);

function quotaUsedUp({ need, left, limit, family, region }: Told): string {
  const facts = [
    ...(need === undefined ? [] : [`need ${need} vCPUs`]),
    ...(left === undefined ? [] : [limit === undefined ? `have ${left}` : `have ${left} of ${limit}`]),
    ...(family === undefined ? [] : [`for ${quotaNames.get(family.toLowerCase()) ?? family}`]),
    ...(region === undefined ? [] : [`in ${region}`]),
  ];
  return `Quota is used up${facts.length === 0 ? '' : `: ${facts.join(', ')}`}`;
}

const askForQuota = `ask for more under Quotas in the Azure portal, it is ${byItself}`;

/** In this order; the last row takes everything. Long retry times are those that Karpenter's Azure provider uses. */
export const causesOfPools: readonly CauseRow[] = [
  {
    reason: 'QuotaExceeded',
    kind: 'refused',
    codes: ['ErrCode_InsufficientVCPUQuota', 'QuotaExceeded'],
    retry: [10 * minute, hour],
    what: quotaUsedUp,
    next: askForQuota,
  },
  {
    reason: 'QuotaExceeded',
    kind: 'refused',
    text: quotaText,
    retry: [10 * minute, hour],
    what: quotaUsedUp,
    next: askForQuota,
  },
  {
    reason: 'InsufficientCapacity',
    kind: 'refused',
    codes: [
      'AllocationFailed',
      'ZonalAllocationFailed',
      'OverconstrainedAllocationRequest',
      'OverconstrainedZonalAllocationRequest',
      'AksCapacityHeavyUsage',
    ],
    capacity: true,
    retry: [10 * minute, hour],
    what: (told) => `Azure has no ${told.size ?? 'machine of this size'} to give${at(told)} now (${told.code})`,
    next: `${byItself}, another size or zone may be quicker`,
  },
  {
    reason: 'SkuNotAvailable',
    kind: 'refused',
    codes: ['SkuNotAvailable'],
    capacity: true,
    retry: [hour, 23 * hour],
    what: (told) => `${told.size ?? 'This size'} is not offered to this subscription${at(told)}`,
    next: 'choose another size or ask Azure for access',
  },
  {
    reason: 'VMSizeNotSupported',
    kind: 'refused',
    codes: ['VMSizeNotSupported'],
    retry: [hour, 23 * hour],
    what: (told) => `AKS does not support ${ofSize(told)} for this subscription${at(told)}`,
    next: 'choose another size',
  },
  {
    reason: 'VMSizeNotSupported',
    kind: 'refused',
    text: /is not supported for subscription|is not allowed in your subscription|restricted by AKS/i,
    retry: [hour, 23 * hour],
    what: (told) => `AKS does not take ${ofSize(told)} here`,
    next: 'choose another size',
    quote: itsText,
  },
  {
    reason: 'SubnetFull',
    kind: 'refused',
    codes: ['SubnetIsFull', 'InsufficientSubnetSize'],
    retry: [10 * minute, 30 * minute],
    what: ({ addresses }) =>
      `The subnet has no room for ${addresses === undefined ? 'the node' : `${addresses} more addresses`}`,
    next: 'enlarge it or remove nodes',
    quote: ({ addresses, text }) => (addresses === undefined ? text : undefined),
  },
  {
    reason: 'ZoneNotSupported',
    kind: 'refused',
    codes: ['AvailabilityZoneNotSupported'],
    retry: [hour, 23 * hour],
    what: (told) => `The zone asked for does not offer ${ofSize(told)}${at(told)}`,
    next: 'ask for another zone or none',
  },
  {
    reason: 'PoolLimitReached',
    kind: 'refused',
    text: /(maximum|limit|exceed|more than)[^.]*\b(agent|node) ?pools?\b/i,
    retry: [10 * minute, hour],
    what: () => 'The cluster has as many pools as AKS allows (100)',
    next: 'delete claims or pools that nobody needs',
    quote: itsText,
  },
  {
    reason: 'NodeBootstrapFailed',
    kind: 'refused',
    codes: [
      'NodesNotReady',
      'VMExtensionProvisioningTimeout',
      'VMExtensionProvisioningError',
      'OSProvisioningTimedOut',
    ],
    retry: [5 * minute, 10 * minute],
    what: ({ code }) => `The machine was made but did not become a node (${code})`,
    next: 'it is removed and tried again; check egress, DNS and custom images',
    quote: itsText,
  },
  {
    reason: 'DrainFailed',
    kind: 'retry',
    codes: ['PodDrainFailure'],
    retry: [minute, 10 * minute],
    what: () => 'AKS could not drain the node',
    next: `${byItself}; remove the pods or budgets that block it`,
    quote: itsText,
  },
  {
    reason: 'AzureError',
    kind: 'retry',
    status: 'server',
    mayHaveRun: true,
    retry: [5 * second, 5 * minute],
    what: ({ code }) => `Azure failed (${code})`,
    next: byItself,
    quote: itsText,
  },
  {
    reason: 'AzureError',
    kind: 'retry',
    codes: ['InternalServerError', 'InternalOperationError', 'ReconcileVMSSAgentPoolFailed'],
    retry: [30 * second, 5 * minute],
    what: ({ code }) => `Azure failed (${code})`,
    next: byItself,
    quote: itsText,
  },
  {
    reason: 'InvalidParameter',
    kind: 'refused',
    codes: [
      'InvalidParameter',
      'BadRequest',
      'InvalidOSSKU',
      'InvalidRequestContent',
      'VMSizeDoesNotSupportEphemeralOS',
      'VMCannotFitEphemeralOSDisk',
      'AgentPoolK8sVersionNotSupported',
      'NodePoolMcVersionIncompatible',
      'PropertyChangeNotAllowed',
    ],
    retry: [10 * minute, hour],
    what: ({ code }) => `AKS refuses the pool (${code})`,
    next: 'correct the claim or the cluster',
    quote: itsText,
  },
  {
    reason: 'InvalidParameter',
    kind: 'refused',
    status: [400],
    retry: [10 * minute, hour],
    what: ({ code }) => `AKS refuses the pool (${code})`,
    next: 'correct the claim or the cluster',
    quote: itsText,
  },
  {
    reason: 'AzureBusy',
    kind: 'conflict',
    status: [409],
    retry: [15 * second, minute],
    what: ({ code }) => `The cluster is busy (${code})`,
    next: byItself,
    quote: itsText,
  },
  {
    reason: 'AzureError',
    kind: 'retry',
    retry: [30 * second, 10 * minute],
    what: ({ code }) => `Azure failed (${code})`,
    next: byItself,
    quote: itsText,
  },
];
