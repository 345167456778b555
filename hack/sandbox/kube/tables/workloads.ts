// Printers of what runs pods: Deployments and the other controllers.
import { at, listAt, numberAt, textAt, type JsonObject } from '../json.ts';
import { humanDuration, sinceText } from './duration.ts';
import {
  ageOf,
  column,
  containerCells,
  countAt,
  integer,
  labelsText,
  nameColumn,
  nameOf,
  selectorText,
  wide,
  type Printer,
} from './printer.ts';

function podSpecOf(workload: JsonObject): ReturnType<typeof at> {
  return at(workload, 'spec', 'template', 'spec');
}

function wantedReplicas(workload: JsonObject): number {
  return numberAt(workload, 'spec', 'replicas') ?? 1;
}

const containers = [wide('Containers'), wide('Images')];

export const deploymentPrinter: Printer = {
  columns: [
    nameColumn,
    column('Ready'),
    column('Up-to-date'),
    column('Available'),
    column('Age'),
    ...containers,
    wide('Selector'),
  ],
  cells: (deployment, now) => [
    nameOf(deployment),
    `${countAt(deployment, 'status', 'readyReplicas')}/${wantedReplicas(deployment)}`,
    countAt(deployment, 'status', 'updatedReplicas'),
    countAt(deployment, 'status', 'availableReplicas'),
    ageOf(deployment, now),
    ...containerCells(podSpecOf(deployment)),
    selectorText(at(deployment, 'spec', 'selector')),
  ],
};

export const replicaSetPrinter: Printer = {
  columns: [
    nameColumn,
    integer('Desired'),
    integer('Current'),
    integer('Ready'),
    column('Age'),
    ...containers,
    wide('Selector'),
  ],
  cells: (set, now) => [
    nameOf(set),
    wantedReplicas(set),
    countAt(set, 'status', 'replicas'),
    countAt(set, 'status', 'readyReplicas'),
    ageOf(set, now),
    ...containerCells(podSpecOf(set)),
    selectorText(at(set, 'spec', 'selector')),
  ],
};

export const replicationControllerPrinter: Printer = {
  ...replicaSetPrinter,
  cells: (controller, now) => [
    ...replicaSetPrinter.cells(controller, now).slice(0, -1),
    labelsText(at(controller, 'spec', 'selector')),
  ],
};

export const statefulSetPrinter: Printer = {
  columns: [nameColumn, column('Ready'), column('Age'), ...containers],
  cells: (set, now) => [
    nameOf(set),
    `${countAt(set, 'status', 'readyReplicas')}/${wantedReplicas(set)}`,
    ageOf(set, now),
    ...containerCells(podSpecOf(set)),
  ],
};

export const daemonSetPrinter: Printer = {
  columns: [
    nameColumn,
    ...['Desired', 'Current', 'Ready', 'Up-to-date', 'Available'].map(integer),
    column('Node Selector'),
    column('Age'),
    ...containers,
    wide('Selector'),
  ],
  cells: (set, now) => [
    nameOf(set),
    countAt(set, 'status', 'desiredNumberScheduled'),
    countAt(set, 'status', 'currentNumberScheduled'),
    countAt(set, 'status', 'numberReady'),
    countAt(set, 'status', 'updatedNumberScheduled'),
    countAt(set, 'status', 'numberAvailable'),
    labelsText(at(podSpecOf(set), 'nodeSelector')),
    ageOf(set, now),
    ...containerCells(podSpecOf(set)),
    selectorText(at(set, 'spec', 'selector')),
  ],
};

// The first of these that is True is the status of a Job that is not being deleted.
const jobConditions = ['Complete', 'Failed', 'Suspended', 'FailureTarget', 'SuccessCriteriaMet'] as const;

function jobStatus(job: JsonObject): string {
  const isTrue = (type: string): boolean =>
    listAt(job, 'status', 'conditions').some(
      (each) => textAt(each, 'type') === type && textAt(each, 'status') === 'True',
    );
  const found = jobConditions.find(isTrue);
  if (found === 'Complete' || found === 'Failed') return found;
  return textAt(job, 'metadata', 'deletionTimestamp') === undefined ? (found ?? 'Running') : 'Terminating';
}

function jobCompletions(job: JsonObject): string {
  const succeeded = countAt(job, 'status', 'succeeded');
  const completions = numberAt(job, 'spec', 'completions');
  if (completions !== undefined) return `${succeeded}/${completions}`;
  const parallelism = countAt(job, 'spec', 'parallelism');
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobDuration(job: JsonObject, now: Date): string {
  const start = textAt(job, 'status', 'startTime');
  if (start === undefined) return '';
  const end = textAt(job, 'status', 'completionTime');
  return humanDuration((end === undefined ? now.getTime() : Date.parse(end)) - Date.parse(start));
}

export const jobPrinter: Printer = {
  columns: [
    nameColumn,
    column('Status'),
    column('Completions'),
    column('Duration'),
    column('Age'),
    ...containers,
    wide('Selector'),
  ],
  cells: (job, now) => [
    nameOf(job),
    jobStatus(job),
    jobCompletions(job),
    jobDuration(job, now),
    ageOf(job, now),
    ...containerCells(podSpecOf(job)),
    selectorText(at(job, 'spec', 'selector')),
  ],
};

export const cronJobPrinter: Printer = {
  columns: [
    nameColumn,
    column('Schedule'),
    column('Timezone'),
    column('Suspend', { type: 'boolean' }),
    integer('Active'),
    column('Last Schedule'),
    column('Age'),
    ...containers,
    wide('Selector'),
  ],
  cells: (job, now) => {
    const last = textAt(job, 'status', 'lastScheduleTime');
    const template = at(job, 'spec', 'jobTemplate', 'spec');
    return [
      nameOf(job),
      textAt(job, 'spec', 'schedule') ?? '',
      textAt(job, 'spec', 'timeZone') ?? '<none>',
      at(job, 'spec', 'suspend') === true ? 'True' : 'False',
      listAt(job, 'status', 'active').length,
      last === undefined ? '<none>' : sinceText(last, now),
      ageOf(job, now),
      ...containerCells(at(template, 'template', 'spec')),
      selectorText(at(template, 'selector')),
    ];
  },
};

function controllerText(object: JsonObject): string {
  const owner = listAt(object, 'metadata', 'ownerReferences').find((each) => at(each, 'controller') === true);
  if (owner === undefined) return '<none>';
  const [group = '', version] = (textAt(owner, 'apiVersion') ?? '').split('/');
  const kind = (textAt(owner, 'kind') ?? '').toLowerCase();
  return `${kind}${version === undefined ? '' : `.${group}`}/${textAt(owner, 'name') ?? ''}`;
}

export const controllerRevisionPrinter: Printer = {
  columns: [nameColumn, column('Controller'), column('Revision'), column('Age')],
  cells: (revision, now) => [
    nameOf(revision),
    controllerText(revision),
    countAt(revision, 'revision'),
    ageOf(revision, now),
  ],
};
