// Objects of the API as this server holds them, and the check that turns a request's JSON into one.
import { badRequest } from './status.ts';
import { isObject, textAt, type Json, type JsonObject } from './json.ts';

export type OwnerReference = {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
};

export type ManagedFieldsEntry = {
  manager: string;
  operation: string;
  apiVersion: string;
  time?: string;
  fieldsType: string;
  fieldsV1: JsonObject;
  subresource?: string;
};

export type Meta = {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: { [key: string]: string };
  annotations?: { [key: string]: string };
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: ManagedFieldsEntry[];
};

export type KubeObject = { apiVersion: string; kind: string; metadata: Meta; [key: string]: Json | undefined };

type Shape = 'string' | 'number' | 'boolean' | 'strings' | 'map' | 'object' | Shapes;
type Shapes = readonly [{ readonly [field: string]: Shape }];

const owner = { apiVersion: 'string', kind: 'string', name: 'string', uid: 'string' } as const;
const metaShape: { readonly [field: string]: Shape } = {
  name: 'string',
  generateName: 'string',
  namespace: 'string',
  selfLink: 'string',
  uid: 'string',
  resourceVersion: 'string',
  generation: 'number',
  creationTimestamp: 'string',
  deletionTimestamp: 'string',
  deletionGracePeriodSeconds: 'number',
  labels: 'map',
  annotations: 'map',
  finalizers: 'strings',
  ownerReferences: [{ ...owner, controller: 'boolean', blockOwnerDeletion: 'boolean' }],
  managedFields: [
    {
      manager: 'string',
      operation: 'string',
      apiVersion: 'string',
      time: 'string',
      fieldsType: 'string',
      fieldsV1: 'object',
      subresource: 'string',
    },
  ],
};

/** `v1` has no group: what a 400 about another kind says. */
function kindProblem(got: ExpectedType, expected: ExpectedType): string {
  const version = got.apiVersion.split('/').at(-1) ?? '';
  const start = `${got.kind} in version "${version}" cannot be handled as a ${expected.kind}`;
  if (got.apiVersion !== expected.apiVersion) {
    return `${start}: no kind "${got.kind}" is registered for version "${got.apiVersion}" in scheme "pkg/runtime/scheme.go:110"`;
  }
  return `${start}: converting (v1.${got.kind}) to (core.${expected.kind}): unknown conversion`;
}

function goType(value: Json): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

function wanted(shape: Shape): string {
  switch (shape) {
    case 'string':
      return 'string';
    case 'number':
      return 'int64';
    case 'boolean':
      return 'bool';
    case 'strings':
      return '[]string';
    case 'map':
      return 'map[string]string';
    case 'object':
      return 'map[string]interface {}';
    default:
      return '[]struct';
  }
}

function mismatch(value: Json, shape: Shape, path: string): string | undefined {
  const wrong = `json: cannot unmarshal ${goType(value)} into Go struct field ${path} of type ${wanted(shape)}`;
  if (shape === 'string' || shape === 'number' || shape === 'boolean')
    return typeof value === shape ? undefined : wrong;
  if (shape === 'object') return isObject(value) ? undefined : wrong;
  if (shape === 'map') {
    if (!isObject(value)) return wrong;
    const odd = Object.values(value).find((entry) => typeof entry !== 'string' && entry !== null);
    if (odd === undefined || odd === null) return undefined;
    return `json: cannot unmarshal ${goType(odd)} into Go struct field ${path} of type string`;
  }
  if (!Array.isArray(value)) return wrong;
  for (const item of value) {
    const problem = shape === 'strings' ? mismatch(item, 'string', path) : mismatchIn(item, shape[0], path);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function mismatchIn(value: Json, shape: { readonly [field: string]: Shape }, path: string): string | undefined {
  if (!isObject(value)) return `json: cannot unmarshal ${goType(value)} into Go struct field ${path}`;
  for (const [field, inner] of Object.entries(shape)) {
    const found = value[field];
    if (found === undefined || found === null) continue;
    const problem = mismatch(found, inner, `${path}.${field}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function hasObjectShape(value: JsonObject): value is KubeObject {
  return typeof value['apiVersion'] === 'string' && typeof value['kind'] === 'string' && isObject(value['metadata']);
}

function dropNulls(meta: JsonObject): void {
  for (const [field, value] of Object.entries(meta)) {
    if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) delete meta[field];
    else if (isObject(value)) {
      for (const [key, entry] of Object.entries(value)) if (entry === null) value[key] = '';
      if (Object.keys(value).length === 0) delete meta[field];
    }
  }
}

export interface ExpectedType {
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * The request's JSON as an object of the expected type; missing apiVersion and kind are filled in when `lenient`.
 * Throws a 400 as the real server words it. Changes `value` in place.
 */
export function asKubeObject(value: Json, expected: ExpectedType): KubeObject {
  if (!isObject(value)) {
    throw badRequest(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${goType(value)} into Go value`,
    );
  }
  const { apiVersion, kind } = value;
  if (
    (apiVersion !== undefined && apiVersion !== expected.apiVersion) ||
    (kind !== undefined && kind !== expected.kind)
  ) {
    const got = { apiVersion: textAt(value, 'apiVersion') ?? '', kind: textAt(value, 'kind') ?? '' };
    throw badRequest(kindProblem(got, expected));
  }
  value['apiVersion'] = expected.apiVersion;
  value['kind'] = expected.kind;
  if (value['metadata'] === undefined || value['metadata'] === null) value['metadata'] = {};
  const problem = mismatchIn(value['metadata'], metaShape, 'ObjectMeta.metadata');
  if (problem !== undefined) {
    const version = expected.apiVersion.split('/').at(-1) ?? '';
    throw badRequest(`${expected.kind} in version "${version}" cannot be handled as a ${expected.kind}: ${problem}`);
  }
  if (isObject(value['metadata'])) {
    delete value['metadata']['selfLink'];
    dropNulls(value['metadata']);
  }
  if (!hasObjectShape(value)) throw badRequest('the object provided is unrecognized (must be of type Object)');
  return value;
}

/** The key of an object in its resource's part of the storage: sorts as etcd's keys do. */
export function keyOf(meta: Pick<Meta, 'name' | 'namespace'>): string {
  return meta.namespace === undefined || meta.namespace === '' ? `${meta.name}` : `${meta.namespace}/${meta.name}`;
}

/** A time as metav1.Time writes it: UTC, whole seconds. */
export function timestamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
