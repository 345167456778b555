// One value against the bounds of its own schema, children aside, in the words of kube-openapi's validator.
import { equalJson, isObject, type Json } from '../json.ts';
import { notSupported, type FieldError } from './field-error.ts';
import { hasFormat, isFormat } from './formats.ts';
import { compilePattern } from './pattern.ts';
import type { Bound, Schema } from './schema.ts';

/** The name of a JSON value's type in error texts. */
function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  // Beyond 64 bits Go's decoder falls back to a float.
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? 'integer' : 'number';
  return typeof value;
}

function plural(count: number, one: string): string {
  return count === 1 ? one : `${one}s`;
}

function typeInvalid(path: string, wanted: string, got: string): FieldError {
  const message = `${path} in body must be of type ${wanted}: ${JSON.stringify(got)}`;
  return { field: path, type: 'TypeInvalid', value: got, message };
}

// kube-openapi holds a value of the wrong type against the format, by Go's name of the type, and lets lists pass.
function typeErrorOfFormat(format: string, value: Json, path: string): FieldError | undefined {
  if (Array.isArray(value)) return undefined;
  const goType = typeof value !== 'number' ? '' : Number.isInteger(value) ? 'int64' : 'float64';
  return typeInvalid(path, format, goType);
}

/** The error of a value of another type than the schema wants, or undefined. */
export function typeError(schema: Schema, value: Json, path: string): FieldError | undefined {
  const wanted = schema.intOrString ? ['integer', 'string'] : schema.type === undefined ? [] : [schema.type];
  if (wanted.length === 0) return undefined;
  const got = typeOf(value);
  if (value === null) return schema.nullable ? undefined : typeInvalid(path, wanted.join(','), got);
  if (wanted.includes(got) || (got === 'integer' && wanted.includes('number'))) return undefined;
  const { format } = schema;
  if (schema.type === 'string' && format !== undefined && isFormat(format))
    return typeErrorOfFormat(format, value, path);
  return typeInvalid(path, wanted.join(','), got);
}

/** Of length and pattern the first that fails, and the format. */
function stringErrors(schema: Schema, value: string, path: string): FieldError[] {
  const { format } = schema;
  const errors = [textError(schema, value, path)].filter((error) => error !== undefined);
  if (format !== undefined && !hasFormat(format, value)) errors.push({ ...typeInvalid(path, format, value), value });
  return errors;
}

function textError({ minLength, maxLength, pattern }: Schema, value: string, path: string): FieldError | undefined {
  const length = Array.from(value).length; // code points, as Go's runes
  if (maxLength !== undefined && length > maxLength) {
    const message = `may not be more than ${maxLength} ${plural(maxLength, 'byte')}`;
    return { field: path, type: 'TooLong', message };
  }
  if (minLength !== undefined && length < minLength) {
    const message = `${path} in body should be at least ${minLength} chars long`;
    return { field: path, type: 'Invalid', value, message };
  }
  if (pattern === undefined || compilePattern(pattern).test(value)) return undefined;
  return { field: path, type: 'Invalid', value, message: `${path} in body should match '${pattern}'` };
}

function isBeyond(value: number, { value: bound, exclusive }: Bound, sign: 1 | -1): boolean {
  const over = sign * (value - bound);
  return exclusive ? over >= 0 : over > 0;
}

function numberErrors(schema: Schema, value: number, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { minimum, maximum, multipleOf } = schema;
  const fail = (message: string): number => errors.push({ field: path, type: 'Invalid', value, message });
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
