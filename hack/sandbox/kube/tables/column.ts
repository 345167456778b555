// A column of a table: `additionalPrinterColumns` of a CRD.

export interface Column {
  readonly name: string;
  readonly type: 'integer' | 'number' | 'string' | 'boolean' | 'date';
  readonly format?: string;
  readonly description?: string;
  /** Columns above 0 are shown by `-o wide` only. */
  readonly priority?: number;
  readonly jsonPath: string;
}
