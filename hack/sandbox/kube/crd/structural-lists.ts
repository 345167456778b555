// Whether x-kubernetes-list-type and its like fit the lists and objects that they stand on.
import { isObject, type JsonObject } from '../json.ts';
import { notSupported, type FieldError } from './field-error.ts';
import { child } from './field-path.ts';
import { schemaOf } from './schema.ts';

/** What is wrong with the list and map types of the schema at `path`, its children aside. */
export function listTypeErrors(schema: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const mapType = schema['x-kubernetes-map-type'];
  if (mapType !== undefined && mapType !== 'atomic' && mapType !== 'granular') {
    errors.push(notSupported(child(path, 'x-kubernetes-map-type'), mapType, ['atomic', 'granular']));
  }
  const listType = schema['x-kubernetes-list-type'];
  const field = child(path, 'x-kubernetes-list-type');
  if (listType === undefined) {
    if (schema['x-kubernetes-list-map-keys'] === undefined) return errors;
    return [...errors, { field, type: 'Required', message: 'must be map if x-kubernetes-list-map-keys is non-empty' }];
  }
  if (listType !== 'atomic' && listType !== 'map' && listType !== 'set') {
    return [...errors, notSupported(field, listType, ['atomic', 'set', 'map'])];
  }
  if (schema['type'] !== 'array') {
    const message = 'must be array if x-kubernetes-list-type is specified';
    errors.push({ field: child(path, 'type'), type: 'Invalid', value: schema['type'] ?? '', message });
  }
  if (listType === 'set') errors.push(...setErrors(schema, path));
  if (listType === 'map') errors.push(...keyErrors(schema, path));
  return errors;
}

// Objects in a set are compared as wholes.
function setErrors({ items }: JsonObject, path: string): FieldError[] {
  if (!isObject(items) || items['type'] !== 'object' || items['x-kubernetes-map-type'] === 'atomic') return [];
  const message = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const value = items['x-kubernetes-map-type'] ?? null;
  return [{ field: `${path}.items.x-kubernetes-map-type`, type: 'Invalid', value, message }];
}

function keyErrors(schema: JsonObject, path: string): FieldError[] {
  const field = child(path, 'x-kubernetes-list-map-keys');
  const keys = schema['x-kubernetes-list-map-keys'];
  if (!Array.isArray(keys) || keys.length === 0) {
    return [{ field, type: 'Required', message: 'must not be empty if x-kubernetes-list-type is map' }];
  }
  const items = schemaOf(schema['items']);
  return keys.flatMap((key): FieldError[] => {
    const property = typeof key === 'string' ? items.properties.get(key) : undefined;
    if (typeof key !== 'string' || property === undefined) {
      return [{ field, type: 'Invalid', value: keys, message: 'entries must all be names of item properties' }];
    }
    if (items.required.includes(key) || property.default !== undefined) return [];
    const message =
      'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property';
    return [{ field: `${path}.items.properties[${key}].default`, type: 'Required', message }];
  });
}
