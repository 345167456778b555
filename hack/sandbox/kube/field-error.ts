// Causes of a 422 in the words of k8s.io/apimachinery's field.Error: clients and people match on them.
import type { Json } from './json.ts';
import type { Cause } from './status.ts';

function shown(value: Json | undefined): string {
  if (value === undefined) return 'null';
  return JSON.stringify(value);
}

export function required(field: string, detail = ''): Cause {
  return { reason: 'FieldValueRequired', message: `Required value${detail && `: ${detail}`}`, field };
}

export function invalidValue(field: string, value: Json | undefined, detail: string): Cause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${shown(value)}: ${detail}`, field };
}

export function forbiddenField(field: string, detail: string): Cause {
  return { reason: 'FieldValueForbidden', message: `Forbidden: ${detail}`, field };
}

export function duplicate(field: string, value: Json): Cause {
  return { reason: 'FieldValueDuplicate', message: `Duplicate value: ${shown(value)}`, field };
}

export function notSupported(field: string, value: Json, supported: readonly string[]): Cause {
  const values = supported.map((item) => JSON.stringify(item)).join(', ');
  return {
    reason: 'FieldValueNotSupported',
    message: `Unsupported value: ${shown(value)}: supported values: ${values}`,
    field,
  };
}

export const immutable = 'field is immutable';
