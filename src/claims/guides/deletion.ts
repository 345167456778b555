// Reasons on a claim that is being deleted.
import { lostReady, normal, nothingToDo, warning, type Rows } from './row.ts';

export const deletion = {
  Draining: {
    means: 'Pods are being evicted from the Node; the pool is deleted when they are gone.',
    todo: 'Nothing: pods end in their own time, and --drain-timeout is the end of it.',
    on: ['Drained', 'InstanceTerminating'],
    event: normal('pods are left to evict; once'),
  },
  DrainBlocked: {
    means: 'A pod cannot be evicted now, a PodDisruptionBudget forbids it for example; the message names it.',
    todo: 'Give the budget room, or delete the pod. At --drain-timeout the pool goes all the same.',
    on: ['Drained'],
    event: warning('an eviction was refused'),
  },
  AwaitingVolumeDetachment: {
    means: 'The pods are gone and their volumes are still being detached.',
    todo: 'Nothing, if it passes within minutes. Else look at the VolumeAttachments that the message names.',
    on: ['Drained'],
    event: normal('the pods are gone and volumes are left; once'),
  },
  TerminationGracePeriodExpiring: {
    means: 'The claim promised its drain an end, after which pods are deleted whatever their budgets say.',
    todo: 'Nothing, or end the pods in order before that time.',
    on: [],
    event: warning('the drain began; once'),
  },
  Drained: {
    means: 'No pod is left to evict, or no Node was up that could be drained.',
    todo: nothingToDo,
    on: ['Drained'],
    event: normal('a drain that had pods to evict is over'),
  },
  DrainDeadline: {
    means: 'The time for the drain is over and pods or volumes are left; the pool goes all the same.',
    todo: 'Nothing for this claim. Look what held it up, before the next one goes the same way.',
    on: ['Drained'],
    event: warning('the time is over'),
  },
  WaitingForCluster: {
    means:
      'The cluster is stopped, stopping or starting, and Azure deletes no pool meanwhile. After an hour it is tried all the same.',
    todo: 'Start the cluster with "az aks start", or wait.',
    on: ['InstanceTerminating'],
    event: warning('the deletion began to wait'),
  },
  Deleting: {
    means: 'Azure is asked to delete the pool.',
    todo: nothingToDo,
    on: ['InstanceTerminating'],
  },
  PoolDeletionRequested: {
    means: 'Azure accepted the deletion of the pool.',
    todo: nothingToDo,
    on: [],
    event: normal('Azure accepted the deletion'),
  },
  InstanceTerminating: {
    means: 'Azure is deleting the pool. That takes some minutes.',
    todo: nothingToDo,
    on: ['InstanceTerminating'],
  },
  ConfirmingDeletion: {
    means:
      'The pool reads absent, or is not of this claim; one more look makes sure that no earlier request brings one.',
    todo: 'Nothing: it takes a minute or two.',
    on: ['InstanceTerminating'],
  },
  RemovingNode: {
    means: 'The pool is gone and its Node object is being removed; a new pool waits for that, too.',
    todo: 'Nothing. If it stays, look whose finalizer is on the Node, and whether its machine is gone: then delete the Node.',
    on: ['Launched', 'Registered', 'Initialized', 'InstanceTerminating'],
    event: lostReady,
  },
  OwnershipUnproven: {
    means: "A pool is there that may be this claim's, and nothing proves it. It is not deleted, and the claim waits.",
    todo: 'Delete the pool yourself; or give it the tags that the message names, and it is deleted; or leave it behind with the annotation gpu-provisioner.io/force-release: "true" on the claim.',
    on: ['InstanceTerminating'],
    event: warning('the deletion came to it'),
  },
  PoolDeleted: {
    means: 'The pool is gone from Azure, and the claim was let go. Its bill has ended.',
    todo: nothingToDo,
    on: [],
    event: normal('the claim was let go'),
  },
  PoolLeftAlone: {
    means: "The pool of this name is not this claim's, so it stays when the claim goes.",
    todo: nothingToDo,
    on: [],
    event: normal('the claim was let go'),
  },
  ForceReleased: {
    means: 'The claim was let go by a person, and its pool was not seen to go.',
    todo: 'With our tags the pool is an orphan, and is deleted after --orphan-grace: to keep it, take its gpu-provisioner-* tags off. Any other one stays and may cost money: look for it in Azure.',
    on: [],
    event: warning('the claim was let go'),
  },
} as const satisfies Rows;
