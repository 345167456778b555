// Event: stored once, shown by core/v1 and events.k8s.io/v1 in their own words, and checked as each of them asks.
import { immutable, invalidValue, required } from '../field-error.ts';
import { equalJson, isObject, objectAt, setDefault, textAt, type Json, type JsonObject } from '../json.ts';
import { microTimeProblem } from '../micro-time.ts';
import { qualifiedNameProblems } from '../names.ts';
import type { KubeObject } from '../object.ts';
import type { Strategy } from '../resource.ts';
import type { Cause } from '../status.ts';

/** Fields of events.k8s.io/v1 and the names that core/v1 has for them. */
const coreNames: { readonly [field: string]: string } = {
  regarding: 'involvedObject',
  note: 'message',
  reportingController: 'reportingComponent',
  deprecatedSource: 'source',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
};
const newNames = Object.fromEntries(Object.entries(coreNames).map(([name, core]) => [core, name]));

function renamed(event: KubeObject, names: { readonly [field: string]: string }, apiVersion: string): KubeObject {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...fields } = event;
  const entries = Object.entries(fields).map(([field, value]): [string, Json | undefined] => [
    names[field] ?? field,
    value,
  ]);
  return { apiVersion, kind: 'Event', metadata, ...Object.fromEntries(entries) };
}

function zeroes(
  event: JsonObject,
  nulls: readonly string[],
  empty: readonly string[],
  objects: readonly string[],
): void {
  for (const field of nulls) event[field] ??= null;
  for (const field of empty) setDefault(event, field, '');
  for (const field of objects) setDefault(event, field, {});
}

function fillCore(event: KubeObject): void {
  zeroes(
    event,
    ['eventTime', 'firstTimestamp', 'lastTimestamp'],
    ['reportingComponent', 'reportingInstance'],
    ['involvedObject', 'source'],
  );
}

function fillNew(event: KubeObject): void {
  zeroes(
    event,
    ['eventTime', 'deprecatedFirstTimestamp', 'deprecatedLastTimestamp'],
    [],
    ['regarding', 'deprecatedSource'],
  );
}

const decodeProblem = (object: KubeObject): string | undefined =>
  microTimeProblem(object, 'eventTime') ?? microTimeProblem(object, 'series', 'lastObservedTime');

/** Events about cluster-scoped objects live in namespace default, all others with their object. */
function namespaceCauses(event: KubeObject, field: string): Cause[] {
  const namespace = event.metadata.namespace ?? '';
  const about = textAt(event, field, 'namespace') ?? '';
  const wanted = about === '' ? 'default' : about;
  if (namespace === wanted) return [];
  return [invalidValue(`involvedObject.namespace`, about, 'does not match event.namespace')];
}

const longestName = 128;
const longestNote = 1024;

function textCauses(event: KubeObject, field: string, limit: number): Cause[] {
  const value = textAt(event, field) ?? '';
  if (value === '') return [required(field)];
  return value.length > limit ? [invalidValue(field, '', `can have at most ${limit} characters`)] : [];
}

/** What an event with a microsecond time must have, under the names of its version. */
function newStyleCauses(event: KubeObject, controller: string): Cause[] {
  const reporter = textAt(event, controller) ?? '';
  return [
    ...(reporter === '' ? [required(controller)] : []),
    ...qualifiedNameProblems(reporter).map((problem) => invalidValue(controller, reporter, problem)),
    ...textCauses(event, 'reportingInstance', longestName),
    ...textCauses(event, 'action', longestName),
    ...textCauses(event, 'reason', longestName),
  ];
}

function coreCauses(event: KubeObject): Cause[] {
  const causes = namespaceCauses(event, 'involvedObject');
  return event['eventTime'] === null ? causes : [...causes, ...newStyleCauses(event, 'reportingComponent')];
}

/** An event of the new kind is a fact: only its series goes on. */
function changeCauses(event: KubeObject, old: KubeObject): Cause[] {
  const fixed = [
    'regarding',
    // The real server looks at it twice.
    'reason',
    'reason',
    'note',
    'type',
    'eventTime',
    'action',
    'related',
    'reportingController',
    'reportingInstance',
  ];
  if (old['eventTime'] === null) return [];
  return fixed.flatMap((field) =>
    equalJson(event[field], old[field]) ? [] : [invalidValue(coreNames[field] ?? field, event[field], immutable)],
  );
}

/** What only core/v1 events have must be left out. */
function deprecatedCauses(event: KubeObject): Cause[] {
  const fields = ['deprecatedFirstTimestamp', 'deprecatedLastTimestamp', 'deprecatedCount', 'deprecatedSource'];
  return fields
    .filter((field) => {
      const value = event[field] ?? null;
      return isObject(value) ? Object.values(value).some((part) => part !== '') : value !== null && value !== 0;
    })
    .map((field) => invalidValue(coreNames[field] ?? field, '', 'needs to be unset'));
}

function newCauses(event: KubeObject, old: KubeObject | undefined): Cause[] {
  if (old !== undefined) return changeCauses(event, old);
  // Unlike core/v1, this version lets an event live elsewhere than its object.
  const about = textAt(event, 'regarding', 'namespace') ?? '';
  const causes = about === '' ? namespaceCauses(event, 'regarding') : [];
  if (event['eventTime'] === null) causes.push(required('eventTime'));
  causes.push(...newStyleCauses(event, 'reportingController'));
  const note = textAt(event, 'note') ?? '';
  if (note.length > longestNote) causes.push(invalidValue('message', '', `can have at most ${longestNote} characters`));
  const type = textAt(event, 'type') ?? '';
  if (type !== 'Normal' && type !== 'Warning') {
    causes.push(invalidValue('type', '', 'has invalid value: ' + type));
  }
  const series = objectAt(event, 'series');
  if (isObject(series) && typeof series['count'] === 'number' && series['count'] < 2) {
    causes.push(invalidValue('series.count', '', 'should be at least 2'));
  }
  return [...causes, ...deprecatedCauses(event)];
}

export const coreEvent: Strategy = { decodeProblem, defaults: fillCore, validate: coreCauses };

export const newEvent: Strategy = {
  decodeProblem,
  defaults: fillNew,
  validate: newCauses,
  toStored: (event) => {
    const stored = renamed(event, coreNames, 'v1');
    fillCore(stored);
    return stored;
  },
  fromStored: (event) => {
    const shown = renamed(event, newNames, 'events.k8s.io/v1');
    if (shown['reportingController'] === '') delete shown['reportingController'];
    if (shown['reportingInstance'] === '') delete shown['reportingInstance'];
    return shown;
  },
};
