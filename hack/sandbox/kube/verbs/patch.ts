// PATCH: the four kinds of patches, each turned into a new state that goes the way of every update.
import type { Call, Env } from '../call.ts';
import { decodeObject } from '../decode.ts';
import { invalidValue, required } from '../field-error.ts';
import { isObject, textAt, type Json } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { jsonPatch } from '../patch/json.ts';
import { mergePatch } from '../patch/merge.ts';
import { strategicPatch } from '../patch/strategic.ts';
import { apiVersionOf, cloned } from '../resource.ts';
import { badRequest, invalid, unknownPatch, unsupportedMediaType } from '../status.ts';
import { applyPatch } from './apply.ts';
import { storedObject } from './read.ts';
import type { Written } from './replace.ts';
import { updateObject } from './update.ts';

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

function acceptedTypes({ resource }: Call): string[] {
  const { json, merge, strategic, apply } = patchTypes;
  return resource.custom === undefined ? [json, merge, strategic, apply] : [json, merge, apply];
}

function patched(call: Call, current: KubeObject, type: string, patch: Json): Json {
  if (type === patchTypes.json) return jsonPatch(current, patch);
  if (!isObject(patch)) {
    throw badRequest('error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}');
  }
  if (type === patchTypes.merge) return mergePatch(current, patch);
  return strategicPatch(current, patch, call.resource.listTypeAt);
}

function checkName(call: Call, object: KubeObject): void {
  const { name = '' } = call.request;
  const got = object.metadata.name ?? '';
  if (got !== name) throw badRequest(`the name of the object (${got}) does not match the name on the URL (${name})`);
}

/** A custom resource keeps its kind and version. */
function checkType({ resource }: Call, document: Json): void {
  if (resource.custom === undefined) return;
  const kind = textAt(document, 'kind') ?? '';
  const apiVersion = textAt(document, 'apiVersion') ?? '';
  const wanted = apiVersionOf(resource);
  const causes = [
    ...(kind === resource.kind ? [] : [invalidValue('kind', kind, `must be ${resource.kind}`)]),
    ...(apiVersion === wanted ? [] : [invalidValue('apiVersion', apiVersion, `must be ${wanted}`)]),
  ];
  if (causes.length > 0)
    throw invalid({ group: resource.group, kind }, textAt(document, 'metadata', 'name') ?? '', causes);
}

function checkOptions(call: Call, type: string): void {
  const force = call.query.has('force');
  const options = { group: 'meta.k8s.io', kind: 'PatchOptions' };
  if (type === patchTypes.apply) {
    if (!call.query.get('fieldManager')) {
      throw invalid(options, '', [required('fieldManager', 'is required for apply patch')]);
    }
  } else if (force) {
    const cause = {
      reason: 'FieldValueForbidden',
      message: 'Forbidden: may not be specified for non-apply patch',
      field: 'force',
    };
    throw invalid(options, '', [cause]);
  }
}

/** Throws what the real server answers when the patch cannot be read, does not fit or leads to an invalid object. */
export function patchObject(env: Env, call: Call, contentType: string, body: Json): Written {
  const accepted = acceptedTypes(call);
  if (call.resource.custom === undefined && !Object.values<string>(patchTypes).includes(contentType))
    throw unknownPatch();
  if (!accepted.includes(contentType)) throw unsupportedMediaType(accepted);
  checkOptions(call, contentType);
  if (contentType === patchTypes.apply) return applyPatch(env, call, body);
  const current = call.resource.fromStored(storedObject(env, call));
  const document = patched(call, cloned(current), contentType, body);
  checkType(call, document);
  const object = decodeObject(call, document, { patch: JSON.stringify(body) });
  checkName(call, object);
  // A namespace on a cluster-scoped object is not wrong, only without meaning.
  if (!call.resource.namespaced) delete object.metadata.namespace;
  return { object: updateObject(env, call, { old: current, object }), status: 200 };
}
