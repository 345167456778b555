// Printers of what a cluster consists of: nodes, namespaces, events, leases and disruption budgets.
import { at, isObject, listAt, textAt, type Json, type JsonObject } from '../json.ts';
import { sinceText } from './duration.ts';
import { ageOf, column, countAt, integer, joined, nameColumn, nameOf, textOr, wide, type Printer } from './printer.ts';

function nodeStatus(node: JsonObject): string {
  const ready = listAt(node, 'status', 'conditions').find((condition) => textAt(condition, 'type') === 'Ready');
  const readiness = ready === undefined ? 'Unknown' : textAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
  return at(node, 'spec', 'unschedulable') === true ? `${readiness},SchedulingDisabled` : readiness;
}

const rolePrefix = 'node-role.kubernetes.io/';

function nodeRoles(node: JsonObject): string {
  const labels = at(node, 'metadata', 'labels');
  if (!isObject(labels)) return '<none>';
  const named = Object.keys(labels)
    .filter((key) => key.startsWith(rolePrefix))
    .map((key) => key.slice(rolePrefix.length));
  const role = textAt(labels, 'kubernetes.io/role') ?? '';
  return joined([...new Set([...named, role])].filter((each) => each !== '').toSorted());
}

function addressOf(node: JsonObject, type: string): string {
  const found = listAt(node, 'status', 'addresses').find((address) => textAt(address, 'type') === type);
  return textOr('<none>', found, 'address');
}

export const nodePrinter: Printer = {
  columns: [
    nameColumn,
    column('Status'),
    column('Roles'),
    column('Age'),
    column('Version'),
    ...['Internal-IP', 'External-IP', 'OS-Image', 'Kernel-Version', 'Container-Runtime'].map(wide),
  ],
  cells: (node, now) => {
    const info = at(node, 'status', 'nodeInfo');
    return [
      nameOf(node),
      nodeStatus(node),
      nodeRoles(node),
      ageOf(node, now),
      textAt(info, 'kubeletVersion') ?? '',
      addressOf(node, 'InternalIP'),
      addressOf(node, 'ExternalIP'),
      textOr('<unknown>', info, 'osImage'),
      textOr('<unknown>', info, 'kernelVersion'),
      textOr('<unknown>', info, 'containerRuntimeVersion'),
    ];
  },
};

export const namespacePrinter: Printer = {
  columns: [nameColumn, column('Status'), column('Age')],
  cells: (namespace, now) => [nameOf(namespace), textAt(namespace, 'status', 'phase') ?? '', ageOf(namespace, now)],
};

// Both APIs of events: core/v1 names first, then those of events.k8s.io/v1.
function eitherText(event: JsonObject, core: readonly string[], events: readonly string[]): string {
  return textAt(event, ...core) || (textAt(event, ...events) ?? '');
}

function eventSource(event: JsonObject): string {
  const component = eitherText(event, ['source', 'component'], ['deprecatedSource', 'component']);
  const host = eitherText(event, ['source', 'host'], ['deprecatedSource', 'host']);
  const controller = component || eitherText(event, ['reportingComponent'], ['reportingController']);
  const instance = host || (textAt(event, 'reportingInstance') ?? '');
  return instance === '' ? controller : `${controller}, ${instance}`;
}

function eventObject(event: JsonObject): string {
  const kind = eitherText(event, ['involvedObject', 'kind'], ['regarding', 'kind']).toLowerCase();
  const name = eitherText(event, ['involvedObject', 'name'], ['regarding', 'name']);
  return name === '' ? kind : `${kind}/${name}`;
}

export const eventPrinter: Printer = {
  columns: [
    column('Last Seen'),
    column('Type'),
    column('Reason'),
    column('Object'),
    wide('Subobject'),
    wide('Source'),
    column('Message'),
    wide('First Seen'),
    wide('Count'),
    { ...nameColumn, priority: 1 },
  ],
  cells: (event, now) => {
    const since = (time: string): string => sinceText(time, now);
    const first = eitherText(event, ['firstTimestamp'], ['deprecatedFirstTimestamp']);
    const firstSeen = since(first || (textAt(event, 'eventTime') ?? ''));
    const last = eitherText(event, ['lastTimestamp'], ['deprecatedLastTimestamp']);
    const series = at(event, 'series');
    const count = countAt(event, 'count') || countAt(event, 'deprecatedCount') || 1;
    return [
      isObject(series) ? since(textAt(series, 'lastObservedTime') ?? '') : last === '' ? firstSeen : since(last),
      textAt(event, 'type') ?? '',
      textAt(event, 'reason') ?? '',
      eventObject(event),
      eitherText(event, ['involvedObject', 'fieldPath'], ['regarding', 'fieldPath']),
      eventSource(event),
      eitherText(event, ['message'], ['note']).trim(),
      firstSeen,
      isObject(series) ? countAt(series, 'count') : count,
      nameOf(event),
    ];
  },
};

export const leasePrinter: Printer = {
  columns: [nameColumn, column('Holder'), column('Age')],
  cells: (lease, now) => [nameOf(lease), textAt(lease, 'spec', 'holderIdentity') ?? '', ageOf(lease, now)],
};

function intOrString(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : 'N/A';
}

export const budgetPrinter: Printer = {
  columns: [
    nameColumn,
    column('Min Available'),
    column('Max Unavailable'),
    integer('Allowed Disruptions'),
    column('Age'),
  ],
  cells: (budget, now) => [
    nameOf(budget),
    intOrString(at(budget, 'spec', 'minAvailable')),
    intOrString(at(budget, 'spec', 'maxUnavailable')),
    countAt(budget, 'status', 'disruptionsAllowed'),
    ageOf(budget, now),
  ],
};

export const priorityClassPrinter: Printer = {
  columns: [
    nameColumn,
    integer('Value'),
    column('Global-Default', { type: 'boolean' }),
    column('Age'),
    column('PreemptionPolicy'),
  ],
  cells: (priority, now) => [
    nameOf(priority),
    countAt(priority, 'value'),
    at(priority, 'globalDefault') === true,
    ageOf(priority, now),
    textAt(priority, 'preemptionPolicy') ?? 'PreemptLowerPriority',
  ],
};

/** `cpu: 1/4, pods: 2/10`, used of allowed; what is limited stands apart from what is requested. */
function quotaText(quota: JsonObject, isShown: (resource: string) => boolean): string {
  const hard = at(quota, 'status', 'hard');
  const resources = isObject(hard) ? Object.keys(hard).filter(isShown).toSorted() : [];
  return resources
    .map((name) => `${name}: ${textAt(quota, 'status', 'used', name) ?? '0'}/${textAt(hard, name) ?? '0'}`)
    .join(', ');
}

export const quotaPrinter: Printer = {
  columns: [nameColumn, column('Request'), column('Limit'), column('Age')],
  cells: (quota, now) => [
    nameOf(quota),
    quotaText(quota, (name) => !name.startsWith('limits.')),
    quotaText(quota, (name) => name.startsWith('limits.')),
    ageOf(quota, now),
  ],
};
