// The namespace controller: a namespace that is deleted is emptied first, and goes once nothing is left in it.
import type { Env } from '../call.ts';
import { keyOf, type KubeObject } from '../object.ts';
import { cloned } from '../resource.ts';
import { deleteObject } from '../verbs/delete.ts';

/** Deletes what is left in the namespace, and the namespace when that was all. */
export function emptyNamespace(env: Env, namespace: KubeObject): void {
  const name = namespace.metadata.name ?? '';
  let left = 0;
  for (const [bucket, resource] of env.registry.ofBuckets()) {
    if (!resource.namespaced) continue;
    for (const object of env.storage.objects(bucket)) {
      if (object.metadata.namespace !== name) continue;
      const { gone } = deleteObject(env, resource, object, { propagation: 'Background' });
      if (!gone) left++;
    }
  }
  const current = env.storage.get('namespaces', name);
  if (left > 0 || current === undefined || current.metadata.uid !== namespace.metadata.uid) return;
  const last = cloned(current);
  last['spec'] = {};
  if ((last.metadata.finalizers ?? []).length === 0) env.storage.remove('namespaces', keyOf(last.metadata), last);
  else if (JSON.stringify(current['spec']) !== '{}') env.storage.put('namespaces', last);
}
