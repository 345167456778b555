// PATCH: the four kinds of patches, each turned into a new state that goes the way of every update.
import { applyConfig, nothing } from '../apply/apply.ts';
import type { Call, Env } from '../call.ts';
import { decodeObject, prunedOf } from '../decode.ts';
import { invalidValue, required } from '../field-error.ts';
import { isObject, textAt, type Json } from '../json.ts';
import { keyOf, type KubeObject } from '../object.ts';
import { jsonPatch } from '../patch/json.ts';
import { mergePatch } from '../patch/merge.ts';
import { strategicPatch } from '../patch/strategic.ts';
import { flag } from '../request.ts';
import { apiVersionOf, cloned } from '../resource.ts';
import { ApiError, badRequest, invalid, modified, notFound, unknownPatch, unsupportedMediaType } from '../status.ts';
import { createObject, matchNamespace } from './create.ts';
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

/** Apply knows the schema and takes no field that is not in it, however lenient the request. */
function checkDeclared(call: Call, body: Json): void {
  if (!isObject(body)) return;
  const { unknown } = prunedOf(call, structuredClone(body));
  if (unknown.length === 0) return;
  const where = `${textAt(body, 'metadata', 'namespace') ?? ''}/${textAt(body, 'metadata', 'name') ?? ''}`;
  const gvk = `${call.resource.group}/${call.resource.version}, Kind=${call.resource.kind}`;
  const lines = unknown.map((field) => `.${field}: field not declared in schema`);
  const problems = lines.length === 1 ? lines[0] : `errors:\n${lines.map((line) => `  ${line}`).join('\n')}`;
  throw new ApiError(500, '', `failed to create typed patch object (${where}; ${gvk}): ${problems}`);
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

function applied(env: Env, call: Call, body: Json): Written {
  const { resource, request } = call;
  if (isObject(body) && (textAt(body, 'apiVersion') === undefined || textAt(body, 'kind') === undefined)) {
    throw badRequest(`invalid object type: ${textAt(body, 'apiVersion') ?? '/'}, Kind=${textAt(body, 'kind') ?? ''}`);
  }
  checkDeclared(call, body);
  const config = decodeObject(call, body, { defaults: false });
  const { name = '', namespace } = request;
  const known = env.storage.get(resource.bucket, keyOf({ name, ...(namespace !== undefined && { namespace }) }));
  // Only what is made must be named in the body, too.
  if (known !== undefined) config.metadata.name ??= name;
  if (config.metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
  const unnamed = config.metadata.name === undefined;
  config.metadata.name ??= request.name ?? '';
  checkName(call, config);
  matchNamespace(config, request.namespace);
  const { resourceVersion, uid } = config.metadata;
  delete config.metadata.resourceVersion;
  delete config.metadata.uid;
  const stored = env.storage.get(resource.bucket, keyOf(config.metadata));
  const force = flag(call.query, 'force') && call.query.has('force');
  if (stored === undefined) {
    if (request.subresource !== undefined) throw notFound(resource, request.name ?? '');
    if (unnamed)
      throw badRequest(`the name of the object () does not match the name on the URL (${request.name ?? ''})`);
    if (resourceVersion !== undefined) throw modified(resource, request.name ?? '');
    if (uid !== undefined)
      throw new ApiError(
        409,
        'Conflict',
        `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
      );
    const made = applyConfig({ call, now: env.now(), live: nothing(config), config, force });
    return { object: createObject(env, call, decodeObject(call, made), { applied: true }), status: 201 };
  }
  const current = resource.fromStored(stored);
  if (resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion) {
    throw modified(resource, request.name ?? '');
  }
  const next = applyConfig({ call, now: env.now(), live: current, config, force });
  const object = decodeObject(call, structuredClone(next));
  return { object: updateObject(env, call, { old: current, object, applied: true }), status: 200 };
}

/** Throws what the real server answers when the patch cannot be read, does not fit or leads to an invalid object. */
export function patchObject(env: Env, call: Call, contentType: string, body: Json): Written {
  const accepted = acceptedTypes(call);
  if (!Object.values<string>(patchTypes).includes(contentType)) throw unknownPatch();
  if (!accepted.includes(contentType)) throw unsupportedMediaType(accepted);
  checkOptions(call, contentType);
  if (contentType === patchTypes.apply) return applied(env, call, body);
  const current = call.resource.fromStored(storedObject(env, call));
  const document = patched(call, cloned(current), contentType, body);
  checkType(call, document);
  const object = decodeObject(call, document, { patch: JSON.stringify(body) });
  checkName(call, object);
  // A namespace on a cluster-scoped object is not wrong, only without meaning.
  if (!call.resource.namespaced) delete object.metadata.namespace;
  return { object: updateObject(env, call, { old: current, object }), status: 200 };
}
