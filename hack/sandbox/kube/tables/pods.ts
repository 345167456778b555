// The pod printer: one word for what a pod is at, from its phase, its containers and its deletion.
import { at, isObject, listAt, numberAt, textAt, type Json, type JsonObject } from '../json.ts';
import { sinceText } from './duration.ts';
import { ageOf, column, countAt, nameColumn, nameOf, textOr, wide, type Printer } from './printer.ts';

interface Summary {
  reason: string;
  ready: number;
  total: number;
  restarts: number;
  /** When a container ended last, RFC 3339; empty when none did. */
  restartedAt: string;
}

function isSidecar(pod: JsonObject, name: string | undefined): boolean {
  const spec = listAt(pod, 'spec', 'initContainers').find((container) => textAt(container, 'name') === name);
  return textAt(spec, 'restartPolicy') === 'Always';
}

function hasCondition(pod: JsonObject, type: string): boolean {
  const found = listAt(pod, 'status', 'conditions').find((condition) => textAt(condition, 'type') === type);
  return textAt(found, 'status') === 'True';
}

function countRestarts(summary: Summary, container: Json): void {
  summary.restarts += countAt(container, 'restartCount');
  const finishedAt = textAt(container, 'lastState', 'terminated', 'finishedAt') ?? '';
  if (finishedAt > summary.restartedAt) summary.restartedAt = finishedAt;
}

function terminationText(terminated: JsonObject): string {
  const reason = textAt(terminated, 'reason');
  if (reason) return reason;
  const signal = countAt(terminated, 'signal');
  return signal === 0 ? `ExitCode:${countAt(terminated, 'exitCode')}` : `Signal:${signal}`;
}

/** How far the initialization of a container is: undefined when it is done with, else the pod's reason. */
function initReason(pod: JsonObject, container: Json, index: number): string | undefined {
  const terminated = at(container, 'state', 'terminated');
  if (isObject(terminated))
    return numberAt(terminated, 'exitCode') === 0 ? undefined : `Init:${terminationText(terminated)}`;
  if (isSidecar(pod, textAt(container, 'name')) && at(container, 'started') === true) return undefined;
  const waiting = textAt(container, 'state', 'waiting', 'reason');
  if (waiting && waiting !== 'PodInitializing') return `Init:${waiting}`;
  return `Init:${index}/${listAt(pod, 'spec', 'initContainers').length}`;
}

/** Whether an init container still runs or has failed; sidecars count among the containers. */
function summarizeInit(pod: JsonObject, summary: Summary, sidecars: Summary): boolean {
  for (const [index, container] of listAt(pod, 'status', 'initContainerStatuses').entries()) {
    const sidecar = isSidecar(pod, textAt(container, 'name'));
    countRestarts(summary, container);
    if (sidecar) countRestarts(sidecars, container);
    const reason = initReason(pod, container, index);
    if (reason !== undefined) {
      summary.reason = reason;
      return true;
    }
    if (sidecar && at(container, 'state', 'terminated') === undefined && at(container, 'ready') === true)
      summary.ready++;
  }
  return false;
}

function summarizeContainers(pod: JsonObject, summary: Summary): void {
  let running = false;
  for (const container of listAt(pod, 'status', 'containerStatuses').toReversed()) {
    countRestarts(summary, container);
    const waiting = textAt(container, 'state', 'waiting', 'reason');
    const terminated = at(container, 'state', 'terminated');
    if (waiting) summary.reason = waiting;
    else if (isObject(terminated)) summary.reason = terminationText(terminated);
    else if (at(container, 'ready') === true && at(container, 'state', 'running') !== undefined) {
      running = true;
      summary.ready++;
    }
  }
  if (summary.reason === 'Completed' && running) summary.reason = hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
}

function firstReason(pod: JsonObject): string {
  const gated = listAt(pod, 'status', 'conditions').some(
    (condition) => textAt(condition, 'type') === 'PodScheduled' && textAt(condition, 'reason') === 'SchedulingGated',
  );
  if (gated) return 'SchedulingGated';
  return textAt(pod, 'status', 'reason') || (textAt(pod, 'status', 'phase') ?? '');
}

function summarize(pod: JsonObject): Summary {
  const sidecarCount = listAt(pod, 'spec', 'initContainers').filter(
    (each) => textAt(each, 'restartPolicy') === 'Always',
  );
  const total = listAt(pod, 'spec', 'containers').length + sidecarCount.length;
  const summary: Summary = { reason: firstReason(pod), ready: 0, total, restarts: 0, restartedAt: '' };
  const sidecars: Summary = { ...summary };
  const initializing = summarizeInit(pod, summary, sidecars);
  if (!initializing || hasCondition(pod, 'Initialized')) {
    summary.restarts = sidecars.restarts;
    summary.restartedAt = sidecars.restartedAt;
    summarizeContainers(pod, summary);
  }
  const phase = textAt(pod, 'status', 'phase');
  if (textAt(pod, 'metadata', 'deletionTimestamp') !== undefined) {
    if (textAt(pod, 'status', 'reason') === 'NodeLost') summary.reason = 'Unknown';
    else if (phase !== 'Succeeded' && phase !== 'Failed') summary.reason = 'Terminating';
  }
  return summary;
}

function readinessGates(pod: JsonObject): string {
  const gates = listAt(pod, 'spec', 'readinessGates').map((gate) => textAt(gate, 'conditionType') ?? '');
  if (gates.length === 0) return '<none>';
  return `${gates.filter((gate) => hasCondition(pod, gate)).length}/${gates.length}`;
}

const ended: Readonly<Record<string, JsonObject>> = {
  Succeeded: {
    type: 'Completed',
    status: 'True',
    reason: 'Succeeded',
    message: 'The pod has completed successfully.',
  },
  Failed: { type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' },
};

export const podPrinter: Printer = {
  columns: [
    nameColumn,
    column('Ready'),
    column('Status'),
    column('Restarts'),
    column('Age'),
    wide('IP'),
    wide('Node'),
    wide('Nominated Node'),
    wide('Readiness Gates'),
  ],
  cells: (pod, now) => {
    const { reason, ready, total, restarts, restartedAt } = summarize(pod);
    const ago = restarts > 0 && restartedAt !== '' ? ` (${sinceText(restartedAt, now)} ago)` : '';
    return [
      nameOf(pod),
      `${ready}/${total}`,
      reason,
      `${restarts}${ago}`,
      ageOf(pod, now),
      textOr('<none>', pod, 'status', 'podIPs', 0, 'ip'),
      textOr('<none>', pod, 'spec', 'nodeName'),
      textOr('<none>', pod, 'status', 'nominatedNodeName'),
      readinessGates(pod),
    ];
  },
  conditions: (pod) => {
    const condition = ended[textAt(pod, 'status', 'phase') ?? ''];
    return condition === undefined ? [] : [condition];
  },
};
