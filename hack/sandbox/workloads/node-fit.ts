// Whether a pod fits on a node: the scheduler's filters that matter to GPU pods (pure).
import { isObject, objectAt, textAt, textMapAt, type Json, type JsonObject } from '../aks/json.ts';

const gpu = 'nvidia.com/gpu';

/** Undefined: it fits. Else the scheduler's words for why not. */
export function misfitOf(pod: JsonObject, node: JsonObject, others: readonly JsonObject[]): string | undefined {
  const spec = objectAt(pod, 'spec');
  if (objectAt(node, 'spec')['unschedulable'] === true) return 'node(s) were unschedulable';
  if (!matchesAffinity(spec, node)) return "node(s) didn't match Pod's node affinity/selector";
  const taint = listOf(objectAt(node, 'spec')['taints']).find((each) => !isTolerated(each, spec));
  if (taint !== undefined)
    return `node(s) had untolerated taint {${textAt(taint, 'key') ?? ''}: ${textAt(taint, 'value') ?? ''}}`;
  const asked = gpusOf(pod);
  const has = Number(objectAt(objectAt(node, 'status'), 'allocatable')[gpu] ?? 0);
  const taken = others.reduce((sum, other) => sum + gpusOf(other), 0);
  return asked > 0 && asked > has - taken ? `Insufficient ${gpu}` : undefined;
}

function gpusOf(pod: JsonObject): number {
  return listOf(objectAt(pod, 'spec')['containers']).reduce(
    (sum, container) => sum + Number(objectAt(objectAt(container, 'resources'), 'limits')[gpu] ?? 0),
    0,
  );
}

function matchesAffinity(spec: JsonObject, node: JsonObject): boolean {
  const labels = textMapAt(objectAt(node, 'metadata'), 'labels');
  const selector = textMapAt(spec, 'nodeSelector');
  if (!Object.entries(selector).every(([key, value]) => labels[key] === value)) return false;
  const affinity = objectAt(objectAt(spec, 'affinity'), 'nodeAffinity');
  const required = affinity['requiredDuringSchedulingIgnoredDuringExecution'];
  if (required === undefined) return true;
  return listOf(objectAt(affinity, 'requiredDuringSchedulingIgnoredDuringExecution')['nodeSelectorTerms']).some(
    (term) => listOf(term['matchExpressions']).every((expression) => matches(expression, labels)),
  );
}

function matches(expression: JsonObject, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[textAt(expression, 'key') ?? ''];
  const { values } = expression;
  const named = Array.isArray(values) ? values : [];
  switch (textAt(expression, 'operator') ?? '') {
    case 'In':
      return value !== undefined && named.includes(value);
    case 'NotIn':
      return value === undefined || !named.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

function isTolerated(taint: JsonObject, spec: JsonObject): boolean {
  const effect = textAt(taint, 'effect');
  if (effect !== 'NoSchedule' && effect !== 'NoExecute') return true;
  return listOf(spec['tolerations']).some((toleration) => {
    const key = textAt(toleration, 'key') ?? '';
    const forEffect = textAt(toleration, 'effect') ?? '';
    if (forEffect !== '' && forEffect !== effect) return false;
    if ((textAt(toleration, 'operator') ?? 'Equal') === 'Exists') return key === '' || key === textAt(taint, 'key');
    return key === textAt(taint, 'key') && (textAt(toleration, 'value') ?? '') === (textAt(taint, 'value') ?? '');
  });
}

function listOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
