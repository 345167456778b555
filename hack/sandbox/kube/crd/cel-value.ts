// JSON as the rules of a CRD see it: whole numbers are ints, dates are timestamps, odd field names are escaped.
import { Duration } from '@marcbachmann/cel-js/evaluator';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { hasFormat } from './formats.ts';
import { propertyOf, type Schema } from './schema.ts';

// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
const escapes: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};
const reserved: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** The name of a declared field in an expression. */
function celName(field: string): string {
  if (reserved.has(field)) return `__${field}__`;
  return field.replaceAll(/__|[.\-/]/g, (part) => escapes[part] ?? part);
}

const nanosPer: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

function durationOf(text: string): Duration {
  const sign = text.startsWith('-') ? -1 : 1;
  let nanos = 0;
  for (const [, amount, unit = ''] of text.matchAll(/([\d.]+)([a-zµμ]+)/g))
    nanos += Number(amount) * (nanosPer[unit] ?? 0);
  const seconds = Math.trunc(nanos / 1e9);
  return new Duration(BigInt(sign * seconds), sign * (nanos - seconds * 1e9));
}

function textValue(text: string, format: string | undefined): unknown {
  if (format === 'date' || format === 'date-time') return hasFormat(format, text) ? new Date(text) : text;
  if (format === 'duration') return durationOf(text);
  return format === 'byte' ? new Uint8Array(Buffer.from(text, 'base64')) : text;
}

// Of an object's own metadata rules see the name alone, whatever the schema declares.
function metadataValue(value: Json | undefined): unknown {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    ['name', 'generateName'].filter((key) => value[key] !== undefined).map((key) => [key, value[key]]),
  );
}

function objectValue(schema: Schema | undefined, object: JsonObject): unknown {
  const entries = Object.entries(object).map(([key, value]): [string, unknown] => {
    const name = schema?.properties.has(key) ? celName(key) : key;
    return [name, value === undefined ? undefined : celValue(schema && propertyOf(schema, key), value)];
  });
  const { apiVersion, kind, metadata } = object;
  const identity = schema?.embeddedResource ? { apiVersion, kind, metadata: metadataValue(metadata) } : {};
  return { ...Object.fromEntries(entries), ...identity };
}

/** `value` as cel-js wants it; without a schema, as the API server reads unknown fields. */
export function celValue(schema: Schema | undefined, value: Json): unknown {
  if (typeof value === 'number') {
    return Number.isInteger(value) && schema?.type !== 'number' ? BigInt(value) : value;
  }
  if (typeof value === 'string') return textValue(value, schema?.format);
  if (Array.isArray(value)) return value.map((item) => celValue(schema?.items, item));
  return isObject(value) ? objectValue(schema, value) : value;
}
