// The apply patch: an object is made, or changed where its manager says so.
import { applyConfig, nothing } from '../apply/apply.ts';
import type { Call, Env } from '../call.ts';
import { decodeObject, prunedOf } from '../decode.ts';
import { isObject, textAt, type Json } from '../json.ts';
import { keyOf, type KubeObject } from '../object.ts';
import { flag } from '../request.ts';
import { ApiError, badRequest, conflict, modified, notFound } from '../status.ts';
import { createObject, matchNamespace } from './create.ts';
import type { Written } from './replace.ts';
import { updateObject } from './update.ts';

/** Apply knows the schema and takes no field that is not in it, however lenient the request. */
function checkDeclared({ resource }: Call, body: Json, unknown: readonly string[]): void {
  if (unknown.length === 0) return;
  const where = `${textAt(body, 'metadata', 'namespace') ?? ''}/${textAt(body, 'metadata', 'name') ?? ''}`;
  const lines = unknown.map((field) => `.${field}: field not declared in schema`);
  const problems = lines.length === 1 ? lines[0] : `errors:\n${lines.map((line) => `  ${line}`).join('\n')}`;
  const type = `${resource.group}/${resource.version}, Kind=${resource.kind}`;
  throw new ApiError(500, '', `failed to create typed patch object (${where}; ${type}): ${problems}`);
}

/** The applied configuration, without the metadata that apply does not take. */
function configOf(call: Call, body: Json): KubeObject {
  if (!isObject(body) || textAt(body, 'apiVersion') === undefined || textAt(body, 'kind') === undefined) {
    throw badRequest(`invalid object type: ${textAt(body, 'apiVersion') ?? '/'}, Kind=${textAt(body, 'kind') ?? ''}`);
  }
  checkDeclared(call, body, prunedOf(call, structuredClone(body)).unknown);
  const config = decodeObject(call, body, { defaults: false });
  if (config.metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
  return config;
}

/** Throws a 409 when the configuration is about another object or state. */
function checkIdentity({ resource }: Call, { metadata }: KubeObject, current: KubeObject | undefined): void {
  const { uid, resourceVersion, name = '' } = metadata;
  if (current === undefined && uid !== undefined) {
    const why = `the provided object specified uid ${uid}, and no existing object was found`;
    throw new ApiError(409, 'Conflict', `uid mismatch: ${why}`);
  }
  if (resourceVersion !== undefined && resourceVersion !== current?.metadata.resourceVersion)
    throw modified(resource, name);
  if (uid === undefined || uid === current?.metadata.uid) return;
  const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current?.metadata.uid}`;
  throw conflict(resource, name, why);
}

export function applyPatch(env: Env, call: Call, body: Json): Written {
  const { resource, request } = call;
  const { name = '', namespace, subresource } = request;
  const config = configOf(call, body);
  const stored = env.storage.get(resource.bucket, keyOf({ name, ...(namespace !== undefined && { namespace }) }));
  if (stored === undefined && subresource !== undefined) throw notFound(resource, name);
  // An object that is there already lends its name to a configuration without one.
  if (stored !== undefined) config.metadata.name ??= name;
  const named = config.metadata.name ?? '';
  if (named !== name)
    throw badRequest(`the name of the object (${named}) does not match the name on the URL (${name})`);
  matchNamespace(config, namespace);
  const current = stored === undefined ? undefined : resource.fromStored(stored);
  checkIdentity(call, config, current);
  delete config.metadata.resourceVersion;
  delete config.metadata.uid;
  const force = call.query.has('force') && flag(call.query, 'force');
  const next = applyConfig({ call, now: env.now(), live: current ?? nothing(config), config, force });
  const object = decodeObject(call, structuredClone(next));
  if (current === undefined) return { object: createObject(env, call, object, { applied: true }), status: 201 };
  return { object: updateObject(env, call, { old: current, object, applied: true }), status: 200 };
}
