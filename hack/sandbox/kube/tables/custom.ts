// The printer of a custom resource: additionalPrinterColumns, or the age where a CRD names none.
import type { Json, JsonObject } from '../json.ts';
import type { Column } from './column.ts';
import { sinceText } from './duration.ts';
import { compileJsonPath, InvalidJsonPath } from './json-path.ts';
import { column, nameColumn, nameOf, type Cell, type Printer } from './printer.ts';

const ageColumn: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** A value that does not have the type of its column leaves the cell empty. */
function cellOf(type: Column['type'], value: Json, now: Date): Cell {
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'string':
      return typeof value === 'string' || value === null ? value : JSON.stringify(value);
    case 'date':
      return typeof value === 'string' ? sinceText(value, now) : null;
  }
}

// The API server stores columns with paths that it cannot read, and leaves them empty.
function finderOf(jsonPath: string): ReturnType<typeof compileJsonPath> {
  try {
    return compileJsonPath(jsonPath);
  } catch (error) {
    if (error instanceof InvalidJsonPath) return () => [];
    throw error;
  }
}

export function customPrinter(declared: readonly Column[]): Printer {
  const columns = (declared.length === 0 ? [ageColumn] : declared).map((each) => ({
    ...each,
    find: finderOf(each.jsonPath),
  }));
  return {
    columns: [
      nameColumn,
      ...columns.map(({ name, type, format = '', priority = 0, description, jsonPath }) =>
        column(name, {
          type,
          format,
          priority,
          description: description ?? `Custom resource definition column (in JSONPath format): ${jsonPath}`,
        }),
      ),
    ],
    cells: (object: JsonObject, now) => [
      nameOf(object),
      ...columns.map(({ type, find }) => {
        const [value] = find(object);
        return value === undefined ? null : cellOf(type, value, now);
      }),
    ],
  };
}
