// Reasons about the cluster as a whole: the gate, restraint, and pools that lost their claim.
import { lostReady, normal, nothingToDo, warning, type Rows } from './row.ts';

export const cluster = {
  ClusterStopped: {
    means: 'The cluster is stopped. Nothing is asked of Azure meanwhile.',
    todo: 'Start it with "az aks start".',
    on: ['Registered', 'Initialized', 'gate'],
    event: lostReady,
  },
  ClusterStopping: {
    means: 'The cluster is being stopped. Nothing is asked of Azure meanwhile.',
    todo: nothingToDo,
    on: ['Registered', 'Initialized', 'gate'],
    event: lostReady,
  },
  ClusterStarting: {
    means: 'The cluster is starting. Nothing is asked of Azure until it has.',
    todo: nothingToDo,
    on: ['Registered', 'Initialized', 'gate'],
    event: lostReady,
  },
  ClusterFailed: {
    means:
      'The last operation on the cluster itself ended Failed or Canceled. Pools are still created and deleted; nothing is repaired, replaced or collected.',
    todo: 'Mend the cluster: "az aks update" without a change often does.',
    on: ['Registered', 'Initialized', 'gate'],
    event: lostReady,
  },
  ClusterUnreadable: {
    means:
      'The identity may not read the cluster, so its state is not known and nothing is repaired, replaced or collected.',
    todo: 'Give the identity Microsoft.ContainerService/managedClusters/read on the cluster (docs/azure-role.json has it).',
    on: ['Registered', 'Initialized', 'gate'],
    event: lostReady,
  },
  AnotherCluster: {
    means:
      'No Node that the controller sees is a machine of the AKS cluster whose pools it manages. Their claims may be in another cluster, so nothing is repaired, replaced or collected.',
    todo: 'Compare ARM_SUBSCRIPTION_ID, ARM_RESOURCE_GROUP and AZURE_CLUSTER_NAME with the cluster that the controller runs in, or that its KUBECONFIG names.',
    on: ['Registered', 'Initialized', 'gate'],
    event: lostReady,
  },
  ClusterSettling: {
    means:
      'The cluster has not been seen at rest for long enough (--gate-settle), so nothing is repaired, replaced or collected yet.',
    todo: 'Nothing: it opens by itself.',
    on: ['gate'],
  },
  NodesDown: {
    means:
      'Many Nodes are not Ready at once, so nothing is repaired, replaced or collected: the fault is hardly in each of them.',
    todo: 'Look for one cause: network, API server, an upgrade. If there is none, --allow-mass-deletion lifts the bound on our own Nodes.',
    on: ['Registered', 'Initialized', 'gate'],
    event: lostReady,
  },
  DisruptionPending: {
    means:
      'A replacement or deletion that nobody asked for is due, and waits for some seconds to see whether many are.',
    todo: nothingToDo,
    on: ['pools'],
  },
  DisruptionCapped: {
    means:
      'A replacement or deletion that nobody asked for is due, and waits for its turn: two a minute, ten an hour (--disruptions-per-minute, --disruptions-per-hour).',
    todo: nothingToDo,
    on: ['pools'],
  },
  MassDisruption: {
    means: 'More pools would be deleted or replaced unasked at once than may be, so none is.',
    todo: 'Look for one cause of them all. Set --allow-mass-deletion only if each of them is really meant to go.',
    on: ['pools'],
    event: warning('a step was due and was held back; once for each time that it is due'),
  },
  ClaimLives: {
    means: 'The claim of the pool is there; only the cache was behind.',
    todo: nothingToDo,
    on: ['pools'],
  },
  ClaimsUnknown: {
    means: 'Whether the claim of the pool lives cannot be known now, so nothing is concluded.',
    todo: 'See that the CRDs of Machines and NodeClaims are installed and that the API server answers.',
    on: ['pools'],
  },
  OrphanPool: {
    means: 'The pool was made for a claim that is gone, and is billed. It is deleted after --orphan-grace.',
    todo: 'Nothing, unless the pool is wanted: create a claim of the same name with the annotation gpu-provisioner.io/adopt: "true".',
    on: ['pools'],
    event: warning('the pool lost its claim; once', 'lease'),
  },
  OrphanPoolInUse: {
    means: 'The pool lost its claim, and a pod uses its GPUs or its pods are not known. It stays for a day at most.',
    todo: 'End the pod, or move it; or adopt the pool with a claim of the same name (gpu-provisioner.io/adopt).',
    on: ['pools'],
    event: warning('a pod keeps the pool; once', 'lease'),
  },
  OrphanPoolDeleted: {
    means: 'Azure accepted the deletion of a pool whose claim is gone.',
    todo: nothingToDo,
    on: [],
    event: normal('Azure accepted the deletion', 'lease'),
  },
  OrphanPoolNotDeleted: {
    means: 'A pool whose claim is gone could not be deleted; the message says why. It is tried again.',
    todo: 'Look at the cause in the message.',
    on: [],
    event: warning('Azure refused the deletion', 'lease'),
  },
  MassOrphan: {
    means: 'More pools lost their claims than may be deleted at once, so none is.',
    todo: 'Look for one cause: a restore of etcd, a removed namespace or CRD. Set --allow-mass-deletion only if all of them are meant to go.',
    on: ['pools'],
    event: warning('it was seen; again when the pools are others', 'lease'),
  },
  PoolAmbiguous: {
    means: 'The pool has signs of a claim that contradict each other or are not ours alone. It is never deleted.',
    todo: 'Look at the tags of the pool; delete it by hand if nobody needs it.',
    on: ['pools'],
  },
  OrphanNodeRemoved: {
    means: 'The claim and the pool of the Node are gone, so its object was removed.',
    todo: nothingToDo,
    on: [],
    event: normal('the Node object was removed', 'Node'),
  },
} as const satisfies Rows;
