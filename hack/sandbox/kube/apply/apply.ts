// Server-side apply: the configuration's fields become the manager's, others' fields are conflicts, and what the manager
// no longer applies goes away.
import type { Call } from '../call.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { ApiError, type Cause } from '../status.ts';
import { FieldSet, shownPath, type FieldPath } from './field-set.ts';
import {
  entryFor,
  ignored,
  lost,
  ownable,
  ownershipsOf,
  sameManager,
  withOwnerships,
  type Ownership,
} from './ownership.ts';
import { compareFields, elementOf, fieldsOf, mergeApplied, stepOf } from './structure.ts';

/** Who owns what before an apply; fields of an object that nobody tracked belong to `before-first-apply`. */
function ownersBefore(call: Call, live: KubeObject, bare: KubeObject): Ownership[] {
  const owners = ownershipsOf(live);
  if (owners.length > 0 || live.metadata.uid === undefined) return owners;
  const fields = ownable(fieldsOf(bare, call.resource.listTypeAt));
  const { apiVersion } = live;
  return [
    { entry: { manager: 'before-first-apply', operation: 'Update', apiVersion, fieldsType: 'FieldsV1' }, fields },
  ];
}

interface Conflict {
  readonly owner: Ownership;
  readonly path: FieldPath;
}

function shownManager({ entry: { manager, operation, apiVersion, subresource } }: Ownership): string {
  const name = `${JSON.stringify(manager)}${subresource === undefined ? '' : ` with subresource "${subresource}"`}`;
  if (operation !== 'Update') return name;
  return `${name} using ${apiVersion}`;
}

function conflictMessage(conflicts: readonly Conflict[]): string {
  const [only] = conflicts;
  if (conflicts.length === 1 && only !== undefined) {
    return `Apply failed with 1 conflict: conflict with ${shownManager(only.owner)}: ${shownPath(only.path)}`;
  }
  const byManager = Map.groupBy(conflicts, ({ owner }) => shownManager(owner));
  const lines = [...byManager]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([manager, found]) => [`conflicts with ${manager}:`, ...found.map(({ path }) => `- ${shownPath(path)}`)]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

function conflictError(conflicts: readonly Conflict[]): ApiError {
  const causes = conflicts.map(({ owner, path }): Cause => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${shownManager(owner)}`,
    field: shownPath(path),
  }));
  return new ApiError(409, 'Conflict', conflictMessage(conflicts), { causes });
}

/** Removes the value at a path; lists lose the item. Returns the changed copy. */
function removeAt(value: Json, path: FieldPath, call: Call, steps: readonly string[] = []): Json {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (Array.isArray(value)) {
    const type = call.resource.listTypeAt(steps);
    if (type === undefined) return value;
    return value.flatMap((item) => {
      if (elementOf(item, type) !== first) return [item];
      return rest.length === 0 ? [] : [removeAt(item, rest, call, [...steps, '[]'])];
    });
  }
  if (!isObject(value)) return value;
  const key = stepOf(first);
  const child = value[key];
  if (child === undefined) return value;
  const { [key]: _removed, ...others } = value;
  return rest.length === 0 ? others : { ...others, [key]: removeAt(child, rest, call, [...steps, key]) };
}

/** The fields of a set, and the named fields above them, which go when nothing in them is owned any more. */
function withParents(set: FieldSet): FieldPath[] {
  const all = new FieldSet();
  for (const path of set.paths()) {
    for (let length = path.length; length > 0; length--) all.insert(path.slice(0, length));
  }
  return [...all.paths()].toSorted((a, b) => a.length - b.length);
}

/** Drops what the manager applied before, does not apply now, and nobody else owns. */
function pruned(merged: KubeObject, before: FieldSet, owners: readonly Ownership[], call: Call): Json {
  let result: Json = merged;
  for (const path of withParents(before)) {
    if (path.length === 1 && path[0] === 'f:metadata') continue;
    if (!owners.some(({ fields }) => fields.touches(path))) result = removeAt(result, path, call);
  }
  return result;
}

export interface Applied {
  readonly call: Call;
  readonly now: Date;
  readonly live: KubeObject;
  /** What the client applies; without managedFields. */
  readonly config: KubeObject;
  readonly force: boolean;
}

function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, entry]) => entry !== null && entry !== undefined);
  return Object.fromEntries(entries.map(([key, entry]): [string, Json] => [key, withoutNulls(entry ?? null)]));
}

/** The live object after the apply, as JSON, with its managedFields. Throws the 409 of a conflict. */
export function applyConfig({ call, now, live, config, force }: Applied): Json {
  const { listTypeAt } = call.resource;
  const { managedFields: _live, ...liveMetadata } = live.metadata;
  const bare: KubeObject = { ...live, metadata: liveMetadata };
  const wanted = withoutNulls(config);
  const merged = mergeApplied(bare, wanted, listTypeAt);
  if (!isKube(merged) || !isObject(wanted)) return merged;
  const mine = entryFor(call, 'Apply', now);
  const owners = ownersBefore(call, live, bare);
  const before = owners.find(({ entry }) => sameManager(entry, mine));
  const others = owners.filter((owner) => owner !== before);
  const fields = ownable(fieldsOf(wanted, listTypeAt)).without(ignored(call));
  const next =
    before === undefined ? merged : pruned(merged, before.fields, [...others, { entry: mine, fields }], call);
  if (!isKube(next)) return next;
  const comparison = compareFields(bare, next, listTypeAt);
  const changed = comparison.added.union(comparison.modified).without(ignored(call));
  const conflicts = others.flatMap((owner): Conflict[] =>
    [...owner.fields.intersection(changed).paths()].map((path) => ({ owner, path })),
  );
  if (conflicts.length > 0 && !force) throw conflictError(conflicts);
  // Only a change of values has a time; a change of owners alone has none.
  const { time: _time, ...timeless } = mine;
  const entry = changed.isEmpty && comparison.removed.isEmpty ? (before?.entry ?? timeless) : mine;
  return withOwnerships(next, [...others.map((owner) => lost(owner, comparison)), { entry, fields }]);
}

function isKube(value: Json): value is KubeObject {
  return isObject(value) && isObject(value['metadata']) && typeof value['kind'] === 'string';
}

/** What a new object starts from when it is applied into being. */
export function nothing(config: KubeObject): KubeObject {
  const { name = '', namespace } = config.metadata;
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  const empty: JsonObject & KubeObject = { apiVersion: config.apiVersion, kind: config.kind, metadata };
  return empty;
}
