// Defaulting: fields that are missing, or null where null is not allowed, get the default of their schema.
import { isObject, type Json, type JsonObject } from '../json.ts';
import { propertyOf, type Schema } from './schema.ts';

/** A copy of `object` with the defaults of `schema` filled in, and without nulls that no default could replace. */
export function applyDefaults(schema: Schema, object: JsonObject): JsonObject {
  const filled: JsonObject = {};
  for (const [key, value] of Object.entries(object)) {
    const property = propertyOf(schema, key);
    if (value === undefined) continue;
    if (value !== null || property === undefined || property.nullable) filled[key] = defaulted(property, value);
    else if (property.default !== undefined) filled[key] = defaulted(property, structuredClone(property.default));
  }
  for (const [key, property] of schema.properties) {
    if (property.default === undefined || filled[key] !== undefined) continue;
    filled[key] = defaulted(property, structuredClone(property.default));
  }
  return filled;
}

function defaulted(schema: Schema | undefined, value: Json): Json {
  if (schema === undefined) return value;
  if (isObject(value)) return applyDefaults(schema, value);
  if (!Array.isArray(value)) return value;
  const { items } = schema;
  return value.map((item) =>
    defaulted(
      items,
      item === null && items?.default !== undefined && !items.nullable ? structuredClone(items.default) : item,
    ),
  );
}
