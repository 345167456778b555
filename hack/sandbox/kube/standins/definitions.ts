// Serves what CustomResourceDefinitions define, establishes new ones, and deletes their objects before they go.
import type { Env } from '../call.ts';
import { compileCrd } from '../crd/compile.ts';
import { customResources } from '../custom-resources.ts';
import { equalJson, listAt, objectAt } from '../json.ts';
import { cleanupFinalizer, establishedStatus } from '../kinds/definition.ts';
import { keyOf, type KubeObject } from '../object.ts';
import { cloned } from '../resource.ts';
import { deleteObject } from '../verbs/delete.ts';

export const definitionBucket = 'customresourcedefinitions.apiextensions.k8s.io';

function establish(env: Env, definition: KubeObject): void {
  const next = cloned(definition);
  next['status'] = establishedStatus(definition, env.now());
  if (!equalJson(next, definition)) env.storage.put(definitionBucket, next);
}

function finish(env: Env, definition: KubeObject): void {
  const finalizers = definition.metadata.finalizers ?? [];
  if (!finalizers.includes(cleanupFinalizer)) return;
  const name = definition.metadata.name ?? '';
  let left = 0;
  const resource = env.registry.ofBuckets().get(name);
  for (const object of env.storage.objects(name)) {
    if (resource !== undefined && !deleteObject(env, resource, object, { propagation: 'Background' }).gone) left++;
  }
  if (left > 0) return;
  const last = cloned(definition);
  const others = finalizers.filter((finalizer) => finalizer !== cleanupFinalizer);
  if (others.length > 0) {
    last.metadata.finalizers = others;
    env.storage.put(definitionBucket, last);
  } else {
    delete last.metadata.finalizers;
    env.storage.remove(definitionBucket, keyOf(last.metadata), last);
  }
}

/** Brings every definition on: established when it is new, finished when it is deleted. */
export function tendDefinitions(env: Env): void {
  for (const definition of env.storage.objects(definitionBucket)) {
    if (definition.metadata.deletionTimestamp !== undefined) finish(env, definition);
    else if (listAt(definition, 'status', 'conditions').length === 0 || namesDiffer(definition))
      establish(env, definition);
  }
}

function namesDiffer(definition: KubeObject): boolean {
  return !equalJson(objectAt(definition, 'status', 'acceptedNames'), objectAt(definition, 'spec', 'names'));
}

/** Serves definitions from the moment that they are stored; returns the way to stop it. */
export function serveDefinitions({ storage, registry }: Env): () => void {
  return storage.subscribe(({ bucket: changed, type, object }) => {
    if (changed !== definitionBucket) return;
    const name = object.metadata.name ?? '';
    if (type === 'DELETED') registry.removeCustom(name);
    else registry.setCustom(name, customResources(object, compileCrd(object).versions));
  });
}
