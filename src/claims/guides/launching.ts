// Reasons on the way from a claim to a pool that Azure has accepted.
import { causeGuides } from '../../azure/cause-guides.ts';
import { normal, nothingToDo, warning, type Rows } from './row.ts';

export const launching = {
  AwaitingAzure: {
    ...causeGuides.AwaitingAzure,
    on: ['Launched', 'Registered', 'Initialized', 'InstanceTerminating', 'gate'],
    event: warning('a request of this claim got no answer; or Ready was True and is not any more'),
  },
  Creating: {
    means: 'Azure was asked for the agent pool and is creating it. That takes 2 to 10 minutes as a rule.',
    todo: 'Nothing. An event tells when it takes unusually long.',
    on: ['Launched'],
  },
  PoolRequested: {
    means: 'Azure accepted the request for the agent pool.',
    todo: nothingToDo,
    on: [],
    event: normal('Azure accepted the request for the pool'),
  },
  CreateDeadlineExceeded: {
    means: 'Azure has been creating the pool for longer than usual. The controller goes on waiting.',
    todo: "Look at the pool's activity log in Azure. Delete the claim to give it up.",
    on: [],
    event: warning('the pool is still being created after --create-deadline; once'),
  },
  Launched: {
    means: 'The agent pool has a machine.',
    todo: nothingToDo,
    on: ['Launched'],
    event: normal('Launched turned True'),
  },
  MachineLaunched: {
    means: 'The agent pool has a machine: what Launched says on a NodeClaim.',
    todo: nothingToDo,
    on: ['Launched'],
  },
  PoolDeleting: {
    means: 'A pool of this name is still being deleted; the name is free when Azure has finished.',
    todo: 'Nothing: the new pool is asked for then.',
    on: ['Launched'],
  },
  ClusterBusy: {
    means:
      'The cluster is stopped, stopping, starting or being worked on, and Azure takes no new pool until that is over.',
    todo: 'Wait, or start a stopped cluster with "az aks start". The claim goes on by itself.',
    on: ['Launched', 'Registered', 'Initialized', 'gate'],
    event: warning('the claim began to wait for the cluster; or Ready was True and is not any more'),
  },
  Replacing: {
    means: 'The pool holds no usable instance any more, so it is deleted and asked for again, for the same claim.',
    todo: 'Nothing. Pause the claim if it is to stay as it is.',
    on: ['Launched'],
    event: warning('the decision to replace the pool was made'),
  },
  RecreationLimit: {
    means:
      'The pool was replaced as often today as it may be (three times). What fails so often is not mended by one more try.',
    todo: 'Find the cause in the events before it. It goes on after midnight UTC; or delete the claim and create it anew.',
    on: [],
    event: warning('another replacement was due; once a day'),
  },
  Paused: {
    means: 'A person has paused this claim or the whole controller; what would be done is in the message.',
    todo: 'Take the annotation gpu-provisioner.io/pause off the claim, or --pause off the controller, to go on.',
    on: ['Launched', 'Drained', 'InstanceTerminating'],
    event: normal('a step was due and is left undone'),
  },
  ReportOnly: {
    means: 'The controller only reports (--report-only); what it would do is in the message.',
    todo: 'Start the controller without --report-only to let it act.',
    on: ['Launched', 'Drained', 'InstanceTerminating'],
    event: normal('a step was due and is left undone'),
  },
  InvalidSpec: {
    means: 'The spec of the claim cannot become an agent pool; the message names the field. Azure is not asked.',
    todo: 'Correct the spec, or delete the claim and create it anew.',
    on: ['Launched'],
    event: warning(
      'the spec was refused, or its mistake changed; also when a replacement was due and cannot be planned',
    ),
  },
  NameConflict: {
    means: 'A pool of the name that this claim needs exists and is not provably its own. It is left alone.',
    todo: 'Give the claim another name, or remove the pool if it is nobody\'s: "az aks nodepool show" tells its tags.',
    on: ['Launched'],
    event: warning('the pool was found'),
  },
  Adopted: {
    means:
      'The pool was made for this claim by the provisioner before this one, or for an earlier claim of its name, and is its own now.',
    todo: nothingToDo,
    on: [],
    event: normal('the pool was taken over'),
  },
  SpecChangedAfterLaunch: {
    means: 'The spec was edited after the pool was made. The pool stays as it is.',
    todo: 'Delete the claim and create it anew, if the change is meant.',
    on: [],
    event: warning('the edit was seen; once'),
  },
  UnknownSize: {
    means: 'The size is not in the list of GPU sizes that this release knows. AKS decides whether it exists.',
    todo: 'Nothing, if the size is right. Its price and number of GPUs are not known here.',
    on: [],
    event: warning('the pool is asked for; once'),
  },
  RetiredSize: {
    means: 'Azure has retired this size, or named a day for it; the message names a successor where there is one.',
    todo: 'Move to the successor: delete the claim and create it anew.',
    on: [],
    event: warning('the pool is asked for; once'),
  },
  UnknownImageFamily: {
    means: 'The annotation kaito.sh/node-image-family is neither ubuntu nor azurelinux, so Ubuntu is used.',
    todo: 'Correct the annotation, if another image is meant, and create the claim anew.',
    on: [],
    event: warning('the pool is asked for; once'),
  },
} as const satisfies Rows;
