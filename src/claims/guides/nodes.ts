// Reasons about the Node of a claim: on its way, in service, and gone.
import { lostReady, normal, nothingToDo, warning, type Rows } from './row.ts';

export const nodes = {
  NotLaunched: {
    means: 'Azure has not accepted a pool yet; what keeps it is said by Launched.',
    todo: 'Look at the condition Launched (MachineLaunched).',
    on: ['Registered', 'Initialized'],
  },
  NotRegistered: {
    means: 'The Node has not joined the cluster, or has only just done so.',
    todo: 'Nothing: a Node joins within some minutes. Should it not, Registered says why.',
    on: ['Initialized'],
    event: lostReady,
  },
  NodeNotFound: {
    means: 'The pool is up, and its Node has not joined the cluster. On GPUReady: the claim has no Node now.',
    todo: 'Wait for some minutes. Then look at the boot diagnostics of the instance: egress, DNS or a custom image may keep it.',
    on: ['Registered', 'GPUReady'],
  },
  NodeNotJoining: {
    means: 'The Node did not join in the time in which nodes do (--node-deadline).',
    todo: 'Look at the boot diagnostics of the instance, or delete the claim to give it back: it is billed.',
    on: [],
    event: warning('the pool is up for longer than --node-deadline; once'),
  },
  NodeRefused: {
    means:
      'The Node is there, and the API server does not let the controller put on it what the claim has for it. The machine is billed.',
    todo: 'Correct the claim (delete it and create it anew) where its taints are named; else ask who runs the webhook that is quoted, or give the controller its rights.',
    on: ['Registered', 'Initialized'],
    event: warning('a write to the Node was refused; once for each cause'),
  },
  Registered: {
    means: "The Node has joined and carries the claim's labels and taints.",
    todo: nothingToDo,
    on: ['Registered'],
    event: normal('Registered turned True'),
  },
  MachineRegistered: {
    means: "The Node has joined and carries the claim's labels and taints: what Registered says on a NodeClaim.",
    todo: nothingToDo,
    on: ['Registered'],
  },
  StartupTaintsExist: {
    means: "The Node still has a startup taint of the claim's.",
    todo: 'Look at whoever put the startup taint on the claim: it takes it off the Node when its work there is done.',
    on: ['Initialized'],
    event: lostReady,
  },
  KnownEphemeralTaintsExist: {
    means: 'The Node still has a taint that its cluster takes off by itself.',
    todo: 'Nothing, if it passes within minutes. Else look at the cloud controller manager and the network of the Node.',
    on: ['Initialized'],
    event: lostReady,
  },
  ResourceNotRegistered: {
    means: 'The Node does not offer a resource that the claim asks for.',
    todo: 'Look who is to offer it: for GPUs the device plugin. The condition GPUReady names what keeps it.',
    on: ['Initialized'],
    event: lostReady,
  },
  NodeNotInitializing: {
    means: 'The Node joined and is not complete after the time in which nodes are (--node-deadline).',
    todo: 'Look at the condition Initialized (MachineInitialized), which says what is missing.',
    on: [],
    event: warning('the Node is not initialized after --node-deadline; once'),
  },
  Initialized: {
    means: 'The Node offers everything that was asked for.',
    todo: nothingToDo,
    on: ['Initialized'],
    event: normal('Initialized turned True'),
  },
  MachineInitialized: {
    means: 'The Node offers everything that was asked for: what Initialized says on a NodeClaim.',
    todo: nothingToDo,
    on: ['Initialized'],
  },
  Ready: {
    means: 'The Node is in service.',
    todo: nothingToDo,
    on: ['Ready'],
    event: normal('Ready turned True'),
  },
  NodeNotReady: {
    means: 'The Node is there and its kubelet does not report Ready, or it is being deleted.',
    todo: 'Look at "kubectl describe node". AKS repairs nodes by itself from about 10 minutes on; --node-repair=act replaces the instance after that.',
    on: ['Initialized'],
    event: warning('Ready was True and is not any more; again after --repair-report, and when AKS speaks of it then'),
  },
  NodeMissing: {
    means: 'The Node object is gone from the API server while its instance may well run. Azure is asked about it.',
    todo: 'Restart the instance in Azure: its kubelet does not register again by itself. --on-node-missing=recreate replaces it.',
    on: ['Registered', 'Initialized'],
    event: lostReady,
  },
  PoolUpgrading: {
    means: 'Azure is at work on the pool, an upgrade for example; its Node is expected back.',
    todo: nothingToDo,
    on: ['Registered', 'Initialized'],
    event: lostReady,
  },
  PoolBusy: {
    means:
      'Azure is at work on a pool, so its Node is awaited. As state of the gate: nothing is replaced or collected meanwhile.',
    todo: 'Nothing: it goes on when Azure has finished.',
    on: ['Registered', 'Initialized', 'gate'],
    event: lostReady,
  },
  PoolStopped: {
    means: 'Somebody stopped the pool; its instance is not running.',
    todo: 'Start it with "az aks nodepool start", or delete the claim.',
    on: ['Registered', 'Initialized'],
    event: lostReady,
  },
  PoolScaledToZero: {
    means: 'Somebody scaled the pool to 0 nodes.',
    todo: 'Scale it to 1 with "az aks nodepool scale", or delete the claim.',
    on: ['Registered', 'Initialized'],
    event: lostReady,
  },
  PoolDeletedElsewhere: {
    means: 'The pool is being deleted, and not by this controller.',
    todo: 'Ask who deletes it. What follows is the choice of --on-instance-gone.',
    on: ['Launched', 'Registered', 'Initialized'],
    event: lostReady,
  },
  InstanceGone: {
    means: 'Azure showed twice that the pool or its instance is gone, and nobody asked this controller for that.',
    todo: 'The message says what follows (--on-instance-gone: make it again, hold, or delete the claim).',
    on: ['Launched', 'Registered', 'Initialized'],
    event: warning('it was certain; and when the claim was deleted for it'),
  },
  PoolFailed: {
    means: 'Azure failed to delete the pool and gave no cause. It is tried again.',
    todo: "If it stays so, look at the cluster's activity log in Azure.",
    on: ['InstanceTerminating'],
    event: warning('the deletion of the pool failed'),
  },
  PoolDegraded: {
    means: 'The pool is Failed or Canceled in Azure while its Node works. Nothing is done about it.',
    todo: 'Look at the pool in the portal; an "az aks nodepool update" without a change often mends its state.',
    on: [],
    event: warning('it was seen; once'),
  },
  ExtraNodes: {
    means: 'The pool has more Nodes than the one that the claim stands for; each is billed.',
    todo: 'Scale the pool to 1.',
    on: [],
    event: warning('it has been so for 15 minutes; once'),
  },
  Rebound: {
    means: 'Another Node of the same pool took the place of the one before, after an upgrade for example.',
    todo: nothingToDo,
    on: [],
    event: normal('the claim was bound to it'),
  },
  OwnershipTagsLost: {
    means: 'The pool has lost the tags that name its claim. The record on the claim still proves whose it is.',
    todo: 'Put the tags back with "az aks nodepool update --tags", which replaces all tags: name every one.',
    on: [],
    event: warning('it was seen; once'),
  },
  OwnershipLost: {
    means:
      "The tags of the pool name somebody else now, so it is not provably this claim's; nothing is written to it any more.",
    todo: 'Find out who changed the tags. Put them back, or delete the claim, which leaves the pool to them.',
    on: [],
    event: warning('it was seen; once'),
  },
  NodeDeletedByPerson: {
    means: 'Somebody deleted a healthy Node while nothing else was at work on it, which counts as an order.',
    todo: 'Nothing, if it was meant: --on-node-deletion says what follows.',
    on: [],
    event: normal('the claim was deleted, or its pool is to be replaced'),
  },
  NodeFinalizerReleased: {
    means:
      'The Node is being deleted and was let go, so that neither an upgrade nor the platform waits for this controller.',
    todo: nothingToDo,
    on: [],
    event: normal('the finalizer was taken off', 'Node'),
  },
  Expired: {
    means: 'The NodeClaim grew older than its expireAfter and was deleted (--expire-nodeclaims).',
    todo: nothingToDo,
    on: [],
    event: normal('the claim was deleted'),
  },
} as const satisfies Rows;
