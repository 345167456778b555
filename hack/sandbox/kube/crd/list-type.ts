// x-kubernetes-list-type: which lists are sets and maps, and that they hold nothing twice.
import { equalJson, isObject, type Json, type JsonObject } from '../json.ts';
import type { FieldError } from './field-error.ts';
import { child, indexed, keyed } from './field-path.ts';
import { propertyOf, type Schema } from './schema.ts';

export interface ListType {
  readonly type: 'atomic' | 'set' | 'map';
  /** The fields that tell the items of a map apart; empty for the others. */
  readonly keys: readonly string[];
}

/**
 * How the value at `path` is merged by server-side apply: lists by their list type, atomic unless declared, and objects
 * only when they are atomic. Any step from a list, be it an index or a key, goes to its items.
 */
export function listTypeAt(schema: Schema, path: readonly string[]): ListType | undefined {
  let here: Schema | undefined = schema;
  for (const step of path) here = here?.type === 'array' ? here.items : here && propertyOf(here, step);
  if (here?.type === 'array') {
    const type = here.listType === 'map' || here.listType === 'set' ? here.listType : 'atomic';
    return { type, keys: type === 'map' ? here.listMapKeys : [] };
  }
  return here?.mapType === 'atomic' ? { type: 'atomic', keys: [] } : undefined;
}

/** What tells the item apart from others of a map: the values of its keys, defaults included. */
export function identityOf(items: Schema, keys: readonly string[], item: Json): JsonObject {
  if (!isObject(item)) return {};
  return Object.fromEntries(
    keys
      .map((key) => [key, item[key] ?? items.properties.get(key)?.default])
      .filter(([, value]) => value !== undefined),
  );
}

function duplicatesIn(schema: Schema, list: readonly Json[], path: string): FieldError[] {
  const { items, listType, listMapKeys } = schema;
  if (items === undefined || (listType !== 'set' && listType !== 'map')) return [];
  const identities = listType === 'set' ? list : list.map((item) => identityOf(items, listMapKeys, item));
  return identities.flatMap((identity, index) =>
    identities.findIndex((earlier) => equalJson(earlier, identity)) < index
      ? [{ field: indexed(path, index), type: 'Duplicate' as const, message: '', value: identity }]
      : [],
  );
}

/** Duplicates in the sets and maps of `value`, at every depth. */
export function duplicates(schema: Schema | undefined, value: Json, path = ''): FieldError[] {
  if (schema === undefined) return [];
  if (Array.isArray(value)) {
    const inItems = value.flatMap((item, index) => duplicates(schema.items, item, indexed(path, index)));
    return [...duplicatesIn(schema, value, path), ...inItems];
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const here = schema.properties.has(key) ? child(path, key) : keyed(path, key);
    return each === undefined ? [] : duplicates(propertyOf(schema, key), each, here);
  });
}
