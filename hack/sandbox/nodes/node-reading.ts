// What is asked of a Node that the API server returned.
import { isObject, objectAt, textAt, type JsonObject } from '../aks/json.ts';

export function readiness(node: JsonObject | undefined): string | undefined {
  const { conditions } = objectAt(node, 'status');
  const all = Array.isArray(conditions) ? conditions.filter(isObject) : [];
  return textAt(
    all.find((each) => textAt(each, 'type') === 'Ready'),
    'status',
  );
}

export function taintKeys(node: JsonObject | undefined): readonly string[] {
  const { taints } = objectAt(node, 'spec');
  return Array.isArray(taints) ? taints.map((taint) => textAt(taint, 'key') ?? '') : [];
}

export function allocatable(node: JsonObject | undefined, resource: string): string | undefined {
  return textAt(objectAt(objectAt(node, 'status'), 'allocatable'), resource);
}

export function nodePathOf(node: JsonObject): string {
  return `/api/v1/nodes/${textAt(objectAt(node, 'metadata'), 'name')}`;
}
