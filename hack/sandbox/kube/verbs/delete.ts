// Deleting an object: preconditions, grace, finalizers, and only then its end.
import type { Call, Env } from '../call.ts';
import { invalidValue, notSupported } from '../field-error.ts';
import { at, equalJson, isObject, listAt, numberAt, textAt, type Json, type JsonObject } from '../json.ts';
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

const optionsKind = { group: 'meta.k8s.io', kind: 'DeleteOptions' } as const;

function propagationOf(value: Json | undefined): DeleteOptions['propagation'] {
  if (value === undefined || value === null || value === '') return undefined;
  if (value === 'Background' || value === 'Foreground' || value === 'Orphan') return value;
  throw invalid(optionsKind, '', [
    notSupported('propagationPolicy', value, ['Foreground', 'Background', 'Orphan', 'nil']),
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
  if (asked !== undefined && typeof orphan === 'boolean') {
    const why = 'orphanDependents and deletionPropagation cannot be both set';
    throw invalid(optionsKind, '', [invalidValue('propagationPolicy', asked, why)]);
  }
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
export function checkPreconditions({ group, kind }: Resource, object: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion, name = '' } = object.metadata;
  // The real server names the kind here, not the plural.
  const named = { group, plural: kind };
  if (options.uid !== undefined && options.uid !== uid) {
    const why =
      `the UID in the precondition (${options.uid}) does not match the UID in record (${uid}). ` +
      'The object might have been deleted and then recreated';
    throw conflict(named, name, why);
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    const why =
      `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in ` +
      `record (${resourceVersion}). The object might have been modified`;
    throw conflict(named, name, why);
  }
}

/** Seconds that the object is given before its end; pods only, and only those that run somewhere. */
function graceOf(resource: Resource, object: KubeObject, asked: number | undefined): number {
  if (!isPods(resource)) return 0;
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

/** Marks the object as deleted: from now on, or sooner than an earlier deletion said. */
function mark({ metadata }: KubeObject, grace: number, now: Date): void {
  const earlier = metadata.deletionTimestamp;
  const before = metadata.deletionGracePeriodSeconds ?? 0;
  // A shorter grace moves the end; a longer one does not.
  if (earlier !== undefined && grace >= before) return;
  const start = earlier === undefined ? now.getTime() : Date.parse(earlier) - before * 1000;
  metadata.deletionTimestamp = timestamp(new Date(start + grace * 1000));
  metadata.deletionGracePeriodSeconds = grace;
  if (earlier === undefined && metadata.generation !== undefined && metadata.generation > 0) metadata.generation++;
}

const isPods = ({ group, plural }: Resource): boolean => group === '' && plural === 'pods';

/** The object is in its stored form; what comes back too. Throws a 409 when a precondition does not hold. */
export function deleteObject(env: Env, resource: Resource, stored: KubeObject, options: DeleteOptions): Deletion {
  checkPreconditions(resource, stored, options);
  resource.strategy.checkDelete?.(stored);
  const now = env.now();
  const object = cloned(stored);
  const { metadata } = object;
  const first = metadata.deletionTimestamp === undefined;
  if (first) resource.strategy.onDelete?.(object, now);
  const finalizers = finalizersAfter(object, options.propagation);
  const grace = graceOf(resource, object, options.gracePeriodSeconds);
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
  const held = finalizers.length > 0 || grace > 0 || resource.strategy.holdsDeletion?.(object) === true;
  if (held || isPods(resource)) mark(object, grace, now);
  if (!held) {
    const last = options.dryRun ? object : env.storage.remove(resource.bucket, keyOf(metadata), object);
    return { object: last ?? object, gone: true };
  }
  if (resource.strategy.holdsDeletion?.(object) === true) delete metadata.deletionGracePeriodSeconds;
  if (equalJson(object, stored)) return { object: stored, gone: false };
  return { object: options.dryRun ? object : env.storage.put(resource.bucket, object), gone: false };
}

/** Deletes and answers as the real server does: the object while it is held, then a Status. */
export function answerToDelete(env: Env, call: Call, stored: KubeObject, options: DeleteOptions): JsonObject {
  const { resource } = call;
  const { object, gone } = deleteObject(env, resource, stored, { ...options, ...(call.dryRun && { dryRun: true }) });
  if (!gone || resource.returnsDeleted) return resource.fromStored(object);
  return deleted(resource, object.metadata.name ?? '', object.metadata.uid ?? '');
}
