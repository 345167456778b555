// The dashboards of the chart as Grafana would read them: each panel's queries, and the choices at the top of the page.
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isObject, objectAt, textAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';

const folder = fileURLToPath(new URL('../../charts/gpu-provisioner/dashboards/', import.meta.url));

interface PanelQuery {
  /** Dashboard, panel and letter of the query. */
  readonly name: string;
  readonly expr: string;
  /** That its legend or its columns show. */
  readonly labels: readonly string[];
}

export interface DashboardFile {
  readonly file: string;
  readonly dashboard: JsonObject;
  readonly queries: readonly PanelQuery[];
  /** By name: `label_values(METRIC, LABEL)`. */
  readonly variables: Readonly<Record<string, string>>;
}

export async function readDashboards(): Promise<readonly DashboardFile[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(files.toSorted().map(readDashboard));
}

async function readDashboard(file: string): Promise<DashboardFile> {
  const dashboard: unknown = JSON.parse(await readFile(`${folder}${file}`, 'utf8'));
  if (!isObject(dashboard)) throw new TypeError(`File "${file}" holds no dashboard`);
  const queries = objectsAt(dashboard, 'panels').flatMap((panel) =>
    objectsAt(panel, 'targets').map((target) => ({
      name: `${textAt(dashboard, 'title') ?? file}: ${textAt(panel, 'title') ?? ''} (${textAt(target, 'refId') ?? ''})`,
      expr: textAt(target, 'expr') ?? '',
      labels: [...legendOf(target), ...columnsOf(panel)],
    })),
  );
  const variables = objectsAt(Object(dashboard['templating']), 'list')
    .filter((variable) => variable['type'] === 'query')
    .map((variable) => [textAt(variable, 'name') ?? '', textAt(variable, 'definition') ?? ''] as const);
  return { file, dashboard, queries, variables: Object.fromEntries(variables) };
}

function legendOf(target: unknown): readonly string[] {
  return [...(textAt(target, 'legendFormat') ?? '').matchAll(/\{\{(\w+)\}\}/gu)].map(([, label = '']) => label);
}

function columnsOf(panel: unknown): readonly string[] {
  const organized = objectsAt(panel, 'transformations').map((each) =>
    objectAt(objectAt(each, 'options'), 'indexByName'),
  );
  return organized.flatMap((columns) => Object.keys(columns)).filter((column) => column !== 'Value');
}

/** The objects of a list; none where there is no list. */
export function objectsAt(value: unknown, key: string): readonly JsonObject[] {
  const list: unknown = Object(value)[key];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** Ranges that hold a whole run; what was chosen is everything that has a value. */
const filled: Readonly<Record<string, string>> = {
  __rate_interval: '10m',
  __range: '10m',
  job: 'gpu-provisioner',
  kind: 'Machine|NodeClaim',
  size: '.+',
  reason: '.+',
  claim: '.+',
};

/** The expression that Grafana would send. Throws RangeError for a variable that nobody fills. */
export function asSent(expr: string): string {
  return expr.replaceAll(/\$(\w+)/gu, (_, name: string) => {
    const value = filled[name];
    if (value === undefined) throw new RangeError(`Variable "${name}" has no value`);
    return value;
  });
}

/** What lists the values of a variable, in PromQL. Throws RangeError for another form than label_values. */
export function valuesQuery(definition: string): string {
  const [, metric, label] = /^label_values\((.+), (\w+)\)$/u.exec(definition) ?? [];
  if (metric === undefined || label === undefined) throw new RangeError(`"${definition}" lists no values of a label`);
  return `group by (${label}) (${asSent(metric)})`;
}
