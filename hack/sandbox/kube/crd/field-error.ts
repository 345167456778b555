// What is wrong with a field, as apimachinery's field.Error says it, and the cause of a Status that it becomes.
import type { Cause } from '../status.ts';

export interface FieldError {
  /** `spec.taints[0].key`; empty when the error is about no one field. */
  readonly field: string;
  readonly type: keyof typeof phrases;
  /** The detail alone, without the field, the type and the value. May be empty. */
  readonly message: string;
  /** The bad value; absent for the types that never show it, and where there is none to show. */
  readonly value?: unknown;
}

const phrases = {
  Required: { reason: 'FieldValueRequired', text: 'Required value', showsValue: false },
  Invalid: { reason: 'FieldValueInvalid', text: 'Invalid value', showsValue: true },
  NotSupported: { reason: 'FieldValueNotSupported', text: 'Unsupported value', showsValue: true },
  Duplicate: { reason: 'FieldValueDuplicate', text: 'Duplicate value', showsValue: true },
  TooLong: { reason: 'FieldValueTooLong', text: 'Too long', showsValue: false },
  TooMany: { reason: 'FieldValueTooMany', text: 'Too many', showsValue: true },
  TypeInvalid: { reason: 'FieldValueTypeInvalid', text: 'Invalid value', showsValue: true },
  Forbidden: { reason: 'FieldValueForbidden', text: 'Forbidden', showsValue: false },
} as const;

/** One of `status.details.causes`: field.Error.ErrorBody() with its reason; a duplicate has no detail. */
export function causeOf({ field, type, message, value }: FieldError): Cause {
  const { reason, text, showsValue } = phrases[type];
  if (type === 'Duplicate') return { reason, message: `${text}: ${JSON.stringify(value)}`, field };
  const shown = showsValue && value !== undefined ? `: ${JSON.stringify(value)}` : '';
  return { reason, message: `${text}${shown}${message && `: ${message}`}`, field: field === '' ? '<nil>' : field };
}

/** The unsupported value and, as apimachinery lists them, those that are supported. */
export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const message = `supported values: ${supported.map((each) => JSON.stringify(each)).join(', ')}`;
  return { field, type: 'NotSupported', value, message };
}
