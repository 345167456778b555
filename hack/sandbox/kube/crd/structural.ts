// Whether a schema is structural: the rules that the API server sets before it serves custom resources by it.
import { isObject, type Json, type JsonObject } from '../json.ts';
import { notSupported, type FieldError } from './field-error.ts';
import { child, indexed, keyed } from './field-path.ts';
import { compilePattern } from './pattern.ts';
import { prune } from './prune.ts';
import { schemaOf } from './schema.ts';
import { listTypeErrors } from './structural-lists.ts';
import { validateValue } from './validate.ts';

const types: readonly string[] = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
// Values of these may be anything at all, so that they may go without a type.
const typeless = ['x-kubernetes-int-or-string', 'x-kubernetes-preserve-unknown-fields'] as const;
const forbidden: Readonly<Record<string, string>> = {
  $ref: '$ref is not supported',
  definitions: 'definitions is not supported',
  dependencies: 'dependencies is not supported',
  id: 'id is not supported',
  patternProperties: 'patternProperties is not supported',
  additionalItems: 'additionalItems is not supported',
};
// What belongs outside of the branches of allOf, anyOf, oneOf and not: they only constrain, and never describe.
const describing = ['type', 'description', 'default', 'nullable', 'additionalProperties'] as const;

type Place = 'root' | 'field' | 'item';
type Check = (schema: JsonObject, path: string, errors: FieldError[]) => void;

const emptyType: Readonly<Record<Place, string>> = {
  root: 'must not be empty at the root',
  field: 'must not be empty for specified object fields',
  item: 'must not be empty for specified array items',
};

/** What keeps the schema at `path` of a CRD from being structural. */
export function structuralErrors(schema: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  walk(schema, path, 'root', errors);
  return [...errors, ...metadataErrors(schema, path)];
}

function walk(schema: JsonObject, path: string, place: Place, errors: FieldError[]): void {
  checkType(schema, path, place, errors);
  for (const check of [checkEmbedded, checkKeywords, checkDefault, checkBranches]) check(schema, path, errors);
  errors.push(...listTypeErrors(schema, path));
  for (const [name, property] of entriesOf(schema['properties'])) {
    walk(property, child(path, keyed('properties', name)), 'field', errors);
  }
  const { items, additionalProperties } = schema;
  if (schema['type'] === 'array' && !isObject(items)) {
    errors.push({ field: child(path, 'items'), type: 'Required', message: 'must be specified' });
  }
  if (isObject(items)) walk(items, child(path, 'items'), 'item', errors);
  if (isObject(additionalProperties)) walk(additionalProperties, child(path, 'additionalProperties'), 'field', errors);
}

function entriesOf(value: Json | undefined): [string, JsonObject][] {
  if (!isObject(value)) return [];
  return Object.entries(value).map(([key, each]) => [key, isObject(each) ? each : {}]);
}

function checkType(schema: JsonObject, path: string, place: Place, errors: FieldError[]): void {
  const { type } = schema;
  const field = child(path, 'type');
  const isTypeless = typeless.some((keyword) => schema[keyword] === true);
  if (type === undefined || type === '') {
    if (place === 'root' || !isTypeless) errors.push({ field, type: 'Required', message: emptyType[place] });
  } else if (typeof type !== 'string' || !types.includes(type)) errors.push(notSupported(field, type, types));
  else if (place === 'root' && type !== 'object') {
    errors.push({ field, type: 'Invalid', value: type, message: 'must be object at the root' });
  }
}

const checkEmbedded: Check = (schema, path, errors) => {
  if (schema['x-kubernetes-embedded-resource'] !== true) return;
  const { type, properties } = schema;
  if (type !== 'object') {
    const message = 'must be object if x-kubernetes-embedded-resource is true';
    errors.push({ field: child(path, 'type'), type: 'Invalid', value: type ?? '', message });
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return;
  if (isObject(properties) && Object.keys(properties).length > 0) return;
  const message =
    'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
  errors.push({ field: child(path, 'properties'), type: 'Required', message });
};

const checkKeywords: Check = (schema, path, errors) => {
  for (const [keyword, message] of Object.entries(forbidden)) {
    if (schema[keyword] !== undefined) errors.push({ field: child(path, keyword), type: 'Forbidden', message });
  }
  if (schema['uniqueItems'] === true) {
    const message = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    errors.push({ field: child(path, 'uniqueItems'), type: 'Forbidden', message });
  }
  const { pattern, properties, additionalProperties } = schema;
  if (isObject(properties) && Object.keys(properties).length > 0 && additionalProperties) {
    const message = 'additionalProperties and properties are mutual exclusive';
    errors.push({ field: child(path, 'additionalProperties'), type: 'Forbidden', message });
  }
  if (typeof pattern !== 'string') return;
  try {
    compilePattern(pattern);
  } catch {
    const message = "must be a valid regular expression, but isn't: error parsing regexp";
    errors.push({ field: child(path, 'pattern'), type: 'Invalid', value: pattern, message });
  }
};

const checkDefault: Check = (schema, path, errors) => {
  const value = schema['default'];
  if (value === undefined || value === null) return;
  const field = child(path, 'default');
  const declared = schemaOf(schema);
  if (isObject(value) && prune(declared, value).unknownFields.length > 0) {
    errors.push({ field, type: 'Invalid', value, message: 'must not have unknown fields' });
  }
  const found = validateValue(declared, value, undefined);
  errors.push(...found.map((error) => ({ ...error, field: error.field === '' ? field : child(field, error.field) })));
};

const checkBranches: Check = (schema, path, errors) => {
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
    const branches = schema[keyword];
    if (!Array.isArray(branches)) continue;
    for (const [index, branch] of branches.entries()) {
      checkBranch(branch, indexed(child(path, keyword), index), { schema, keyword }, errors);
    }
  }
  checkBranch(schema['not'], child(path, 'not'), { schema, keyword: 'not' }, errors);
};

function checkBranch(
  branch: Json | undefined,
  path: string,
  { schema, keyword }: { readonly schema: JsonObject; readonly keyword: string },
  errors: FieldError[],
): void {
  if (!isObject(branch)) return;
  const mayHaveType = schema['x-kubernetes-int-or-string'] === true && (keyword === 'anyOf' || keyword === 'allOf');
  for (const each of describing) {
    if (branch[each] === undefined || (each === 'type' && mayHaveType)) continue;
    const message = `must be ${each === 'default' ? 'undefined' : 'empty'} to be structural`;
    errors.push({ field: child(path, each), type: 'Forbidden', message });
  }
  const declared = schema['properties'];
  for (const [name, property] of entriesOf(branch['properties'])) {
    const inner = isObject(declared) ? declared[name] : undefined;
    const parent = { schema: isObject(inner) ? inner : {}, keyword };
    checkBranch(property, `${path}.properties[${name}]`, parent, errors);
  }
}

/** Of metadata a CRD may constrain the names; the rest is the API server's own. */
function metadataErrors(schema: JsonObject, path: string): FieldError[] {
  const { metadata } = isObject(schema['properties']) ? schema['properties'] : {};
  if (!isObject(metadata)) return [];
  const { type: _type, description: _description, properties, ...rest } = metadata;
  const odd = isObject(properties) && Object.keys(properties).some((key) => key !== 'name' && key !== 'generateName');
  if (!odd && Object.keys(rest).length === 0) return [];
  const message = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
  return [{ field: child(path, 'properties[metadata]'), type: 'Forbidden', message }];
}
