// What makes an object of a kind invalid: the schema of custom resources, the rules of built-in kinds.
import { causeOf } from './crd/field-error.ts';
import type { KubeObject } from './object.ts';
import type { Resource } from './resource.ts';
import type { Cause } from './status.ts';

export function validationCauses(resource: Resource, object: KubeObject, old: KubeObject | undefined): Cause[] {
  const found = resource.strategy.validate?.(object, old) ?? [];
  if (resource.custom === undefined) return found;
  return [...found, ...resource.custom.validate(object, old).map(causeOf)];
}
