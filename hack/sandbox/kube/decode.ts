// From the JSON of a request to an object of its resource: unknown fields reported or refused, defaults filled in.
import type { Call } from './call.ts';
import { invalidValue } from './field-error.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { dropUnknownFields, dropUnknownMetadata } from './known-fields.ts';
import { asKubeObject, type KubeObject } from './object.ts';
import { apiVersionOf } from './resource.ts';
import { badRequest, invalid, type ApiError } from './status.ts';

export interface DecodeOptions {
  /** API defaults are left out: an applied configuration names only what its manager wants. Default true. */
  readonly defaults?: boolean;
  /** The text of the patch that led to this object: what is wrong with it is the patch's fault, a 422. */
  readonly patch?: string;
}

interface Pruned {
  readonly object: JsonObject;
  readonly unknown: readonly string[];
}

/** Drops the fields that the resource does not have. Changes `value`. */
export function prunedOf({ resource }: Call, value: JsonObject): Pruned {
  const inMetadata = dropUnknownMetadata(value);
  if (resource.custom === undefined) {
    return { object: value, unknown: [...inMetadata, ...dropUnknownFields(resource.kind, value)].toSorted() };
  }
  const { object, unknownFields } = resource.custom.prune(value);
  return { object: isObject(object) ? object : value, unknown: [...inMetadata, ...unknownFields].toSorted() };
}

function refused({ resource: { kind, version } }: Call, problem: string, patch: string | undefined): ApiError {
  if (patch !== undefined) return invalid({ group: '', kind: '' }, '', [invalidValue('patch', patch, problem)]);
  return badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${problem}`);
}

/** Throws a 400 when the JSON is no object of the call's resource. Changes `value`. */
export function decodeObject(call: Call, value: Json, { defaults = true, patch }: DecodeOptions = {}): KubeObject {
  const { resource, fieldValidation, warnings } = call;
  const expected = { apiVersion: apiVersionOf(resource), kind: resource.kind };
  const { object, unknown } = prunedOf(call, asKubeObject(value, expected));
  const problems = unknown.map((field) => `unknown field "${field}"`);
  if (problems.length > 0 && fieldValidation === 'Strict') {
    throw refused(call, `strict decoding error: ${problems.join(', ')}`, patch);
  }
  if (fieldValidation === 'Warn') warnings.push(...problems);
  const defaulted = defaults ? (resource.custom?.applyDefaults(object) ?? object) : object;
  const decoded = asKubeObject(isObject(defaulted) ? defaulted : object, expected);
  const problem = resource.strategy.decodeProblem?.(decoded);
  if (problem !== undefined) throw refused(call, problem, patch);
  if (defaults) resource.strategy.defaults?.(decoded);
  return decoded;
}
