// From the JSON of a request to an object of its resource: unknown fields reported or refused, then dropped.
import type { Call } from './call.ts';
import { dropUnknownFields } from './known-fields.ts';
import { isObject, type Json } from './json.ts';
import { asKubeObject, type KubeObject } from './object.ts';
import { apiVersionOf, type Resource } from './resource.ts';
import { badRequest } from './status.ts';

function pruned(call: Call, value: Json, defaults: boolean): Json {
  const { resource, fieldValidation, warnings } = call;
  if (!isObject(value)) return value;
  const { object, unknownFields } = resource.custom?.prune(value) ?? {
    object: value,
    unknownFields: dropUnknownFields(resource.kind, value),
  };
  const unknown = unknownFields.map((field) => `unknown field "${field}"`);
  if (unknown.length > 0 && fieldValidation === 'Strict') throw strictError(resource, unknown);
  if (fieldValidation === 'Warn') warnings.push(...unknown);
  const defaulted = defaults && resource.custom !== undefined ? resource.custom.applyDefaults(object) : object;
  return isObject(defaulted) ? defaulted : value;
}

function strictError(resource: Resource, problems: readonly string[]): Error {
  const { kind, version } = resource;
  return badRequest(
    `${kind} in version "${version}" cannot be handled as a ${kind}: strict decoding error: ${problems.join(', ')}`,
  );
}

/** Throws a 400 when the JSON is no object of the call's resource. Changes `value`. */
export function decodeObject(call: Call, value: Json, { defaults = true } = {}): KubeObject {
  const { resource } = call;
  const expected = { apiVersion: apiVersionOf(resource), kind: resource.kind };
  const object = asKubeObject(pruned(call, asKubeObject(value, expected), defaults), expected);
  const problem = resource.strategy.decodeProblem?.(object);
  if (problem === undefined) return object;
  const { kind, version } = resource;
  throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${problem}`);
}
