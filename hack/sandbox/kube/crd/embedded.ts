// x-kubernetes-embedded-resource: whole objects inside of another, with an apiVersion, a kind and metadata of their own.
import { isObject, type Json } from '../json.ts';
import type { FieldError } from './field-error.ts';
import { child, indexed, keyed } from './field-path.ts';
import { propertyOf, type Schema } from './schema.ts';

/** The fields of ObjectMeta; whatever else stands in metadata is pruned. */
export const metadataFields: ReadonlySet<string> = new Set([
  'annotations',
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'finalizers',
  'generateName',
  'generation',
  'labels',
  'managedFields',
  'name',
  'namespace',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
]);

/** Embedded objects below the root that do not say what they are. */
export function embeddedErrors(schema: Schema | undefined, value: Json, path: string): FieldError[] {
  if (schema === undefined) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => embeddedErrors(schema.items, item, indexed(path, index)));
  }
  if (!isObject(value)) return [];
  const missing = path === '' || !schema.embeddedResource ? [] : ['apiVersion', 'kind'].filter((key) => !value[key]);
  return [
    ...missing.map((key) => ({ field: child(path, key), type: 'Required' as const, message: '' })),
    ...Object.entries(value).flatMap(([key, each]) => {
      const here = schema.properties.has(key) ? child(path, key) : keyed(path, key);
      return each === undefined ? [] : embeddedErrors(propertyOf(schema, key), each, here);
    }),
  ];
}
