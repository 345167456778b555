// How an object divides into fields that can be owned: maps by key, lists by the keys of their items, the rest whole.
import type { ListType } from '../crd/list-type.ts';
import { equalJson, isObject, type Json, type JsonObject } from '../json.ts';
import type { ListTypes } from '../patch/strategic.ts';
import { FieldSet, type FieldPath } from './field-set.ts';

/** Where the walk is: as a path of fields, and as the steps that the schema knows. */
interface Here {
  readonly path: FieldPath;
  readonly steps: readonly string[];
  readonly listTypeAt: ListTypes;
}

function below(here: Here, element: string, step: string): Here {
  return { ...here, path: [...here.path, element], steps: [...here.steps, step] };
}

// Keys of list maps that the types give a default.
const keyDefaults: { readonly [key: string]: Json } = { protocol: 'TCP' };

/** The path element of a list's item. */
export function elementOf(item: Json, { type, keys }: ListType): string {
  if (type !== 'map') return `v:${JSON.stringify(item)}`;
  const values = keys.toSorted().map((key) => [key, (isObject(item) ? item[key] : undefined) ?? keyDefaults[key]]);
  return `k:${JSON.stringify(Object.fromEntries(values.filter(([, value]) => value !== undefined)))}`;
}

type Parts = ReadonlyMap<string, Json>;

/** The parts of a value that can be owned apart; undefined when it is owned whole. */
function partsOf(value: Json | undefined, type: ListType | undefined): Parts | undefined {
  if (Array.isArray(value)) {
    if (type === undefined || type.type === 'atomic') return undefined;
    return new Map(value.map((item) => [elementOf(item, type), item]));
  }
  if (!isObject(value) || type?.type === 'atomic') return undefined;
  return new Map(Object.entries(value).flatMap(([key, entry]) => (entry === undefined ? [] : [[`f:${key}`, entry]])));
}

export const stepOf = (element: string): string => (element.startsWith('f:') ? element.slice(2) : '[]');

function collect(value: Json, here: Here, set: FieldSet): void {
  const parts = partsOf(value, here.listTypeAt(here.steps));
  if (parts === undefined || (parts.size === 0 && isObject(value))) {
    if (here.path.length > 0) set.insert(here.path);
    return;
  }
  for (const [element, part] of parts) {
    const next = below(here, element, stepOf(element));
    if (!element.startsWith('f:')) set.insert(next.path);
    if (!element.startsWith('v:')) collect(part, next, set);
  }
}

/** The fields that an applied configuration names. */
export function fieldsOf(object: JsonObject, listTypeAt: ListTypes): FieldSet {
  const set = new FieldSet();
  collect(object, { path: [], steps: [], listTypeAt }, set);
  return set;
}

export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

function isNothing(parts: Parts | undefined, value: Json | undefined): boolean {
  return value === undefined || value === null || parts?.size === 0;
}

function walk(before: Json | undefined, after: Json | undefined, here: Here, result: Comparison): void {
  if (before === undefined && after === undefined) return;
  const type = here.listTypeAt(here.steps);
  const [old, next] = [partsOf(before, type), partsOf(after, type)];
  const whole =
    (old === undefined && next === undefined) ||
    (isNothing(old, before) && isNothing(next, after)) ||
    (old === undefined && before !== undefined && before !== null) ||
    (next === undefined && after !== undefined && after !== null) ||
    Array.isArray(before ?? after) !== Array.isArray(after ?? before);
  if (whole) {
    if (before === undefined) result.added.insert(here.path);
    else if (after === undefined) result.removed.insert(here.path);
    else if (!equalJson(before, after)) result.modified.insert(here.path);
    return;
  }
  for (const element of new Set([...(old?.keys() ?? []), ...(next?.keys() ?? [])])) {
    walk(old?.get(element), next?.get(element), below(here, element, stepOf(element)), result);
  }
  if (before === undefined) result.added.insert(here.path);
  else if (after === undefined) result.removed.insert(here.path);
}

export function compareFields(before: JsonObject, after: JsonObject, listTypeAt: ListTypes): Comparison {
  const result = { added: new FieldSet(), modified: new FieldSet(), removed: new FieldSet() };
  walk(before, after, { path: [], steps: [], listTypeAt }, result);
  return result;
}

/** The live value with the applied one merged in; lists merge by their types. */
export function mergeApplied(
  live: Json | undefined,
  applied: Json,
  listTypeAt: ListTypes,
  steps: readonly string[] = [],
): Json {
  const type = listTypeAt(steps);
  if (isObject(applied) && isObject(live) && type?.type !== 'atomic') {
    const result: JsonObject = { ...live };
    for (const [key, value] of Object.entries(applied)) {
      if (value !== undefined) result[key] = mergeApplied(live[key], value, listTypeAt, [...steps, key]);
    }
    return result;
  }
  if (!Array.isArray(applied) || !Array.isArray(live) || type === undefined || type.type === 'atomic') return applied;
  const wanted = new Map(applied.map((item) => [elementOf(item, type), item]));
  const old = new Map(live.map((item) => [elementOf(item, type), item]));
  // Items of others keep their places; the applied ones come in the order of the configuration.
  const order = [...old.keys()].filter((element) => !wanted.has(element));
  const merged = [...wanted].map(([element, item]) =>
    mergeApplied(old.get(element), item, listTypeAt, [...steps, '[]']),
  );
  const first = [...old.keys()].findIndex((element) => wanted.has(element));
  const ahead = order.filter((element) => first < 0 || [...old.keys()].indexOf(element) < first);
  const items = (elements: readonly string[]): Json[] => elements.map((element) => old.get(element) ?? null);
  return [...items(ahead), ...merged, ...items(order.filter((element) => !ahead.includes(element)))];
}
