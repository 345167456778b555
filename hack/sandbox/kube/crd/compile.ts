// A CustomResourceDefinition, ready to serve: one compiled version for each that it declares.
import { isObject, listAt, numberAt, textAt, type Json, type JsonObject } from '../json.ts';
import type { Column } from '../tables/column.ts';
import { applyDefaults } from './default.ts';
import { definitionErrors } from './definition.ts';
import { embeddedErrors } from './embedded.ts';
import type { FieldError } from './field-error.ts';
import { duplicates, listTypeAt, type ListType } from './list-type.ts';
import { prune } from './prune.ts';
import { compileRules, ruleErrors, type RuleTree } from './rules.ts';
import { schemaOf, type Schema } from './schema.ts';
import { structuralErrors } from './structural.ts';
import { validateValue } from './validate.ts';

export interface CrdVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly hasStatus: boolean;
  /** openAPIV3Schema as the CRD has it. */
  readonly schema: object | undefined;
  /** additionalPrinterColumns; empty when the CRD declares none. */
  readonly columns: readonly Column[];
  /** A copy without the fields that the schema does not know, and their paths. */
  prune(object: object): { object: object; unknownFields: string[] };
  /** A copy with the schema's defaults. Reading, writing and patching all apply them. */
  applyDefaults(object: object): object;
  /** Schema, list types and rules; with `old`, as an update. Metadata is the server's own to check. */
  validate(object: object, old?: object): FieldError[];
  /** How server-side apply merges the value at `path`; undefined where it descends. */
  listTypeAt(path: readonly string[]): ListType | undefined;
}

// As long as these stand, rules could meet values that they do not expect.
const blocking: ReadonlySet<string> = new Set(['NotSupported', 'Required', 'TooLong', 'TooMany', 'TypeInvalid']);
const notChecked: FieldError = {
  field: '',
  type: 'Invalid',
  value: null,
  message:
    'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
};

/** `errors` says why the CRD itself is invalid; `versions` is then empty. */
export function compileCrd(crd: unknown): { versions: readonly CrdVersion[]; errors: FieldError[] } {
  if (!isObject(crd)) return { versions: [], errors: [{ field: '', type: 'Required', message: '' }] };
  const errors = definitionErrors(crd);
  const declared = listAt(crd, 'spec', 'versions');
  const versions = declared.map((version, index) => {
    // The API server hoists the schema of an only version, and names it so in its errors.
    const place = declared.length === 1 ? 'spec.validation' : `spec.versions[${index}].schema`;
    return compileVersion(version, `${place}.openAPIV3Schema`, errors);
  });
  return { versions: errors.length === 0 ? versions : [], errors };
}

function compileVersion(version: Json, path: string, errors: FieldError[]): CrdVersion {
  const json = isObject(version) && isObject(version['schema']) ? version['schema']['openAPIV3Schema'] : undefined;
  const schema: Schema = { ...schemaOf(json), embeddedResource: true };
  if (isObject(json)) errors.push(...structuralErrors(json, path));
  const rules = compileRules(schema, path, errors);
  return {
    name: textAt(version, 'name') ?? '',
    served: isObject(version) && version['served'] === true,
    storage: isObject(version) && version['storage'] === true,
    hasStatus: isObject(version) && isObject(version['subresources']) && isObject(version['subresources']['status']),
    schema: isObject(json) ? json : undefined,
    columns: listAt(version, 'additionalPrinterColumns').flatMap(columnOf),
    prune: (object) => prune(schema, asJson(object)),
    applyDefaults: (object) => applyDefaults(schema, asJson(object)),
    validate: (object, old) => validate({ schema, rules }, asJson(object), old && asJson(old)),
    listTypeAt: (at) => listTypeAt(schema, at),
  };
}

function validate(
  { schema, rules }: { readonly schema: Schema; readonly rules: RuleTree | undefined },
  object: JsonObject,
  old: JsonObject | undefined,
): FieldError[] {
  // Once an object has duplicates anywhere, it may have more: so the API server ratchets them.
  const hadDuplicates = old !== undefined && duplicates(schema, old).length > 0;
  const errors = [
    ...validateValue(schema, object, old),
    ...embeddedErrors(schema, object, ''),
    ...(hadDuplicates ? [] : duplicates(schema, object)),
  ];
  if (rules === undefined) return errors;
  if (errors.some(({ type }) => blocking.has(type))) return [...errors, notChecked];
  return [...errors, ...ruleErrors(rules, object, old)];
}

function asJson(object: object): JsonObject {
  if (!isObject(object)) throw new TypeError('Cannot read a list as an object of the API');
  return object;
}

function columnOf(json: Json): Column[] {
  const { name, type, jsonPath, format, description } = isObject(json) ? json : {};
  const isKnown = type === 'integer' || type === 'number' || type === 'string' || type === 'boolean' || type === 'date';
  if (typeof name !== 'string' || typeof jsonPath !== 'string' || !isKnown) return [];
  return [
    {
      name,
      type,
      jsonPath,
      priority: numberAt(json, 'priority') ?? 0,
      ...(typeof format === 'string' && { format }),
      ...(typeof description === 'string' && { description }),
    },
  ];
}
