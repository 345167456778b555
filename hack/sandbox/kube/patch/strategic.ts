// Strategic merge patch: like a merge patch, but lists of built-in kinds merge by their keys, and directives order it about.
import type { ListType } from '../crd/list-type.ts';
import { goValue } from '../go-json.ts';
import { equalJson, isObject, textAt, type Json, type JsonObject } from '../json.ts';
import { ApiError, badRequest } from '../status.ts';

export type ListTypes = (path: readonly string[]) => ListType | undefined;

const directive = '$patch';
const retain = '$retainKeys';
const order = '$setElementOrder/';
const removal = '$deleteFromPrimitiveList/';

function keyOf(item: Json, key: string): Json {
  const value = isObject(item) ? item[key] : undefined;
  if (value === undefined || value === null) {
    throw new ApiError(500, '', `map: ${goValue(item)} does not contain declared merge key: ${key}`);
  }
  return value;
}

function identity(item: Json, type: ListType): Json {
  const [key] = type.keys;
  return key === undefined ? item : keyOf(item, key);
}

function unknownDirective(what: Json, patch: Json): ApiError {
  return new ApiError(500, '', `unknown patch type: ${goValue(what)} in map: ${goValue(patch)}`);
}

/** The patch without its directives: what a new object or item becomes. */
function plain(value: Json): Json {
  if (Array.isArray(value)) {
    return value.filter((item) => !isObject(item) || textAt(item, directive) === undefined).map(plain);
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(
    ([key, entry]) => entry !== null && entry !== undefined && !key.startsWith('$'),
  );
  return Object.fromEntries(entries.map(([key, entry]) => [key, plain(entry ?? null)]));
}

function mergeItems(target: readonly Json[], patch: readonly Json[], type: ListType, at: Place): Json[] {
  const items = [...target];
  for (const change of patch) {
    const what = textAt(change, directive);
    if (what === 'replace') continue;
    const id = identity(change, type);
    const index = items.findIndex((item) => equalJson(identity(item, type), id));
    if (what === 'delete') {
      if (index >= 0) items.splice(index, 1);
    } else if (what !== undefined && what !== 'merge') {
      throw unknownDirective(what, change);
    } else if (index < 0) items.push(plain(change));
    else if (type.type === 'map' && isObject(change)) {
      items[index] = mergeMap(items[index], change, { ...at, path: [...at.path, '[]'] });
    }
  }
  return items;
}

function mergeList(target: Json | undefined, patch: readonly Json[], at: Place): Json {
  const type = at.listTypeAt(at.path);
  const replaces = patch.some(
    (item) => textAt(item, directive) === 'replace' && isObject(item) && Object.keys(item).length === 1,
  );
  if (replaces || type === undefined || type.type === 'atomic') return plain([...patch]);
  // A list that is not there yet takes the patch's as it is, keys or not.
  if (!Array.isArray(target)) return plain([...patch]);
  const wanted = patch.filter((item) => textAt(item, directive) === undefined);
  return ordered(mergeItems(target, patch, type, at), wanted, target, type);
}

/** Puts a list into the order that the client sees; items it does not know keep their place among their neighbours. */
function ordered(list: readonly Json[], wanted: readonly Json[], before: readonly Json[], type: ListType): Json[] {
  const wantedIds = wanted.map((item) => identity(item, type));
  const rank = (item: Json): number => wantedIds.findIndex((id) => equalJson(id, identity(item, type)));
  const known = list.filter((item) => rank(item) >= 0).toSorted((a, b) => rank(a) - rank(b));
  const others = list.filter((item) => rank(item) < 0);
  const place = (item: Json): number => before.findIndex((old) => equalJson(identity(old, type), identity(item, type)));
  const result: Json[] = [];
  while (known.length > 0 || others.length > 0) {
    const [left, right] = [others[0], known[0]];
    const leftFirst =
      left !== undefined &&
      (right === undefined || (place(left) >= 0 && place(right) >= 0 && place(left) < place(right)));
    const next = leftFirst ? others.shift() : known.shift();
    const taken = next ?? others.shift();
    if (taken !== undefined) result.push(taken);
  }
  return result;
}

interface Place {
  readonly path: readonly string[];
  readonly listTypeAt: ListTypes;
}

function asList(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function mergeMap(target: Json | undefined, patch: JsonObject, at: Place): Json {
  const what = patch[directive];
  if (what === 'replace') return plain(patch);
  if (what === 'delete') return {};
  if (what !== undefined && what !== 'merge') throw unknownDirective(what, patch);
  const before: JsonObject = isObject(target) ? target : {};
  const result: JsonObject = { ...before };
  const kept = patch[retain];
  if (kept !== undefined) {
    if (!Array.isArray(kept)) throw badRequest('the $retainKeys directive must be a list of keys');
    for (const key of Object.keys(result)) if (!kept.includes(key)) delete result[key];
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(removal)) {
      const field = key.slice(removal.length);
      const gone = asList(value);
      const left = asList(result[field]).filter((item) => !gone.some((other) => equalJson(item, other)));
      if (Array.isArray(result[field])) result[field] = left;
      continue;
    }
    if (key.startsWith('$')) continue;
    const here = { ...at, path: [...at.path, key] };
    if (value === null || value === undefined) delete result[key];
    else if (Array.isArray(value)) result[key] = mergeList(result[key], value, here);
    else if (isObject(value)) result[key] = mergeMap(result[key], value, here);
    else result[key] = value;
  }
  for (const [key, value] of Object.entries(patch)) {
    if (!key.startsWith(order)) continue;
    const field = key.slice(order.length);
    const list = result[field];
    const type = at.listTypeAt([...at.path, field]);
    if (!Array.isArray(list) || type === undefined || type.type === 'atomic') continue;
    result[field] = ordered(list, asList(value), asList(before[field]), type);
  }
  return result;
}

/** The target with the patch merged in; neither is changed. */
export function strategicPatch(target: Json, patch: JsonObject, listTypeAt: ListTypes): Json {
  return mergeMap(target, patch, { path: [], listTypeAt });
}
