// A resource as this server runs it: what is served, where it is stored, and the rules of its kind.
import type { CrdVersion } from './crd/compile.ts';
import type { ListType } from './crd/list-type.ts';
import type { JsonObject } from './json.ts';
import type { KubeObject } from './object.ts';
import type { ServedResource } from './served-resource.ts';
import type { Cause } from './status.ts';

/** What a kind does besides the rules of every object. All functions may change `object`, never `old`. */
export interface Strategy {
  /** Why the object cannot be decoded, in the decoder's words: a 400. */
  readonly decodeProblem?: (object: KubeObject) => string | undefined;
  /** To the form in storage and back, where a kind has two. */
  readonly toStored?: (object: KubeObject) => KubeObject;
  readonly fromStored?: (object: KubeObject) => KubeObject;
  /** Fills in API defaults, on create and on update. */
  readonly defaults?: (object: KubeObject) => void;
  /** Sets what only the server may set on a new object. */
  readonly onCreate?: (object: KubeObject, now: Date) => void;
  /** Puts back what an update of the main resource must not change. */
  readonly onUpdate?: (object: KubeObject, old: KubeObject, now: Date) => void;
  readonly onStatusUpdate?: (object: KubeObject, old: KubeObject) => void;
  /** Throws when the object may not be deleted. */
  readonly checkDelete?: (object: KubeObject) => void;
  /** Prepares the first deletion of an object. */
  readonly onDelete?: (object: KubeObject, now: Date) => void;
  /** Something other than metadata.finalizers keeps the object for now. */
  readonly holdsDeletion?: (object: KubeObject) => boolean;
  readonly validate?: (object: KubeObject, old: KubeObject | undefined) => Cause[];
}

export type NameRule = 'subdomain' | 'label' | 'label1035' | 'path';

export interface Resource extends ServedResource {
  /** The part of the storage; two versions of a kind share one. */
  readonly bucket: string;
  readonly strategy: Strategy;
  readonly nameRule: NameRule;
  /** metadata.generation starts at 1 and grows with changes outside of metadata and status. */
  readonly tracksGeneration: boolean;
  /** PUT of a name that is not there creates it. */
  readonly createsOnUpdate: boolean;
  /** PUT without a resourceVersion overwrites; else it is a 422. */
  readonly unconditionalUpdate: boolean;
  /** A DELETE that removes at once answers with the object, else with a Status. */
  readonly returnsDeleted: boolean;
  /** Defined by a CustomResourceDefinition. */
  readonly custom: CrdVersion | undefined;
  /**
   * How the list or object at a path merges; undefined: an object whose fields merge. Steps into items of lists are
   * written `[]`.
   */
  readonly listTypeAt: (path: readonly string[]) => ListType | undefined;
  /** To the form in storage, and back to this version. */
  readonly toStored: (object: KubeObject) => KubeObject;
  readonly fromStored: (object: KubeObject) => KubeObject;
}

export function apiVersionOf(resource: { readonly group: string; readonly version: string }): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** The kind that refusals name: events of both groups are validated as core/v1. */
export function validatedKind({ bucket, group, kind }: Resource): { readonly group: string; readonly kind: string } {
  return { group: bucket === 'events' ? '' : group, kind };
}

/** An item of a list: those of built-in kinds carry no kind and apiVersion, those of custom resources do. */
export function listItem({ custom }: Resource, item: KubeObject): JsonObject {
  if (custom !== undefined) return item;
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = item;
  return rest;
}

/** A copy that shares nothing with the stored object. */
export function cloned(object: KubeObject): KubeObject {
  return structuredClone(object);
}
