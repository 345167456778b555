// namespaces/finalize: how a namespace controller says that a namespace is empty.
import type { Call, Env } from '../call.ts';
import { listAt, type Json } from '../json.ts';
import { keyOf, type KubeObject } from '../object.ts';
import { cloned } from '../resource.ts';
import { storedObject } from '../verbs/read.ts';

export function finalizeNamespace(env: Env, call: Call, body: Json): KubeObject {
  const { resource } = call;
  const next = cloned(storedObject(env, call));
  const finalizers = listAt(body, 'spec', 'finalizers');
  next['spec'] = finalizers.length > 0 ? { finalizers: [...finalizers] } : {};
  if (call.dryRun) return next;
  const done = next.metadata.deletionTimestamp !== undefined && finalizers.length === 0;
  if (!done || (next.metadata.finalizers ?? []).length > 0) return env.storage.put(resource.bucket, next);
  return env.storage.remove(resource.bucket, keyOf(next.metadata), next) ?? next;
}
