// The chart's README: a text by hand around a table of its values, which are read from the comments of values.yaml.
import { isMap, isScalar, parseDocument, type Pair, type YAMLMap } from 'yaml';

/** A value without a comment, or a text that has no place for the table. */
export class ChartUndocumented extends Error {
  readonly code = 'CHART_UNDOCUMENTED';

  constructor(message: string) {
    super(message);
    this.name = 'ChartUndocumented';
  }
}

const placeOfTable = '<!-- values -->';
const placeOfVersion = '@version@';

export interface ReadmeSources {
  /** The text of values.yaml. */
  readonly values: string;
  /** Has `<!-- values -->` on a line of its own, and `@version@` where the version stands. */
  readonly template: string;
  readonly version: string;
}

/** Throws ChartUndocumented. */
export function chartReadme({ values, template, version }: ReadmeSources): string {
  const place = `\n${placeOfTable}\n`;
  if (!template.includes(place)) throw new ChartUndocumented(`Cannot write the README: no line is ${placeOfTable}`);
  const root = parseDocument(values).contents;
  if (!isMap(root)) throw new ChartUndocumented('Cannot write the README: values.yaml is not a map');
  const rows = rowsOf(root, '').toSorted(([a], [b]) => (a < b ? -1 : 1));
  const table = ['| value | default | what it does |', '|---|---|---|', ...rows.map(([, row]) => row)].join('\n');
  return template.replaceAll(placeOfVersion, version).replace(place, () => `\n${table}\n`);
}

/** A value with a comment is a row, whatever it holds; a map without one is described by its own values. */
function rowsOf(map: YAMLMap, path: string): (readonly [name: string, row: string])[] {
  return map.items.flatMap((pair, index) => {
    const name = `${path}${keyOf(pair)}`;
    // The comment above the first value of a map is the map's.
    const comment = commentOf(pair) ?? (index === 0 ? documentation(map.commentBefore) : undefined);
    if (comment !== undefined) {
      return [[name, `| \`${name}\` | ${shown(pair)} | ${comment.replaceAll('|', '\\|')} |`] as const];
    }
    if (isMap(pair.value) && pair.value.items.length > 0) return rowsOf(pair.value, `${name}.`);
    throw new ChartUndocumented(`Cannot write the README: the value "${name}" has no comment that starts with "# --"`);
  });
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

function commentOf(pair: Pair): string | undefined {
  return isScalar(pair.key) ? documentation(pair.key.commentBefore) : undefined;
}

function documentation(comment: string | null | undefined): string | undefined {
  return /^ ?-- (.+)$/mu.exec(comment ?? '')?.[1];
}

function shown({ value }: Pair): string {
  const json = JSON.stringify(value);
  return json === undefined || json === 'null' || json === '""' ? '' : `\`${json}\``;
}
