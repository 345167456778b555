// openAPIV3Schema as data that the other files of this room walk: parsed once, so that no one reads raw JSON again.
import { isObject, listAt, textAt, type Json, type JsonObject } from '../json.ts';

/** One of x-kubernetes-validations. */
export interface Rule {
  readonly rule: string;
  readonly message: string | undefined;
  readonly messageExpression: string | undefined;
  readonly reason: string | undefined;
  readonly fieldPath: string | undefined;
}

/** A bound that may be exclusive. */
export interface Bound {
  readonly value: number;
  readonly exclusive: boolean;
}

export interface Schema {
  /** Absent for int-or-string, for fields that keep everything, and in the branches of anyOf and its like. */
  readonly type: string | undefined;
  readonly nullable: boolean;
  readonly format: string | undefined;
  /** Absent when there is none; a default is never null. */
  readonly default: Json | undefined;
  readonly properties: ReadonlyMap<string, Schema>;
  /** What the values of undeclared keys are; `true` allows anything. */
  readonly additionalProperties: Schema | true | undefined;
  readonly items: Schema | undefined;
  readonly required: readonly string[];
  readonly enum: readonly Json[] | undefined;
  readonly pattern: string | undefined;
  readonly minimum: Bound | undefined;
  readonly maximum: Bound | undefined;
  readonly multipleOf: number | undefined;
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  readonly minItems: number | undefined;
  readonly maxItems: number | undefined;
  readonly minProperties: number | undefined;
  readonly maxProperties: number | undefined;
  readonly allOf: readonly Schema[];
  readonly anyOf: readonly Schema[];
  readonly oneOf: readonly Schema[];
  readonly not: Schema | undefined;
  readonly intOrString: boolean;
  readonly preserveUnknownFields: boolean;
  readonly embeddedResource: boolean;
  readonly listType: string | undefined;
  readonly listMapKeys: readonly string[];
  readonly mapType: string | undefined;
  readonly rules: readonly Rule[];
}

function numberOf(json: JsonObject, key: string): number | undefined {
  const value = json[key];
  return typeof value === 'number' ? value : undefined;
}

function boundOf(json: JsonObject, key: 'minimum' | 'maximum'): Bound | undefined {
  const value = numberOf(json, key);
  return value === undefined
    ? undefined
    : { value, exclusive: json[key === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum'] === true };
}

function strings(values: readonly Json[]): readonly string[] {
  return values.filter((value) => typeof value === 'string');
}

function ruleOf(json: Json): Rule {
  return {
    rule: textAt(json, 'rule') ?? '',
    message: textAt(json, 'message'),
    messageExpression: textAt(json, 'messageExpression'),
    reason: textAt(json, 'reason'),
    fieldPath: textAt(json, 'fieldPath'),
  };
}

function propertiesOf(json: Json | undefined): ReadonlyMap<string, Schema> {
  if (!isObject(json)) return new Map();
  return new Map(Object.entries(json).map(([key, value]) => [key, schemaOf(value)]));
}

/** Reads what it knows of `json`; what is not allowed is found by structural.ts. */
export function schemaOf(json: Json | undefined): Schema {
  const from = isObject(json) ? json : {};
  const { additionalProperties, items, not, enum: allowed } = from;
  return {
    type: textAt(from, 'type'),
    nullable: from['nullable'] === true,
    format: textAt(from, 'format'),
    default: from['default'] ?? undefined,
    properties: propertiesOf(from['properties']),
    additionalProperties:
      additionalProperties === true
        ? true
        : isObject(additionalProperties)
          ? schemaOf(additionalProperties)
          : undefined,
    items: isObject(items) ? schemaOf(items) : undefined,
    required: strings(listAt(from, 'required')),
    enum: Array.isArray(allowed) && allowed.length > 0 ? allowed : undefined,
    pattern: textAt(from, 'pattern'),
    minimum: boundOf(from, 'minimum'),
    maximum: boundOf(from, 'maximum'),
    multipleOf: numberOf(from, 'multipleOf'),
    minLength: numberOf(from, 'minLength'),
    maxLength: numberOf(from, 'maxLength'),
    minItems: numberOf(from, 'minItems'),
    maxItems: numberOf(from, 'maxItems'),
    minProperties: numberOf(from, 'minProperties'),
    maxProperties: numberOf(from, 'maxProperties'),
    allOf: listAt(from, 'allOf').map(schemaOf),
    anyOf: listAt(from, 'anyOf').map(schemaOf),
    oneOf: listAt(from, 'oneOf').map(schemaOf),
    not: isObject(not) ? schemaOf(not) : undefined,
    intOrString: from['x-kubernetes-int-or-string'] === true,
    preserveUnknownFields: from['x-kubernetes-preserve-unknown-fields'] === true,
    embeddedResource: from['x-kubernetes-embedded-resource'] === true,
    listType: textAt(from, 'x-kubernetes-list-type'),
    listMapKeys: strings(listAt(from, 'x-kubernetes-list-map-keys')),
    mapType: textAt(from, 'x-kubernetes-map-type'),
    rules: listAt(from, 'x-kubernetes-validations').map(ruleOf),
  };
}

/** The schema of the values behind `key` of an object, whether declared or by additionalProperties. */
export function propertyOf(schema: Schema, key: string): Schema | undefined {
  const declared = schema.properties.get(key);
  if (declared !== undefined) return declared;
  return schema.additionalProperties === true ? undefined : schema.additionalProperties;
}
