// Whether a schema is structural: the rules that the API server sets before it serves custom resources by it.
import { isObject, type Json, type JsonObject } from '../json.ts';
import { notSupported, type FieldError } from './field-error.ts';
import { child, indexed, keyed } from './field-path.ts';
import { compilePattern } from './pattern.ts';
import { schemaOf } from './schema.ts';
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
  return errors;
}

function walk(schema: JsonObject, path: string, place: Place, errors: FieldError[]): void {
  checkType(schema, path, place, errors);
  for (const check of [checkKeywords, checkDefault, checkList, checkMap, checkBranches]) check(schema, path, errors);
  for (const [name, property] of entriesOf(schema['properties'])) {
    walk(property, child(path, keyed('properties', name)), 'field', errors);
  }
  const { items, additionalProperties } = schema;
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
  } else if (schema['x-kubernetes-int-or-string'] === true) {
    errors.push({
      field,
      type: 'Invalid',
      value: type,
      message: 'must be empty if x-kubernetes-int-or-string is true',
    });
  }
  const embedded = child(path, 'x-kubernetes-embedded-resource');
  if (schema['x-kubernetes-embedded-resource'] === true && type !== 'object') {
    errors.push({
      field: embedded,
      type: 'Invalid',
      value: type ?? '',
      message: 'must be object if x-kubernetes-embedded-resource is true',
    });
  }
}

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
  if (schema['default'] === undefined || schema['default'] === null) return;
  errors.push(...validateValue(schemaOf(schema), schema['default'], undefined, child(path, 'default')));
};

const checkList: Check = (schema, path, errors) => {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'];
  const field = child(path, 'x-kubernetes-list-type');
  const keysField = child(path, 'x-kubernetes-list-map-keys');
  if (listType === undefined) {
    if (keys !== undefined)
      errors.push({ field, type: 'Required', message: 'must be map if x-kubernetes-list-map-keys is non-empty' });
    return;
  }
  if (listType !== 'atomic' && listType !== 'map' && listType !== 'set') {
    errors.push(notSupported(field, listType, ['atomic', 'set', 'map']));
    return;
  }
  if (schema['type'] !== 'array') {
    const message = 'must be array if x-kubernetes-list-type is specified';
    errors.push({ field: child(path, 'type'), type: 'Invalid', value: schema['type'] ?? '', message });
  }
  if (listType !== 'map') return;
  const names = Array.isArray(keys) ? keys : [];
  if (names.length === 0) {
    errors.push({ field: keysField, type: 'Required', message: 'must not be empty if x-kubernetes-list-type is map' });
  }
  const items = schemaOf(schema['items']);
  for (const [index, name] of names.entries()) {
    const property = typeof name === 'string' ? items.properties.get(name) : undefined;
    if (property === undefined) {
      const message = 'entries must all be names of item properties';
      errors.push({ field: indexed(keysField, index), type: 'Invalid', value: name, message });
    } else if (typeof name === 'string' && !items.required.includes(name) && property.default === undefined) {
      const message =
        'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property';
      errors.push({ field: `${path}.items.properties[${name}].default`, type: 'Required', message });
    }
  }
};

const checkMap: Check = (schema, path, errors) => {
  const mapType = schema['x-kubernetes-map-type'];
  const field = child(path, 'x-kubernetes-map-type');
  if (mapType !== undefined && mapType !== 'atomic' && mapType !== 'granular') {
    errors.push(notSupported(field, mapType, ['atomic', 'granular']));
  }
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
    const message = 'must be empty to be structural';
    errors.push({ field: child(path, each), type: 'Forbidden', message });
  }
  const declared = schema['properties'];
  for (const [name, property] of entriesOf(branch['properties'])) {
    if (!isObject(declared) || declared[name] === undefined) {
      const message = 'must be specified as property outside of the value validation';
      errors.push({ field: `${path}.properties[${name}]`, type: 'Required', message });
      continue;
    }
    const inner = declared[name];
    checkBranch(property, `${path}.properties[${name}]`, { schema: isObject(inner) ? inner : {}, keyword }, errors);
  }
}
