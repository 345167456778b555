// A whole object against its schema. An update may keep what was invalid before, as ratcheting lets it since 1.30.
import { equalJson, isObject, type Json, type JsonObject } from '../json.ts';
import type { FieldError } from './field-error.ts';
import { child, indexed } from './field-path.ts';
import { identityOf } from './list-type.ts';
import { propertyOf, type Schema } from './schema.ts';
import { typeError, valueErrors } from './value-checks.ts';

/** Whatever is wrong with `value`; empty when it is valid. Values that equal those of `old` are not looked at. */
export function validateValue(schema: Schema, value: Json, old: Json | undefined, path = ''): FieldError[] {
  if (old !== undefined && equalJson(value, old)) return [];
  const wrongType = typeError(schema, value, path);
  return [
    ...(wrongType === undefined ? [] : [wrongType]),
    ...branchErrors(schema, value, path),
    ...(value === null ? [] : valueErrors(schema, value, path)),
    ...(Array.isArray(value) ? itemErrors(schema, value, old, path) : []),
    ...(isObject(value) ? propertyErrors(schema, value, old, path) : []),
  ];
}

function itemErrors(schema: Schema, list: readonly Json[], old: Json | undefined, path: string): FieldError[] {
  const { items } = schema;
  if (items === undefined) return [];
  return list.flatMap((item, index) => validateValue(items, item, sameItem(schema, item, old), indexed(path, index)));
}

/** The item of the old list that has the keys of `item`; only maps can tell. */
export function sameItem(schema: Schema, item: Json, old: Json | undefined): Json | undefined {
  const { items, listType, listMapKeys } = schema;
  if (listType !== 'map' || items === undefined || !Array.isArray(old)) return undefined;
  const wanted = identityOf(items, listMapKeys, item);
  return old.find((each) => equalJson(identityOf(items, listMapKeys, each), wanted));
}

function propertyErrors(schema: Schema, object: JsonObject, old: Json | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of schema.required) {
    if (object[key] === undefined) errors.push({ field: child(path, key), type: 'Required', message: '' });
  }
  for (const [key, value] of Object.entries(object)) {
    const property = propertyOf(schema, key);
    if (property === undefined || value === undefined) continue;
    errors.push(...validateValue(property, value, isObject(old) ? old[key] : undefined, child(path, key)));
  }
  return errors;
}

function branchErrors(schema: Schema, value: Json, path: string): FieldError[] {
  const { allOf, anyOf, oneOf, not } = schema;
  const errorsOf = (branch: Schema): FieldError[] => validateValue(branch, value, undefined, path);
  const composite = (text: string): FieldError => ({
    field: '',
    type: 'Invalid',
    value: '',
    message: `${JSON.stringify(path)} must ${text}`,
  });
  const errors: FieldError[] = [];
  if (anyOf.length > 0) {
    const outcomes = anyOf.map(errorsOf);
    if (outcomes.every((outcome) => outcome.length > 0)) {
      errors.push(composite('validate at least one schema (anyOf)'), ...bestOf(outcomes));
    }
  }
  if (oneOf.length > 0) {
    const outcomes = oneOf.map(errorsOf);
    const valid = outcomes.filter((outcome) => outcome.length === 0).length;
    const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`;
    if (valid !== 1) {
      errors.push(
        composite(`validate one and only one schema (oneOf). ${found}`),
        ...(valid === 0 ? bestOf(outcomes) : []),
      );
    }
  }
  if (allOf.length > 0) {
    const outcomes = allOf.map(errorsOf);
    const valid = outcomes.filter((outcome) => outcome.length === 0).length;
    errors.push(...outcomes.flat());
    if (valid < allOf.length) {
      errors.push(composite(`validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`));
    }
  }
  if (not !== undefined && errorsOf(not).length === 0) errors.push(composite('not validate the schema (not)'));
  return errors;
}

/** kube-openapi reports the branch that came nearest: the first with the fewest errors. */
function bestOf(outcomes: readonly FieldError[][]): FieldError[] {
  return outcomes.reduce((best, each) => (each.length < best.length ? each : best));
}
