// Label and field selectors: parsed strictly, since a selector that is read wrong matches the wrong objects.
import { at, listAt, objectAt, textAt, type JsonObject } from './json.ts';
import { labelValueProblems, qualifiedNameProblems } from './names.ts';
import type { KubeObject } from './object.ts';
import { badRequest } from './status.ts';
import type { Resource } from './resource.ts';

export type Matcher = (object: KubeObject) => boolean;
type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

const simple = /^\s*(?<not>!)?\s*(?<key>[^\s!=<>(),]+)\s*(?:(?<operator>==|=|!=|<|>)\s*(?<value>[^\s!=<>(),]*)\s*)?$/;
const setBased = /^\s*(?<key>[^\s!=<>(),]+)\s+(?<operator>in|notin)\s*\((?<values>[^()]*)\)\s*$/;

function splitRequirements(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '(') depth++;
    if (text[index] === ')') depth--;
    if (text[index] === ',' && depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function checked(key: string, values: readonly string[]): void {
  const [problem] = qualifiedNameProblems(key);
  if (problem !== undefined) {
    throw badRequest(`unable to parse requirement: <nil>: Invalid value: ${JSON.stringify(key)}: ${problem}`);
  }
  for (const [index, value] of values.entries()) {
    const [wrong] = labelValueProblems(value);
    if (wrong !== undefined) {
      throw badRequest(
        `unable to parse requirement: values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${wrong}`,
      );
    }
  }
}

function labelTest(text: string): LabelTest {
  const set = setBased.exec(text)?.groups;
  if (set !== undefined) {
    const { key = '', operator, values: list = '' } = set;
    const values = list.split(',').map((value) => value.trim());
    checked(key, values);
    if (operator === 'in') return (labels) => labels[key] !== undefined && values.includes(labels[key]);
    return (labels) => labels[key] === undefined || !values.includes(labels[key]);
  }
  const parts = simple.exec(text)?.groups;
  const { not, key = '', operator, value = '' } = parts ?? {};
  if (parts === undefined || (not !== undefined && operator !== undefined)) {
    throw badRequest(`unable to parse requirement: found '${text.trim()}', expected: identifier`);
  }
  checked(key, operator === undefined ? [] : [value]);
  if (not !== undefined) return (labels) => labels[key] === undefined;
  switch (operator) {
    case '=':
    case '==':
      return (labels) => labels[key] === value;
    case '!=':
      return (labels) => labels[key] !== value;
    case '<':
      return (labels) => labels[key] !== undefined && Number(labels[key]) < Number(value);
    case '>':
      return (labels) => labels[key] !== undefined && Number(labels[key]) > Number(value);
    case undefined:
    default:
      return (labels) => labels[key] !== undefined;
  }
}

export function labelMatcher(text: string): Matcher {
  if (text.trim() === '') return () => true;
  const tests = splitRequirements(text).map(labelTest);
  return ({ metadata }) => tests.every((test) => test(metadata.labels ?? {}));
}

/** The LabelSelector of an object's spec; an empty one matches everything. */
export function labelSelectorMatcher(selector: JsonObject): Matcher {
  const labels = Object.entries(objectAt(selector, 'matchLabels') ?? {});
  const expressions = listAt(selector, 'matchExpressions').map((expression) => ({
    key: textAt(expression, 'key') ?? '',
    operator: textAt(expression, 'operator') ?? '',
    values: listAt(expression, 'values'),
  }));
  return ({ metadata: { labels: have = {} } }) =>
    labels.every(([key, value]) => have[key] === value) &&
    expressions.every(({ key, operator, values }) => {
      const value = have[key];
      if (operator === 'In') return value !== undefined && values.includes(value);
      if (operator === 'NotIn') return value === undefined || !values.includes(value);
      return operator === 'Exists' ? value !== undefined : operator === 'DoesNotExist' && value === undefined;
    });
}

/** Fields that can be selected besides metadata.name and metadata.namespace, by plural and group. */
const selectable: { readonly [resource: string]: readonly string[] } = {
  'pods/': [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  'nodes/': ['spec.unschedulable'],
  'namespaces/': ['status.phase'],
  'secrets/': ['type'],
  'services/': ['spec.clusterIP', 'spec.type'],
  'events/': [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  'events/events.k8s.io': [
    'regarding.kind',
    'regarding.namespace',
    'regarding.name',
    'regarding.uid',
    'regarding.apiVersion',
    'regarding.resourceVersion',
    'regarding.fieldPath',
    'reason',
    'reportingController',
    'type',
  ],
  'jobs/batch': ['status.successful'],
  'replicasets/apps': ['status.replicas'],
};

function fieldValue(resource: Resource, object: KubeObject, field: string): string {
  if (resource.plural === 'events' && field === 'source') {
    return textAt(object, 'source', 'component') ?? textAt(object, 'reportingComponent') ?? '';
  }
  const value = at(object, ...field.split('.'));
  if (value === undefined || value === null) {
    return field === 'spec.unschedulable' || field === 'spec.hostNetwork' ? 'false' : '';
  }
  return typeof value === 'object' ? '' : String(value);
}

/** The value that a field selector pins a field to, when it does. */
export function pinnedName(text: string): string | undefined {
  return /(?:^|,)metadata\.name==?(?<name>[^,=!]+)(?:,|$)/.exec(text)?.groups?.['name'];
}

export function fieldMatcher(text: string, resource: Resource): Matcher {
  if (text.trim() === '') return () => true;
  const known = [
    'metadata.name',
    ...(resource.namespaced || resource.custom === undefined ? ['metadata.namespace'] : []),
    ...(selectable[`${resource.plural}/${resource.group}`] ?? []),
  ];
  const tests = text
    .split(',')
    .filter((part) => part !== '')
    .map((part): Matcher => {
      const [, field = '', operator, value = ''] = /^([^=!]*)(==|=|!=)(.*)$/.exec(part) ?? [];
      if (operator === undefined) {
        throw badRequest(`invalid field selector: "${part}"; can't understand`);
      }
      if (!known.includes(field)) throw badRequest(unknownField(resource, field));
      const wanted = value.replaceAll(/\\(.)/g, '$1');
      return (object) => (fieldValue(resource, object, field) === wanted) === (operator !== '!=');
    });
  return (object) => tests.every((test) => test(object));
}

function unknownField({ group, kind, custom }: Resource, field: string): string {
  const label = `field label not supported: ${field}`;
  if (custom !== undefined) return label;
  const typed = group === '' && ['Pod', 'Node', 'Event', 'Namespace', 'Service', 'Secret'].includes(kind);
  return typed ? label : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
}
