// Tables for the tests of this room.
import { isObject, listAt } from '../json.ts';
import { tableOf, type TableInput } from './table.ts';

const now = new Date('2026-01-01T01:00:00Z');
/** An hour before. */
export const created = '2026-01-01T00:00:00Z';

/** The table of `items`, of the kind at `group/plural`. */
export function table(where: string, items: readonly object[], options: Partial<TableInput> = {}): object {
  const [group = '', plural = ''] = where.split('/');
  const resource = { group, plural, version: 'v1', kind: 'Any', namespaced: true };
  return tableOf({ resource, items, listMeta: {}, includeObject: 'Metadata', now, ...options });
}

export function named(name: string, rest: object = {}): object {
  return { metadata: { name, creationTimestamp: created }, ...rest };
}

export function part(value: object, key: 'columnDefinitions' | 'rows'): readonly object[] {
  return listAt(isObject(value) ? value : {}, key).filter(isObject);
}

/** The cells of the only row of a table with `item`. */
export function cells(where: string, item: object, options?: Partial<TableInput>): unknown {
  const [row] = part(table(where, [item], options), 'rows');
  return row !== undefined && 'cells' in row ? row.cells : undefined;
}
