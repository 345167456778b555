// Pruning: what a structural schema does not declare is dropped before an object is stored.
import { isObject, type Json, type JsonObject } from '../json.ts';
import { metadataFields } from './embedded.ts';
import { child, indexed } from './field-path.ts';
import { propertyOf, type Schema } from './schema.ts';

// The fields that every resource has, whatever its schema says.
const typeAndMeta: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** A copy of `object` without the fields that `schema` does not know, and the paths of those fields. */
export function prune(schema: Schema, object: JsonObject): { object: JsonObject; unknownFields: string[] } {
  const unknownFields: string[] = [];
  return { object: pruneObject({ ...schema, embeddedResource: true }, object, '', unknownFields), unknownFields };
}

function pruneObject(schema: Schema | undefined, object: JsonObject, path: string, unknown: string[]): JsonObject {
  const kept: JsonObject = {};
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    const here = child(path, key);
    if (schema?.embeddedResource && typeAndMeta.has(key))
      kept[key] = path === '' ? structuredClone(value) : metadataOf(value);
    else if (schema !== undefined && (schema.properties.has(key) || schema.additionalProperties !== undefined)) {
      kept[key] = pruneValue(propertyOf(schema, key), value, here, unknown);
    } else if (schema?.preserveUnknownFields) kept[key] = structuredClone(value);
    else unknown.push(here);
  }
  return kept;
}

// The root's metadata is the server's to check; that of embedded objects is pruned here.
function metadataOf(value: Json): Json {
  if (!isObject(value)) return value;
  return structuredClone(Object.fromEntries(Object.entries(value).filter(([key]) => metadataFields.has(key))));
}

function pruneValue(schema: Schema | undefined, value: Json, path: string, unknown: string[]): Json {
  if (isObject(value)) return pruneObject(schema, value, path, unknown);
  if (!Array.isArray(value)) return value;
  if (schema?.preserveUnknownFields && schema.items === undefined) return structuredClone(value);
  return value.map((item, index) => pruneValue(schema?.items, item, indexed(path, index), unknown));
}
