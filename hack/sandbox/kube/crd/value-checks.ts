// One value against the bounds of its own schema, children aside, in the words of kube-openapi's validator.
import { equalJson, isObject, type Json } from '../json.ts';
import { notSupported, type FieldError } from './field-error.ts';
import { hasFormat } from './formats.ts';
import { compilePattern } from './pattern.ts';
import type { Bound, Schema } from './schema.ts';

/** The name of a JSON value's type in error texts. */
export function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function plural(count: number, one: string): string {
  return count === 1 ? one : `${one}s`;
}

function typeInvalid(path: string, wanted: string, got: string): FieldError {
  const message = `${path} in body must be of type ${wanted}: ${JSON.stringify(got)}`;
  return { field: path, type: 'TypeInvalid', value: got, message };
}

/** The error of a value of another type than the schema wants, or undefined. */
export function typeError(schema: Schema, value: Json, path: string): FieldError | undefined {
  const wanted = schema.intOrString ? ['integer', 'string'] : schema.type === undefined ? [] : [schema.type];
  if (wanted.length === 0) return undefined;
  const got = typeOf(value);
  if (value === null) return schema.nullable ? undefined : typeInvalid(path, wanted.join(','), got);
  if (wanted.includes(got) || (got === 'integer' && wanted.includes('number'))) return undefined;
  return typeInvalid(path, wanted.join(','), got);
}

function stringErrors(schema: Schema, value: string, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { minLength, maxLength, pattern, format } = schema;
  const length = Array.from(value).length; // code points, as Go's runes
  if (maxLength !== undefined && length > maxLength) {
    errors.push({
      field: path,
      type: 'TooLong',
      message: `may not be more than ${maxLength} ${plural(maxLength, 'byte')}`,
    });
  }
  if (minLength !== undefined && length < minLength) {
    const message = `${path} in body should be at least ${minLength} chars long`;
    errors.push({ field: path, type: 'Invalid', value, message });
  }
  if (pattern !== undefined && !compilePattern(pattern).test(value)) {
    errors.push({ field: path, type: 'Invalid', value, message: `${path} in body should match '${pattern}'` });
  }
  if (format !== undefined && !hasFormat(format, value)) errors.push({ ...typeInvalid(path, format, value), value });
  return errors;
}

// Formats of numbers are checked under no field's name, as kube-openapi does it.
function rangeError(schema: Schema, value: number, path: string): FieldError | undefined {
  const bits = schema.format === 'int32' ? 31 : 63;
  if (schema.type !== 'integer' || (value < 2 ** bits && value >= -(2 ** bits))) return undefined;
  const format = schema.format === undefined ? '(default format)' : `with format ${schema.format}`;
  return {
    field: '',
    type: 'Invalid',
    value: '',
    message: `Checked value must be of type integer ${format} in ${path}`,
  };
}

function isBeyond(value: number, { value: bound, exclusive }: Bound, sign: 1 | -1): boolean {
  const over = sign * (value - bound);
  return exclusive ? over >= 0 : over > 0;
}

function numberErrors(schema: Schema, value: number, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { minimum, maximum, multipleOf } = schema;
  const fail = (message: string): number => errors.push({ field: path, type: 'Invalid', value, message });
  const range = rangeError(schema, value, path);
  if (range !== undefined) errors.push(range);
  if (multipleOf !== undefined && multipleOf > 0 && !Number.isInteger(value / multipleOf)) {
    fail(`${path} in body should be a multiple of ${multipleOf}`);
  }
  if (maximum !== undefined && isBeyond(value, maximum, 1)) {
    fail(`${path} in body should be less than ${maximum.exclusive ? '' : 'or equal to '}${maximum.value}`);
  }
  if (minimum !== undefined && isBeyond(value, minimum, -1)) {
    fail(`${path} in body should be greater than ${minimum.exclusive ? '' : 'or equal to '}${minimum.value}`);
  }
  return errors;
}

function countErrors(count: number, path: string, bounds: { min?: number; max?: number; what: string }): FieldError[] {
  const { min, max, what } = bounds;
  if (min !== undefined && count < min) {
    const message = `${path} in body should have at least ${min} ${what}`;
    return [{ field: path, type: 'Invalid', value: count, message }];
  }
  if (max === undefined || count <= max) return [];
  return [{ field: path, type: 'TooMany', value: count, message: `must have at most ${max} ${plural(max, 'item')}` }];
}

/** What is wrong with `value` itself; its items and properties are somebody else's. */
export function valueErrors(schema: Schema, value: Json, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { minItems, maxItems, minProperties, maxProperties } = schema;
  if (typeof value === 'string') errors.push(...stringErrors(schema, value, path));
  if (typeof value === 'number') errors.push(...numberErrors(schema, value, path));
  if (Array.isArray(value)) {
    const bounds = {
      ...(minItems !== undefined && { min: minItems }),
      ...(maxItems !== undefined && { max: maxItems }),
    };
    errors.push(...countErrors(value.length, path, { ...bounds, what: 'items' }));
  }
  if (isObject(value)) {
    const bounds = {
      ...(minProperties !== undefined && { min: minProperties }),
      ...(maxProperties !== undefined && { max: maxProperties }),
    };
    errors.push(...countErrors(Object.keys(value).length, path, { ...bounds, what: 'properties' }));
  }
  const allowed = schema.enum;
  if (
    allowed !== undefined &&
    !allowed.some((each) => equalJson(each, value)) &&
    !(value === null && schema.nullable)
  ) {
    const supported = allowed.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
    errors.push(notSupported(path, value, supported));
  }
  return errors;
}
