// Deleting an object: preconditions, grace, finalizers, and only then its end.
import type { Call, Env } from '../call.ts';
import { invalidValue } from '../field-error.ts';
import { at, isObject, listAt, numberAt, textAt, type Json, type JsonObject } from '../json.ts';
import { keyOf, timestamp, type KubeObject } from '../object.ts';
import { cloned, type Resource } from '../resource.ts';
import { badRequest, conflict, deleted, invalid } from '../status.ts';

export interface DeleteOptions {
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly gracePeriodSeconds?: number;
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  readonly dryRun?: true;
}

function propagationOf(value: Json | undefined): DeleteOptions['propagation'] {
  if (value === undefined || value === null || value === '') return undefined;
  if (value === 'Background' || value === 'Foreground' || value === 'Orphan') return value;
  throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [
    invalidValue('propagationPolicy', value, 'must be one of Background, Foreground, Orphan or nil'),
  ]);
}

/** Options of the body and of the query; the body wins when there is one. */
export function deleteOptions(body: Json | undefined, query: URLSearchParams): DeleteOptions {
  if (body !== undefined && !isObject(body))
    throw badRequest("couldn't get version/kind; json parse error: not an object");
  const kind = textAt(body, 'kind');
  if (kind !== undefined && kind !== 'DeleteOptions') {
    throw badRequest(`no kind "${kind}" is registered for version "${textAt(body, 'apiVersion') ?? ''}" in scheme`);
  }
  const graceText = query.get('gracePeriodSeconds');
  const grace = numberAt(body, 'gracePeriodSeconds') ?? (graceText === null ? undefined : Number(graceText));
  if (grace !== undefined && !Number.isInteger(grace)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(graceText)}: invalid syntax`);
  }
  const uid = textAt(body, 'preconditions', 'uid');
  const resourceVersion = textAt(body, 'preconditions', 'resourceVersion');
  const orphan = at(body, 'orphanDependents');
  const asked = propagationOf(at(body, 'propagationPolicy') ?? query.get('propagationPolicy'));
  const propagation = asked ?? (orphan === true ? 'Orphan' : orphan === false ? 'Background' : undefined);
  return {
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(grace !== undefined && { gracePeriodSeconds: grace }),
    ...(propagation !== undefined && { propagation }),
    ...(listAt(body, 'dryRun').includes('All') && { dryRun: true }),
  };
}

/** Throws a 409 when the object is not the one that the caller means. */
export function checkPreconditions(resource: Resource, object: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion, name = '' } = object.metadata;
  if (options.uid !== undefined && options.uid !== uid) {
    if (resource.group === '' && resource.plural === 'pods') {
      // Kinds with a grace are checked before the storage is reached, in other words.
      const why =
        `the UID in the precondition (${options.uid}) does not match the UID in record (${uid}). ` +
        'The object might have been deleted and then recreated';
      throw conflict({ group: '', plural: 'Pod' }, name, why);
    }
    throw conflict(
      resource,
      name,
      `Precondition failed: UID in precondition: ${options.uid}, UID in object meta: ${uid}`,
    );
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    const why =
      `Precondition failed: ResourceVersion in precondition: ${options.resourceVersion}, ` +
      `ResourceVersion in object meta: ${resourceVersion}`;
    throw conflict(resource, name, why);
  }
}

/** Seconds that the object is given before its end; pods only, and only those that run somewhere. */
function graceOf(resource: Resource, object: KubeObject, asked: number | undefined): number {
  if (resource.group !== '' || resource.plural !== 'pods') return 0;
  const phase = textAt(object, 'status', 'phase');
  if (!textAt(object, 'spec', 'nodeName') || phase === 'Failed' || phase === 'Succeeded') return 0;
  const grace = asked ?? numberAt(object, 'spec', 'terminationGracePeriodSeconds') ?? 30;
  return grace < 0 ? 1 : grace;
}

function finalizersAfter(object: KubeObject, propagation: DeleteOptions['propagation']): string[] {
  const kept = (object.metadata.finalizers ?? []).filter(
    (finalizer) => finalizer !== 'orphan' && finalizer !== 'foregroundDeletion',
  );
  if (propagation === undefined) return object.metadata.finalizers ?? [];
  if (propagation === 'Background') return kept;
  return [...kept, propagation === 'Orphan' ? 'orphan' : 'foregroundDeletion'];
}

/** What is left of the object: still there and marked, or gone. */
export interface Deletion {
  readonly object: KubeObject;
  readonly gone: boolean;
}

export function deleteObject(env: Env, resource: Resource, stored: KubeObject, options: DeleteOptions): Deletion {
  checkPreconditions(resource, stored, options);
  const now = env.now();
  const key = keyOf(stored.metadata);
  const object = cloned(stored);
  const { metadata } = object;
  const finalizers = finalizersAfter(object, options.propagation);
  const grace = graceOf(resource, object, options.gracePeriodSeconds);
  const earlier = metadata.deletionTimestamp;
  const held = finalizers.length > 0 || grace > 0 || namespaceContent(resource, object);
  if (!held) {
    // Nobody waits for it: the last event shows the object with its deletion, as the real one does for graceful kinds.
    const last = options.dryRun ? object : env.storage.remove(resource.bucket, key, object);
    return { object: last ?? object, gone: true };
  }
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
  if (earlier === undefined) {
    metadata.deletionTimestamp = timestamp(new Date(now.getTime() + grace * 1000));
    metadata.deletionGracePeriodSeconds = grace;
    if (metadata.generation !== undefined && metadata.generation > 0) metadata.generation++;
    if (resource.plural === 'namespaces' && resource.group === '') object['status'] = { phase: 'Terminating' };
  } else if (grace < (metadata.deletionGracePeriodSeconds ?? 0)) {
    // A shorter grace moves the end; a longer one does not.
    const started = Date.parse(earlier) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
    metadata.deletionTimestamp = timestamp(new Date(started + grace * 1000));
    metadata.deletionGracePeriodSeconds = grace;
  } else if (JSON.stringify(finalizers) === JSON.stringify(stored.metadata.finalizers ?? [])) {
    return { object: stored, gone: false };
  }
  return { object: options.dryRun ? object : env.storage.put(resource.bucket, object), gone: false };
}

function namespaceContent(resource: Resource, object: KubeObject): boolean {
  return resource.group === '' && resource.plural === 'namespaces' && listAt(object, 'spec', 'finalizers').length > 0;
}

/** Deletes and answers as the real server does: the object while it is held, then a Status. */
export function answerToDelete(env: Env, call: Call, stored: KubeObject, options: DeleteOptions): JsonObject {
  const { resource } = call;
  const { object, gone } = deleteObject(env, resource, stored, { ...options, ...(call.dryRun && { dryRun: true }) });
  if (!gone || resource.returnsDeleted) return resource.fromStored(object);
  return deleted(resource, object.metadata.name ?? '', object.metadata.uid ?? '');
}
