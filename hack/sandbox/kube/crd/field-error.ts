// What is wrong with a field, as apimachinery's field.Error says it.

export interface FieldError {
  /** `spec.taints[0].key`; empty when the error is about no one field. */
  readonly field: string;
  readonly type:
    | 'Required'
    | 'Invalid'
    | 'NotSupported'
    | 'Duplicate'
    | 'TooLong'
    | 'TooMany'
    | 'TypeInvalid'
    | 'Forbidden';
  /** The detail alone, without the field, the type and the value. May be empty. */
  readonly message: string;
  /** The bad value; absent for the types that never show it, and where there is none to show. */
  readonly value?: unknown;
}
