// Rows of the error table about the call itself: the way to ARM, its patience, our rights, and others at work.
import { localCodes } from './arm-errors.ts';
import { hour, minute, second, type CauseRow } from './cause-row.ts';

const inProgress = /in progress|another operation|aks-pending-operation|since deletion was issued/i;

/** In this order. */
export const causesOfCalls: readonly CauseRow[] = [
  {
    reason: 'AuthenticationFailed',
    kind: 'config',
    codes: [localCodes.credential],
    retry: [minute, 5 * minute],
    headline: (told) =>
      `No token for Azure${told.aadCode === undefined ? '' : ` (${told.aadCode})`}: check the federated credential or managed identity and its client id: ${told.text}`,
  },
  {
    reason: 'AwaitingAzure',
    kind: 'retry',
    status: 'none',
    codes: [
      'ECONNREFUSED',
      'ENOTFOUND',
      'EAI_AGAIN',
      'EHOSTUNREACH',
      'ENETUNREACH',
      'CERT_HAS_EXPIRED',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    retry: [5 * second, 5 * minute],
    headline: ({ code }) =>
      `Azure Resource Manager cannot be reached (${code}): check network, DNS, proxy and certificates`,
  },
  {
    reason: 'AwaitingAzure',
    kind: 'retry',
    status: 'none',
    mayHaveRun: true,
    retry: [5 * second, 5 * minute],
    headline: ({ code }) => `Azure gave no answer (${code}); looking what became of the request`,
  },
  {
    reason: 'AzureError',
    kind: 'retry',
    codes: [localCodes.malformed],
    mayHaveRun: true,
    retry: [15 * second, 5 * minute],
    headline: ({ text }) => `Azure answered what cannot be understood: ${text}`,
  },
  {
    reason: 'Throttled',
    kind: 'throttled',
    status: [429],
    retry: [30 * second, 5 * minute],
    headline: ({ code, waitSeconds }) =>
      `Azure limits the rate of requests (${code}); ${waitSeconds === undefined ? 'tried again by itself' : `next try in ${waitSeconds} s`}`,
  },
  {
    reason: 'Throttled',
    kind: 'throttled',
    codes: ['TooManyRequests', 'Throttled', 'SubscriptionRequestsThrottled'],
    retry: [5 * minute, 30 * minute],
    headline: ({ code }) => `Azure limits the rate of requests behind AKS (${code}); tried again by itself`,
  },
  {
    reason: 'AuthenticationFailed',
    kind: 'config',
    status: [401],
    retry: [minute, 5 * minute],
    headline: (told) =>
      `Azure does not accept our token (${told.code}): check tenant, cloud and the pod's clock: ${told.text}`,
  },
  {
    reason: 'PolicyDenied',
    kind: 'refused',
    codes: ['RequestDisallowedByPolicy'],
    retry: [10 * minute, hour],
    headline: ({ policy, text }) =>
      policy === undefined
        ? `An Azure Policy forbids this pool; exempt it or meet the policy: ${text}`
        : `Azure Policy "${policy}" forbids this pool; exempt it or meet the policy`,
  },
  {
    reason: 'SubscriptionNotRegistered',
    kind: 'config',
    codes: ['MissingSubscriptionRegistration'],
    retry: [10 * minute, hour],
    headline: ({ text }) => `The subscription is not registered for a resource provider that AKS needs: ${text}`,
  },
  {
    reason: 'AuthorizationFailed',
    kind: 'config',
    codes: ['LinkedAuthorizationFailed'],
    retry: [5 * minute, 15 * minute],
    headline: ({ action, linked, text }) =>
      action === undefined || linked === undefined
        ? `The identity may not join a linked resource (subnet, reservation or identity): ${text}`
        : `The identity lacks the action ${action} on ${linked}: give it a role there; a new role takes minutes to count`,
  },
  {
    reason: 'AuthorizationFailed',
    kind: 'config',
    status: [403],
    retry: [minute, 5 * minute],
    headline: ({ action, text }) =>
      action === undefined
        ? `The identity lacks a role on the cluster: ${text}`
        : `The identity lacks the action ${action}: give it a role on the cluster that has it; a new role takes minutes to count`,
  },
  {
    reason: 'ParentNotFound',
    kind: 'config',
    status: [404],
    retry: [5 * minute, 15 * minute],
    headline: ({ code, text }) =>
      `Subscription, resource group or cluster not found (${code}): check their names: ${text}`,
  },
  {
    reason: 'PoolChanged',
    kind: 'precondition',
    status: [412],
    operation: 'create',
    retry: [0, 15 * second],
    headline: () => 'A pool of this name exists already; looking whose it is',
  },
  {
    reason: 'PoolChanged',
    kind: 'precondition',
    status: [412],
    retry: [0, 15 * second],
    headline: () => 'The pool changed since it was last looked at; looking again',
  },
  {
    reason: 'PoolChanged',
    kind: 'precondition',
    codes: ['EtagMismatch', 'OriginalEtagNotExpect', 'PreconditionFailed'],
    retry: [0, 15 * second],
    headline: () => 'Pool or cluster changed since it was last looked at; looking again',
  },
  {
    reason: 'PoolChanged',
    kind: 'precondition',
    text: inProgress,
    operation: 'create',
    namesPool: true,
    retry: [0, 15 * second],
    headline: () => 'A pool of this name is already being worked on; looking at it',
  },
  {
    reason: 'AzureBusy',
    kind: 'conflict',
    codes: ['OperationNotAllowed', 'Conflict', 'OperationPreempted'],
    text: inProgress,
    retry: [15 * second, minute],
    headline: ({ text }) => `Waiting for another operation on the cluster: ${text}`,
  },
  {
    reason: 'AzureBusy',
    kind: 'conflict',
    codes: ['OperationNotAllowed'],
    text: /\b(stopped|stopping|starting)\b/i,
    retry: [30 * second, 5 * minute],
    headline: ({ text }) => `The cluster is stopped, or on its way from or to that; start it: ${text}`,
  },
  {
    reason: 'AzureBusy',
    kind: 'conflict',
    codes: ['SetVNetOwnershipFailed', 'VirtualNetworkNotInSucceededState'],
    retry: [30 * second, minute],
    headline: ({ code }) => `Waiting for another change of the virtual network to end (${code})`,
  },
  {
    reason: 'OperationCanceled',
    kind: 'conflict',
    codes: ['AKSOperationPreempted', 'AKSOperationPreemptedByDelete', 'Canceled', 'OperationPreempted'],
    retry: [15 * second, minute],
    headline: ({ text }) => `The operation was canceled by a later one: ${text}`,
  },
  {
    reason: 'LastPool',
    kind: 'refused',
    text: /at least one (system )?agent pool/i,
    retry: [10 * minute, hour],
    headline: ({ text }) => `AKS keeps the last pool of its kind: ${text}`,
  },
];
