// PUT: the whole new state of an object, or of its status.
import type { Call, Env } from '../call.ts';
import { decodeObject } from '../decode.ts';
import type { Json } from '../json.ts';
import { keyOf, type KubeObject } from '../object.ts';
import { cloned } from '../resource.ts';
import { badRequest, notFound } from '../status.ts';
import { createObject, matchNamespace } from './create.ts';
import { updateObject } from './update.ts';

export interface Written {
  readonly object: KubeObject;
  readonly status: 200 | 201;
}

export function replaceObject(env: Env, call: Call, body: Json): Written {
  const { resource, request } = call;
  const { name = '', namespace, subresource } = request;
  const object = decodeObject(call, body);
  const { metadata } = object;
  if (metadata.name === undefined) metadata.name = name;
  if (metadata.name !== name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  }
  matchNamespace(object, namespace);
  const stored = env.storage.get(resource.bucket, keyOf({ name, ...(namespace !== undefined && { namespace }) }));
  if (stored === undefined) {
    if (!resource.createsOnUpdate || subresource !== undefined) throw notFound(resource, name);
    delete metadata.resourceVersion;
    return { object: createObject(env, call, object), status: 201 };
  }
  const old = cloned(resource.fromStored(stored));
  return { object: updateObject(env, call, { old, object }), status: 200 };
}
