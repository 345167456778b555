// Reasons about the controller itself: what it lacks, and that it has it again.
import { normal, nothingToDo, warning, type Rows } from './row.ts';

const of = 'Deployment';

export const process = {
  AzureAnswers: {
    means: 'Azure answers again.',
    todo: nothingToDo,
    on: [],
    event: normal('Azure answered after a time without', of),
  },
  AzureUnavailable: {
    means: 'Azure gives the controller no answer, or no token. Claims that wait for it say the same cause.',
    todo: 'Do what the message says last. Egress, DNS, proxy and the identity of the controller are the usual causes.',
    on: [],
    event: warning('Azure has not answered for 10 s; again for another cause', of),
  },
  ClusterReadable: {
    means: 'The identity may read the cluster again.',
    todo: nothingToDo,
    on: [],
    event: normal('the cluster was read after a time without', of),
  },
  LeaseAvailable: {
    means: 'The lease can be taken again.',
    todo: nothingToDo,
    on: [],
    event: normal('the lease was read or taken after a refusal', of),
  },
  LeaseUnavailable: {
    means: 'The API server does not let the controller have its lease. Nothing is done for any claim meanwhile.',
    todo: 'Create the namespace of the lease, or give the ServiceAccount the Role of the chart there.',
    on: [],
    event: warning('the lease was refused for 10 s', of),
  },
  NotWatching: {
    means: 'The controller cannot list what it works by: claims or Nodes. It does nothing meanwhile.',
    todo: 'Install the CRD of Machines or of NodeClaims, or give the ServiceAccount the ClusterRole of the chart.',
    on: [],
    event: warning('a list was missing for 10 s', of),
  },
  PermissionMissing: {
    means: 'The API server refused a request of the controller for want of a right.',
    todo: 'Give the ServiceAccount the roles of the chart. The message names verb and resource.',
    on: [],
    event: warning('a request was refused, and not allowed since; for 10 min after the last refusal', of),
  },
  PermissionsComplete: {
    means: 'What was refused for want of a right is allowed, or was not asked for again.',
    todo: nothingToDo,
    on: [],
    event: normal('no right was missing any more', of),
  },
  Watching: {
    means: 'The list that was missing is complete.',
    todo: nothingToDo,
    on: [],
    event: normal('the list was complete after a time without', of),
  },
} as const satisfies Rows;
