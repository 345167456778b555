// DELETE of a whole list: everything that the selectors match, each by the rules of a single deletion.
import type { Call, Env } from '../call.ts';
import type { JsonObject } from '../json.ts';
import { keyOf } from '../object.ts';
import { apiVersionOf, listItem } from '../resource.ts';
import { deleteObject, type DeleteOptions } from './delete.ts';
import { listObjects } from './read.ts';

/** The list of what was deleted, as each object last looked. */
export function deleteCollection(env: Env, call: Call, options: DeleteOptions): JsonObject {
  const { resource } = call;
  const page = listObjects(env, call);
  const items = page.items.flatMap((item) => {
    const stored = env.storage.get(resource.bucket, keyOf(item.metadata));
    if (stored === undefined) return [];
    const { object, gone } = deleteObject(env, resource, stored, { ...options, ...(call.dryRun && { dryRun: true }) });
    // As the list saw it, when it is gone.
    return [listItem(resource, gone ? item : resource.fromStored(object))];
  });
  return {
    kind: resource.listKind,
    apiVersion: apiVersionOf(resource),
    metadata: { resourceVersion: page.resourceVersion },
    items,
  };
}
