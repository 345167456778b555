// The smallest merge patch between two states of an object: nothing is written that did not change.
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../apis/wire.ts';

/** What a merge patch carries; `null` deletes. */
type Json = Readonly<Record<string, unknown>>;

/**
 * The merge patch (RFC 7396) that turns `before` into `after`, or undefined when there is nothing to do. Lists are
 * replaced whole, for a merge patch cannot touch one element. A field that is undefined counts as absent.
 */
export function mergePatch(before: object, after: object): object | undefined {
  const from: Json = { ...before };
  const to: Json = { ...after };
  const patch: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const [old, next] = [from[name], to[name]];
    if (next === undefined || next === null) {
      if (old !== undefined && old !== null) patch[name] = null;
    } else if (isPlainObject(old) && isPlainObject(next)) {
      const inner = mergePatch(old, next);
      if (inner !== undefined) patch[name] = inner;
    } else if (!isDeepStrictEqual(old, next)) {
      patch[name] = next;
    }
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** How to lock a patch: with the version it was computed from, a Conflict tells that somebody else was there. */
export interface PatchOptions {
  /** Needed wherever a list changes, for the whole list is written. */
  readonly lock?: boolean;
}

/**
 * The patch for everything but the status: metadata and spec. The status has an endpoint of its own, which ignores the
 * rest, as this one ignores the status.
 */
export function objectPatch<T extends KubeObject>(before: T, after: T, options: PatchOptions = {}): object | undefined {
  return locked(before, mergePatch(withoutStatus(before), withoutStatus(after)), options);
}

/** The patch for the status endpoint. */
export function statusPatch<T extends KubeObject>(before: T, after: T, options: PatchOptions = {}): object | undefined {
  return locked(before, mergePatch({ status: statusOf(before) }, { status: statusOf(after) }), options);
}

function locked(
  { metadata }: KubeObject,
  patch: object | undefined,
  { lock = false }: PatchOptions,
): object | undefined {
  if (patch === undefined || !lock) return patch;
  const changed = 'metadata' in patch && isPlainObject(patch.metadata) ? patch.metadata : {};
  return { ...patch, metadata: { ...changed, resourceVersion: metadata.resourceVersion } };
}

function withoutStatus(object: KubeObject): object {
  return { ...object, status: undefined };
}

/** An absent status is an empty one, so that the first patch adds fields rather than the object. */
function statusOf(object: KubeObject): object {
  return 'status' in object && isPlainObject(object.status) ? object.status : {};
}

function isPlainObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
