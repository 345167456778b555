// Changing an object, by PUT or by any patch: the rules between the old state and the new one.
import type { Call, Env } from '../call.ts';
import { ownedAfterWrite } from '../apply/ownership.ts';
import { equalJson, type JsonObject } from '../json.ts';
import { finalizerWarnings, metadataCauses, metadataUpdateCauses } from '../metadata.ts';
import { keyOf, type KubeObject } from '../object.ts';
import { storageKey } from '../storage-key.ts';
import { cloned, type Resource, validatedKind } from '../resource.ts';
import { ApiError, conflict, invalid, modified } from '../status.ts';
import { invalidValue } from '../field-error.ts';
import { validationCauses } from '../validation.ts';

/** Everything that generation counts: all but metadata and status. */
function counted(object: KubeObject): JsonObject {
  const { metadata: _metadata, status: _status, apiVersion: _apiVersion, ...rest } = object;
  return rest;
}

function withoutTimes(object: KubeObject): JsonObject {
  const { managedFields, resourceVersion: _version, ...metadata } = object.metadata;
  const entries = managedFields?.map(({ time: _time, ...entry }) => entry) ?? [];
  return { ...object, metadata: { ...metadata, managedFields: entries } };
}

function keepStatus(object: KubeObject, old: KubeObject): void {
  if (old['status'] === undefined) delete object['status'];
  else object['status'] = structuredClone(old['status']);
}

/** A write to the status subresource changes the status, and of a built-in kind also the metadata. */
function keepAllButStatus(object: KubeObject, old: KubeObject, resource: Resource): KubeObject {
  const { managedFields, ...metadata } = object.metadata;
  const kept = cloned(old);
  if (resource.custom === undefined) kept.metadata = metadata;
  if (managedFields === undefined) delete kept.metadata.managedFields;
  else kept.metadata.managedFields = managedFields;
  if (object['status'] === undefined) delete kept['status'];
  else kept['status'] = object['status'];
  return kept;
}

export interface Change {
  readonly old: KubeObject;
  readonly object: KubeObject;
  /** Server-side apply has worked out the ownership already. */
  readonly applied?: true;
}

/**
 * Stores the changed object and returns it; equal objects are not written again. Removes an object that was only
 * waiting for its finalizers. Both objects are in the resource's own version.
 */
export function updateObject(env: Env, call: Call, { old, object: asked, applied }: Change): KubeObject {
  const { resource, request } = call;
  const name = old.metadata.name ?? '';
  const { resourceVersion: version, uid } = asked.metadata;
  if (uid !== undefined && uid !== old.metadata.uid && request.verb === 'update') {
    const key = storageKey(resource, old.metadata);
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`;
    const where = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0`;
    throw conflict(resource, name, `${where}, AdditionalErrorMsg: ${why}`);
  }
  if (version !== undefined && !/^\d+$/.test(version)) {
    throw new ApiError(500, '', `strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`);
  }
  if (version !== undefined && version !== old.metadata.resourceVersion) throw modified(resource, name);
  if (version === undefined && request.verb === 'update' && !resource.unconditionalUpdate) {
    throw invalid({ group: resource.group, kind: resource.plural }, name, [
      invalidValue('metadata.resourceVersion', 0, 'must be specified for an update'),
    ]);
  }
  const managedFields = applied
    ? asked.metadata.managedFields
    : ownedAfterWrite({ call, now: env.now(), live: old, next: asked }).metadata.managedFields;
  let object = asked;
  // The real server checks this before the kind's own rules and again with them: each cause comes twice.
  const fixed = metadataUpdateCauses(object, old);
  const causes = [...fixed, ...fixed];
  const status = request.subresource === 'status';
  if (status) {
    object = keepAllButStatus(object, old, resource);
    resource.strategy.onStatusUpdate?.(object, old);
  } else {
    if (resource.hasStatus) keepStatus(object, old);
    resource.strategy.onUpdate?.(object, old, env.now());
  }
  if (old.metadata.generation === undefined) delete object.metadata.generation;
  else object.metadata.generation = old.metadata.generation;
  resource.strategy.defaults?.(object);
  if (!status && resource.tracksGeneration && !equalJson(counted(object), counted(old))) {
    object.metadata.generation = (old.metadata.generation ?? 0) + 1;
  }
  causes.push(...metadataCauses(object, resource), ...validationCauses(resource, object, old));
  if (causes.length > 0) throw invalid(validatedKind(resource), name, causes);
  if (resource.custom !== undefined) call.warnings.push(...finalizerWarnings(object));
  if (managedFields === undefined) delete object.metadata.managedFields;
  else object.metadata.managedFields = managedFields;
  if (equalJson(withoutTimes(object), withoutTimes(old))) return old;
  const { deletionTimestamp, finalizers = [], deletionGracePeriodSeconds = 0 } = object.metadata;
  const ends = deletionTimestamp !== undefined && finalizers.length === 0 && deletionGracePeriodSeconds === 0;
  if (call.dryRun) return object;
  if (ends && resource.strategy.holdsDeletion?.(object) !== true) {
    // Watches see the last state that was stored; the writer sees what he asked for, under the last version.
    env.storage.remove(resource.bucket, keyOf(object.metadata));
    return { ...object, metadata: { ...object.metadata, resourceVersion: old.metadata.resourceVersion ?? '' } };
  }
  return resource.fromStored(env.storage.put(resource.bucket, resource.toStored(object)));
}
