// Every reason that the error table can give, with its guide. The rows of the table are typed by it, so none is without.
import type { Guide } from '../apis/guide.ts';

export const causeGuides = {
  ApiVersionNotOffered: {
    means:
      'Azure does not offer the version of the AKS API that the controller speaks, in this cloud or region, or not at this moment.',
    todo: 'Nothing, if it passes within minutes: it is so while AKS brings out a newer version. If it stays, check settings.azure.cloud of the chart, and install the newest release.',
  },
  AuthenticationFailed: {
    means: 'Azure gave no token to the controller, or does not accept the one it has.',
    todo: 'Run "gpu-provisioner doctor": it shows the issuer, subject and audience that the federated credential must have. Check tenant, client id and cloud too.',
  },
  AuthorizationFailed: {
    means: 'The identity of the controller lacks a right in Azure; the message names the action.',
    todo: 'Give it the role of docs/azure-role.json on the cluster, or the named action where the message says. A new role takes some minutes to count.',
  },
  AwaitingAzure: {
    means:
      'Azure has not answered yet, or cannot be reached, or a proxy answers instead of it; nothing is concluded until it does.',
    todo: 'Nothing, if it passes within minutes. If it stays, check egress, DNS, proxy and certificates of the pod, and the status of Azure.',
  },
  AzureBusy: {
    means: 'Azure is at work on the cluster, its network or this pool, and takes no other request meanwhile.',
    todo: 'Nothing: it is tried again by itself. If the message says that the cluster is stopped, start it with "az aks start".',
  },
  AzureError: {
    means: 'Azure failed for a cause of its own, or answered what cannot be understood.',
    todo: "Nothing at first: it is tried again by itself. If it stays, give the request id in the claim's message to Azure support.",
  },
  DrainFailed: {
    means: 'AKS itself could not drain the node of the pool.',
    todo: 'Remove the pods or PodDisruptionBudgets that block it; it is tried again by itself.',
  },
  InsufficientCapacity: {
    means: 'Azure has no machine of this size to give in this region now. Quota does not help.',
    todo: 'Wait: it is tried again every 10 minutes to every hour. Another size, region or a capacity reservation may be quicker.',
  },
  InvalidParameter: {
    means: 'AKS refuses the pool as it was asked for; the message quotes it.',
    todo: 'Correct the claim (delete it and create it anew) or the setting of the cluster that the message names.',
  },
  LastPool: {
    means: 'AKS keeps the last pool of its kind in a cluster.',
    todo: 'Give the cluster another pool of this mode, then the deletion goes on by itself.',
  },
  NodeBootstrapFailed: {
    means: 'The machine was made, and did not become a node in time.',
    todo: 'Check egress rules, DNS and custom images: a new node must reach its image registry and the API server. The pool is removed and tried again by itself.',
  },
  OperationCanceled: {
    means: 'A later operation in Azure took the place of this one.',
    todo: 'Nothing: what became of it is looked at, and it is tried again by itself. If it goes on, look who else changes the pools of the cluster.',
  },
  ParentNotFound: {
    means: 'The subscription, resource group or cluster that the controller was told does not exist.',
    todo: 'Compare settings.azure of the chart with "az aks show", and restart with the right names.',
  },
  PolicyDenied: {
    means: 'An Azure Policy forbids the pool, or Azure itself does, which limits the regions of some subscriptions.',
    todo: 'Exempt the pool from the policy that the message names, or ask its owner what the policy wants. What Azure itself forbids, only Azure support can allow.',
  },
  PoolChanged: {
    means: 'The pool changed since it was last looked at, so nothing was done to it on old knowledge.',
    todo: 'Nothing: it is looked at again at once.',
  },
  PoolLimitReached: {
    means: 'The cluster has as many pools as AKS allows. Each claim takes one.',
    todo: 'Delete claims or pools that nobody needs.',
  },
  QuotaExceeded: {
    means: 'The vCPU quota of the subscription for this family of sizes, or for the region, is used up.',
    todo: 'Ask for more under Quotas in the Azure portal, or delete what uses it up. The claim goes on by itself once there is room.',
  },
  ScopeLocked: {
    means:
      'A lock of Azure on the cluster, or on a group or subscription that holds it, forbids the change. A lock against deletion keeps each pool, and its bill.',
    todo: 'Remove the lock that the message names: "az lock list --resource-group GROUP" lists them, for the group of the cluster and the one of its machines. It is tried again by itself.',
  },
  SkuNotAvailable: {
    means: 'This size is not offered to this subscription in this region.',
    todo: 'Choose another size, or ask Azure for access: "az vm list-skus --location REGION --size SIZE --all" shows the restriction.',
  },
  SubnetFull: {
    means: 'The subnet of the nodes has no address left for another one.',
    todo: 'Enlarge the subnet, or remove nodes.',
  },
  SubscriptionDisabled: {
    means:
      'The subscription is disabled: what is in it can be read and not changed. Often its bill is not paid, or its credit is used up.',
    todo: 'Have an owner of the subscription enable it in the Azure portal. It is tried again by itself.',
  },
  SubscriptionNotRegistered: {
    means: 'The subscription is not registered for a resource provider that AKS needs.',
    todo: 'Register the one that the message names: "az provider register --namespace NAME".',
  },
  Throttled: {
    means: 'Azure limits the rate of requests, or the controller holds its own back to stay below that limit.',
    todo: 'Nothing: it goes on when the time that Azure named is over. If it is often so, look what else uses the subscription.',
  },
  UnexpectedError: {
    means: 'A mistake of the controller itself.',
    todo: "Please report it, with the controller's log.",
  },
  VMSizeNotSupported: {
    means: 'AKS does not take this size for this subscription or region.',
    todo: 'Choose another size: delete the claim and create it anew.',
  },
  ZoneNotSupported: {
    means: 'The zone that was asked for does not offer this size.',
    todo: 'Ask for another zone, or for none.',
  },
} as const satisfies Readonly<Record<string, Guide>>;

export type CauseReason = keyof typeof causeGuides;
