// metadata.managedFields after a write: who set which field last.
import type { Call } from '../call.ts';
import type { JsonObject } from '../json.ts';
import { timestamp, type KubeObject, type ManagedFieldsEntry } from '../object.ts';
import { apiVersionOf } from '../resource.ts';
import { FieldSet, type FieldPath } from './field-set.ts';
import { compareFields, type Comparison } from './structure.ts';

/** Fields that nobody owns: they are set by the server or name the object. */
const unowned: readonly FieldPath[] = [
  ['f:apiVersion'],
  ['f:kind'],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((field) => ['f:metadata', `f:${field}`]),
];

/** Fields that this endpoint does not write, whatever was sent. */
export function ignored({ request, resource }: Call): readonly FieldPath[] {
  if (request.subresource === 'status') return [['f:spec']];
  return resource.hasStatus ? [['f:status']] : [];
}

/** `set` without the fields that nobody owns. */
export function ownable(set: FieldSet): FieldSet {
  return set.without(unowned).difference(FieldSet.of([['f:metadata']]));
}

/** A manager's entry with its fields as a set. */
export interface Ownership {
  readonly entry: Omit<ManagedFieldsEntry, 'fieldsV1'>;
  readonly fields: FieldSet;
}

export function ownershipsOf(object: KubeObject | undefined): Ownership[] {
  return (object?.metadata.managedFields ?? []).map(({ fieldsV1, ...entry }) => ({
    entry,
    fields: FieldSet.fromJson(fieldsV1),
  }));
}

export function entryFor(call: Call, operation: 'Apply' | 'Update', now: Date): Ownership['entry'] {
  const { subresource } = call.request;
  return {
    manager: call.fieldManager,
    operation,
    apiVersion: apiVersionOf(call.resource),
    time: timestamp(now),
    fieldsType: 'FieldsV1',
    ...(subresource !== undefined && { subresource }),
  };
}

export function sameManager(a: Ownership['entry'], b: Ownership['entry']): boolean {
  return (
    a.manager === b.manager &&
    a.operation === b.operation &&
    a.apiVersion === b.apiVersion &&
    a.subresource === b.subresource
  );
}

const sortKey = ({ entry }: Ownership): string =>
  [entry.operation, entry.time ?? '', entry.manager, entry.apiVersion, entry.subresource ?? ''].join('\n');

/** The object with these ownerships; empty ones are left out. */
export function withOwnerships(object: KubeObject, ownerships: readonly Ownership[]): KubeObject {
  const { managedFields: _managedFields, ...metadata } = object.metadata;
  const managedFields = ownerships
    .filter(({ fields }) => !fields.isEmpty)
    .toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
    .map(({ entry, fields }) => ({ ...entry, fieldsV1: fields.toJson() }));
  return { ...object, metadata: managedFields.length > 0 ? { ...metadata, managedFields } : metadata };
}

/** What a change takes away from managers that did not make it. */
export function lost({ entry, fields }: Ownership, { added, modified, removed }: Comparison): Ownership {
  return { entry, fields: fields.difference(added.union(modified).union(removed)) };
}

/** What the JSON of an empty object of a Go type has beside spec and status. */
const blanks: { readonly [kind: string]: JsonObject } = {
  Pod: { spec: { containers: null } },
  Event: {
    involvedObject: {},
    regarding: {},
    source: {},
    deprecatedSource: {},
    reportingComponent: '',
    reportingInstance: '',
    eventTime: null,
    firstTimestamp: null,
    lastTimestamp: null,
    deprecatedFirstTimestamp: null,
    deprecatedLastTimestamp: null,
  },
};

/** The empty object of a kind: built-in ones always have these, so nobody adds them. */
function blank(call: Call, next: KubeObject): JsonObject {
  const base = { apiVersion: next.apiVersion, kind: next.kind, metadata: {} };
  if (call.resource.custom !== undefined) return base;
  return { ...base, spec: {}, status: {}, ...blanks[next.kind] };
}

export interface Write {
  readonly call: Call;
  readonly now: Date;
  /** Undefined for a new object. */
  readonly live: KubeObject | undefined;
  readonly next: KubeObject;
}

/** The object with its managedFields brought up to date by a write that was not an apply. */
export function ownedAfterWrite({ call, now, live, next }: Write): KubeObject {
  const sent = next.metadata.managedFields ?? [];
  // One empty entry is the way to reset the tracking; none at all is a client that knows nothing of it.
  const reset = sent.length === 1 && Object.keys(sent[0] ?? {}).length === 0;
  if (reset) return withOwnerships(next, []);
  // Whose first fields nobody noted, as after a reset, is not followed any more.
  if (live !== undefined && live.metadata.managedFields === undefined && sent.length === 0)
    return withOwnerships(next, []);
  const owners = ownershipsOf(sent.length > 0 ? next : live);
  const all = compareFields(live ?? blank(call, next), next, call.resource.listTypeAt);
  const comparison = {
    added: all.added.without(ignored(call)),
    modified: all.modified.without(ignored(call)),
    removed: all.removed.without(ignored(call)),
  };
  const mine = entryFor(call, 'Update', now);
  const before = owners.find(({ entry }) => sameManager(entry, mine));
  const gained = ownable(comparison.added.union(comparison.modified));
  const fields = (before?.fields ?? new FieldSet()).difference(comparison.removed).union(gained);
  const entry = gained.isEmpty && before !== undefined ? before.entry : mine;
  const others = owners.filter((owner) => owner !== before).map((owner) => lost(owner, comparison));
  return withOwnerships(next, [...others, { entry, fields }]);
}
