// The garbage collector: dependents go after their owners, owners wait for theirs when the deletion is foreground.
import type { Env } from '../call.ts';
import { keyOf, type KubeObject, type OwnerReference } from '../object.ts';
import { cloned, type Resource } from '../resource.ts';
import { deleteObject } from '../verbs/delete.ts';

interface Found {
  readonly resource: Resource;
  readonly object: KubeObject;
}

function* everything(env: Env): Generator<Found> {
  for (const [bucket, resource] of env.registry.ofBuckets()) {
    for (const object of env.storage.objects(bucket)) yield { resource, object };
  }
}

/** The owner that a reference means, if it exists with that very UID. */
function ownerOf(
  env: Env,
  { apiVersion, kind, name, uid }: OwnerReference,
  object: KubeObject,
): KubeObject | undefined {
  const resource = env.registry.findKind(apiVersion, kind);
  if (resource === undefined) return undefined;
  const namespace = resource.namespaced ? object.metadata.namespace : undefined;
  const owner = env.storage.get(resource.bucket, keyOf({ name, ...(namespace !== undefined && { namespace }) }));
  return owner?.metadata.uid === uid ? owner : undefined;
}

function withoutFinalizer(env: Env, { resource, object }: Found, finalizer: string): void {
  const next = cloned(object);
  const left = (object.metadata.finalizers ?? []).filter((entry) => entry !== finalizer);
  if (left.length > 0) next.metadata.finalizers = left;
  else delete next.metadata.finalizers;
  if (left.length > 0 || (next.metadata.deletionGracePeriodSeconds ?? 0) > 0) env.storage.put(resource.bucket, next);
  else env.storage.remove(resource.bucket, keyOf(next.metadata), next);
}

function withReferences(env: Env, { resource, object }: Found, references: OwnerReference[]): void {
  const next = cloned(object);
  if (references.length > 0) next.metadata.ownerReferences = references;
  else delete next.metadata.ownerReferences;
  env.storage.put(resource.bucket, next);
}

function orphan(env: Env, owner: Found): void {
  for (const { resource, object } of everything(env)) {
    const references = object.metadata.ownerReferences ?? [];
    const left = references.filter(({ uid }) => uid !== owner.object.metadata.uid);
    if (left.length === references.length) continue;
    withReferences(env, { resource, object }, left);
  }
  withoutFinalizer(env, owner, 'orphan');
}

/** Goes on with a foreground deletion: dependents that block go first. */
function finishForeground(env: Env, owner: Found): void {
  let blocked = false;
  for (const { resource, object } of everything(env)) {
    const reference = (object.metadata.ownerReferences ?? []).find(({ uid }) => uid === owner.object.metadata.uid);
    if (reference === undefined) continue;
    const { gone } = deleteObject(env, resource, object, { propagation: 'Foreground' });
    if (!gone && reference.blockOwnerDeletion === true) blocked = true;
  }
  if (!blocked) withoutFinalizer(env, owner, 'foregroundDeletion');
}

/** One pass over everything; returns whether it changed something, so that another pass may find more. */
export function collectGarbage(env: Env): boolean {
  const before = env.storage.revision;
  for (const found of everything(env)) {
    const { resource, object } = found;
    const { finalizers = [], deletionTimestamp, ownerReferences = [] } = object.metadata;
    // What this pass has changed already is looked at in the next one.
    if (env.storage.get(resource.bucket, keyOf(object.metadata)) !== object) continue;
    if (deletionTimestamp !== undefined && finalizers.includes('orphan')) orphan(env, found);
    else if (deletionTimestamp !== undefined && finalizers.includes('foregroundDeletion')) finishForeground(env, found);
    else if (deletionTimestamp === undefined && ownerReferences.length > 0) {
      const alive = ownerReferences.filter((reference) => ownerOf(env, reference, object) !== undefined);
      if (alive.length === 0) deleteObject(env, resource, object, { propagation: 'Background' });
      else if (alive.length < ownerReferences.length) withReferences(env, found, alive);
    }
  }
  return env.storage.revision !== before;
}
