// Rows of the error table about what Azure allows us: our token, our rights, policies, locks, subscription and names.
import { hour, itsText, minute, second, type CauseRow } from './cause-row.ts';

/** In this order. */
export const causesOfRights: readonly CauseRow[] = [
  {
    // ARM names a code whenever it refuses; without one it was a proxy or a firewall, which knows nothing of rights.
    reason: 'AwaitingAzure',
    kind: 'retry',
    codes: ['Http401', 'Http403', 'Http404', 'Http407'],
    retry: [5 * second, 5 * minute],
    what: ({ code }) => `Something on the way answers instead of Azure (${code})`,
    next: 'check proxy and firewall',
    quote: itsText,
  },
  {
    reason: 'AuthenticationFailed',
    kind: 'config',
    status: [401],
    codes: ['ExpiredAuthenticationToken'],
    retry: [5 * second, 5 * minute],
    what: ({ code }) => `Azure does not accept our token any more (${code})`,
    next: "tried again with a new one; should it stay, check the pod's clock",
  },
  {
    reason: 'AuthenticationFailed',
    kind: 'config',
    status: [401],
    retry: [minute, 5 * minute],
    what: ({ code }) => `Azure does not accept our token (${code})`,
    next: "check tenant, cloud and the pod's clock",
    quote: itsText,
  },
  {
    reason: 'PolicyDenied',
    kind: 'refused',
    codes: ['RequestDisallowedByPolicy'],
    retry: [10 * minute, hour],
    what: ({ policy }) =>
      policy === undefined ? 'An Azure Policy forbids this pool' : `Azure Policy "${policy}" forbids this pool`,
    next: 'exempt it or meet the policy',
    quote: ({ policy, text }) => (policy === undefined ? text : undefined),
  },
  {
    // Also as the cause of a pool that failed: the lock may be on the group of its machines.
    reason: 'ScopeLocked',
    kind: 'refused',
    codes: ['ScopeLocked'],
    retry: [10 * minute, hour],
    what: ({ locked }) => `A lock on ${locked ?? 'the cluster or a group of its resources'} forbids this`,
    next: 'remove the lock',
    quote: ({ locked, text }) => (locked === undefined ? text : undefined),
  },
  {
    reason: 'SubscriptionDisabled',
    kind: 'config',
    codes: ['ReadOnlyDisabledSubscription'],
    retry: [10 * minute, hour],
    what: () => 'The subscription is disabled, and nothing in it can be changed',
    next: 'enable the subscription',
    quote: itsText,
  },
  {
    // Azure's own limits of a subscription, often its regions; nobody can be exempted from them.
    reason: 'PolicyDenied',
    kind: 'refused',
    codes: ['RequestDisallowedByAzure'],
    retry: [10 * minute, hour],
    what: () => 'Azure itself forbids this subscription the pool',
    next: 'ask Azure support',
    quote: itsText,
  },
  {
    reason: 'ApiVersionNotOffered',
    kind: 'config',
    codes: ['NoRegisteredProviderFound'],
    // Now and then it is so for minutes, while AKS rolls out a newer version (github.com/Azure/azure-cli/issues/28368).
    retry: [minute, 15 * minute],
    what: () => 'Azure does not offer the version of its API that is asked for',
    next: 'should it stay, check cloud and release',
    quote: itsText,
  },
  {
    reason: 'SubscriptionNotRegistered',
    kind: 'config',
    codes: ['MissingSubscriptionRegistration'],
    retry: [10 * minute, hour],
    what: () => 'The subscription is not registered for a resource provider that AKS needs',
    next: 'register it with "az provider register"',
    quote: itsText,
  },
  {
    reason: 'AuthorizationFailed',
    kind: 'config',
    codes: ['LinkedAuthorizationFailed'],
    retry: [5 * minute, 15 * minute],
    what: ({ action, linked }) =>
      action === undefined || linked === undefined
        ? 'The identity may not join a linked resource (subnet, reservation or identity)'
        : `The identity lacks the action ${action} on ${linked}`,
    next: 'give it a role there; a new role takes minutes to count',
    quote: ({ action, linked, text }) => (action === undefined || linked === undefined ? text : undefined),
  },
  {
    reason: 'AuthorizationFailed',
    kind: 'config',
    status: [403],
    retry: [minute, 5 * minute],
    what: ({ action }) =>
      action === undefined ? 'The identity lacks a role on the cluster' : `The identity lacks the action ${action}`,
    next: 'give it a role on the cluster that has it; a new role takes minutes to count',
    quote: ({ action, text }) => (action === undefined ? text : undefined),
  },
  {
    reason: 'ParentNotFound',
    kind: 'config',
    status: [404],
    retry: [5 * minute, 15 * minute],
    what: ({ code }) => `Subscription, resource group or cluster not found (${code})`,
    next: 'check their names',
    quote: itsText,
  },
];
