// Label and field selectors: parsed strictly, since a selector that is read wrong matches the wrong objects.
import { at, listAt, objectAt, textAt, type JsonObject } from './json.ts';
import { parseLabelSelector } from './label-selector.ts';
import type { KubeObject } from './object.ts';
import { badRequest } from './status.ts';
import type { Resource } from './resource.ts';

export type Matcher = (object: KubeObject) => boolean;
export function labelMatcher(text: string): Matcher {
  const tests = parseLabelSelector(text);
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
        throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
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
