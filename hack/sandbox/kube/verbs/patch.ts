// PATCH: the four kinds of patches, each turned into a new state that goes the way of every update.
import type { Call, Env } from '../call.ts';
import { decodeObject } from '../decode.ts';
import { isObject, type Json } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { jsonPatch } from '../patch/json.ts';
import { mergePatch } from '../patch/merge.ts';
import { strategicPatch } from '../patch/strategic.ts';
import { cloned } from '../resource.ts';
import { badRequest, unsupportedMediaType } from '../status.ts';
import { storedObject } from './read.ts';
import { updateObject } from './update.ts';

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

function patched(call: Call, current: KubeObject, type: string, patch: Json): Json {
  if (type === patchTypes.json) return jsonPatch(current, patch);
  if (!isObject(patch))
    throw badRequest('error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}');
  if (type === patchTypes.merge) return mergePatch(current, patch);
  if (type === patchTypes.strategic && call.resource.custom === undefined) {
    return strategicPatch(current, patch, call.resource.listTypeAt);
  }
  throw unsupportedMediaType(acceptedTypes(call));
}

function acceptedTypes({ resource }: Call): string[] {
  const { json, merge, strategic, apply } = patchTypes;
  return resource.custom === undefined ? [json, merge, strategic, apply] : [json, merge, apply];
}

export function patchObject(env: Env, call: Call, contentType: string, body: Json): KubeObject {
  const stored = storedObject(env, call);
  const current = call.resource.fromStored(stored);
  const document = patched(call, cloned(current), contentType, body);
  const object = decodeObject(call, document);
  return updateObject(env, call, { old: current, object });
}
