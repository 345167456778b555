// What a printer of one kind is: its columns, and the cells of an object.
import { isObject, listAt, numberAt, textAt, type Json, type JsonObject } from '../json.ts';
import { sinceText } from './duration.ts';

export type Cell = Json;

export interface TableColumn {
  readonly name: string;
  readonly type: 'boolean' | 'date' | 'integer' | 'number' | 'string';
  readonly format: string;
  readonly description: string;
  /** Columns above 0 are for `-o wide`. */
  readonly priority: number;
}

export interface Printer {
  readonly columns: readonly TableColumn[];
  /** As many cells as there are columns. */
  readonly cells: (object: JsonObject, now: Date) => readonly Cell[];
  /** What `kubectl get` may hide; only pods have it. */
  readonly conditions?: (object: JsonObject) => readonly JsonObject[];
}

export function column(name: string, options: Partial<TableColumn> = {}): TableColumn {
  return { name, type: 'string', format: '', description: '', priority: 0, ...options };
}

export function wide(name: string): TableColumn {
  return column(name, { priority: 1 });
}

export function integer(name: string): TableColumn {
  return column(name, { type: 'integer' });
}

export const nameColumn = column('Name', { format: 'name' });

export function nameOf(object: JsonObject): string {
  return textAt(object, 'metadata', 'name') ?? '';
}

export function ageOf(object: JsonObject, now: Date): string {
  return sinceText(textAt(object, 'metadata', 'creationTimestamp'), now);
}

/** The text at `path`, or `<none>`; some printers prefer another word. */
export function textOr(otherwise: string, object: Json | undefined, ...path: readonly (string | number)[]): string {
  return textAt(object, ...path) || otherwise;
}

export function countAt(object: Json, ...path: readonly (string | number)[]): number {
  return numberAt(object, ...path) ?? 0;
}

/** `a,b`, or the word for none. */
export function joined(values: readonly string[], otherwise = '<none>'): string {
  return values.length === 0 ? otherwise : values.join(',');
}

export function textsAt(object: Json, ...path: readonly (string | number)[]): readonly string[] {
  return listAt(object, ...path).filter((value) => typeof value === 'string');
}

function labelPairs(labels: Json | undefined): readonly (readonly [key: string, text: string])[] {
  if (!isObject(labels)) return [];
  return Object.entries(labels).map(([key, value]) => [key, `${key}=${typeof value === 'string' ? value : ''}`]);
}

/** `k=v,k2=v2` in the order of the keys. */
export function labelsText(labels: Json | undefined): string {
  return joined(
    labelPairs(labels)
      .map(([, text]) => text)
      .toSorted(),
  );
}

/** A LabelSelector as one line: `a=b,c in (d,e),!f`. */
export function selectorText(selector: Json | undefined): string {
  if (!isObject(selector)) return '<none>';
  const terms = [...labelPairs(selector['matchLabels'])];
  for (const expression of listAt(selector, 'matchExpressions')) {
    const key = textAt(expression, 'key') ?? '';
    const values = textsAt(expression, 'values').toSorted().join(',');
    const byOperator: Readonly<Record<string, string>> = {
      In: `${key} in (${values})`,
      NotIn: `${key} notin (${values})`,
      Exists: key,
      DoesNotExist: `!${key}`,
    };
    terms.push([key, byOperator[textAt(expression, 'operator') ?? ''] ?? '<error>']);
  }
  return joined(terms.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b))).map(([, text]) => text));
}

/** Names and images of a pod template's containers. */
export function containerCells(podSpec: Json | undefined): readonly [names: string, images: string] {
  const containers = listAt(podSpec, 'containers');
  const all = (key: string): string => containers.map((container) => textAt(container, key) ?? '').join(',');
  return [all('name'), all('image')];
}
