// A small kube-state-metrics: what its configuration for custom resources makes of one object, and where that looks.
// By its own code (pkg/customresourcestate/registry_factory.go), for the kinds of metrics and paths that docs/kube-state-metrics.yaml has.

export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The configuration says something that this reader does not know; the real one would take it, or refuse to start. */
class UnknownConfig extends Error {
  readonly code = 'UnknownConfig';
}

type Json = unknown;

interface Fields {
  readonly [key: string]: Json;
}

type Path = readonly string[];

interface Metric {
  readonly name: string;
  readonly type: 'Info' | 'Gauge' | 'StateSet';
  readonly path: Path;
  readonly valueFrom: Path;
  readonly labelsFromPath: ReadonlyMap<string, Path>;
  /** Of a StateSet. */
  readonly labelName: string;
  readonly list: readonly string[];
}

export interface ResourceConfig {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly prefix: string;
  readonly labelsFromPath: ReadonlyMap<string, Path>;
  readonly metrics: readonly Metric[];
}

/** Of a values file's `customResourceState.config`. Throws UnknownConfig. */
export function readConfig(config: Json): readonly ResourceConfig[] {
  const { kind, spec } = fieldsOf(config, ['kind', 'spec']);
  if (kind !== 'CustomResourceStateMetrics') throw new UnknownConfig(`kind ${String(kind)}`);
  return listOf(fieldsOf(spec, ['resources'])['resources']).map((resource) => {
    const known = ['groupVersionKind', 'metricNamePrefix', 'labelsFromPath', 'metrics'];
    const fields = fieldsOf(resource, known);
    const gvk = fieldsOf(fields['groupVersionKind'], ['group', 'version', 'kind']);
    return {
      group: textOf(gvk['group']),
      version: textOf(gvk['version']),
      kind: textOf(gvk['kind']),
      prefix: textOf(fields['metricNamePrefix']),
      labelsFromPath: labelsOf(fields['labelsFromPath']),
      metrics: listOf(fields['metrics']).map(readMetric),
    };
  });
}

function readMetric(metric: Json): Metric {
  const { each, help, name } = fieldsOf(metric, ['name', 'help', 'errorLogV', 'each']);
  if (textOf(help) === '') throw new UnknownConfig('A metric without help');
  const { type, ...rest } = fieldsOf(each, ['type', 'info', 'gauge', 'stateSet']);
  const [body] = Object.values(rest);
  const fields = fieldsOf(body, ['path', 'valueFrom', 'labelsFromPath', 'labelName', 'list']);
  if (type !== 'Info' && type !== 'Gauge' && type !== 'StateSet') throw new UnknownConfig(`type ${String(type)}`);
  if (Object.keys(rest).join() !== `${type.charAt(0).toLowerCase()}${type.slice(1)}`)
    throw new UnknownConfig(`A ${type} with ${Object.keys(rest).join()}`);
  return {
    name: textOf(name),
    type,
    path: pathOf(fields['path'] ?? []),
    valueFrom: pathOf(fields['valueFrom'] ?? []),
    labelsFromPath: labelsOf(fields['labelsFromPath'] ?? {}),
    labelName: textOf(fields['labelName'] ?? ''),
    list: listOf(fields['list'] ?? []).map(textOf),
  };
}

/** Every place that is looked at, from the object's root. */
export function pathsOf({ labelsFromPath, metrics }: ResourceConfig): readonly Path[] {
  return [...labelsFromPath.values(), ...metrics.flatMap(pathsOfMetric)].filter((path) => path.length > 0);
}

function pathsOfMetric(metric: Metric): readonly Path[] {
  const within = [...metric.path, ...elementOf(metric)];
  const labels = [...metric.labelsFromPath.values()].map((path) => [...within, ...path]);
  return [metric.path, [...within, ...metric.valueFrom], ...labels];
}

/** A StateSet goes through the elements of a list. */
function elementOf({ type }: Metric): Path {
  return type === 'StateSet' ? ['0'] : [];
}

/** What one object makes. */
export function seriesOf(
  { group, kind, labelsFromPath, metrics, prefix, version }: ResourceConfig,
  object: Json,
): readonly Series[] {
  const base = {
    customresource_group: group,
    customresource_version: version,
    customresource_kind: kind,
    ...labelsAt(labelsFromPath, object),
  };
  return metrics.flatMap((metric) =>
    valuesOf(metric, object).map(({ labels, value }) => ({
      name: `${prefix}_${metric.name}`,
      labels: { ...base, ...labels },
      value,
    })),
  );
}

function valuesOf(metric: Metric, object: Json): readonly Omit<Series, 'name'>[] {
  const found = get(object, metric.path);
  const labels = labelsAt(metric.labelsFromPath, found);
  switch (metric.type) {
    case 'Info':
      return Object.keys(labels).length === 0 ? [] : [{ labels, value: 1 }];
    case 'Gauge': {
      const time = get(found, metric.valueFrom);
      const ms = typeof time === 'string' ? Date.parse(time) : Number.NaN;
      return Number.isNaN(ms) ? [] : [{ labels, value: ms / 1000 }];
    }
    case 'StateSet':
      return (Array.isArray(found) ? found : []).flatMap((one: Json) => {
        const state = get(one, metric.valueFrom);
        const ofOne = labelsAt(metric.labelsFromPath, one);
        return metric.list.map((entry) => ({
          labels: { ...ofOne, [metric.labelName]: entry },
          value: state === entry ? 1 : 0,
        }));
      });
  }
}

function labelsAt(paths: ReadonlyMap<string, Path>, object: Json): Record<string, string> {
  const found = [...paths].map(([label, path]) => [label, get(object, path)] as const);
  return Object.fromEntries(found.flatMap(([label, value]) => (typeof value === 'string' ? [[label, value]] : [])));
}

const lookup = /^\[([^=]+)=(.*)\]$/;

function get(from: Json, path: Path): Json {
  return path.reduce((value: Json, part) => {
    const [, key, wanted] = lookup.exec(part) ?? [];
    if (key !== undefined)
      return Array.isArray(value) ? value.find((one: Json) => isFields(one) && one[key] === wanted) : undefined;
    if (Array.isArray(value)) return value[Number(part)];
    return isFields(value) ? value[part] : undefined;
  }, from);
}

/** Whether an object of this schema can have something there. What metadata has, no CRD says. */
export function isInSchema(schema: Json, path: Path): boolean {
  const [part, ...rest] = path;
  if (part === undefined) return true;
  if (!isFields(schema)) return false;
  const [, key] = lookup.exec(part) ?? [];
  if (key !== undefined)
    return isFields(schema['items']) && isInSchema(schema['items'], [key]) && isInSchema(schema['items'], rest);
  if (schema['type'] === 'array') return /^\d+$/.test(part) && isInSchema(schema['items'], rest);
  const properties = schema['properties'];
  if (isFields(properties) && Object.hasOwn(properties, part)) return isInSchema(properties[part], rest);
  return isFields(schema['additionalProperties']) && isInSchema(schema['additionalProperties'], rest);
}

function isFields(value: Json): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldsOf(value: Json, known: readonly string[]): Fields {
  if (!isFields(value)) throw new UnknownConfig(`${JSON.stringify(value)} is no map`);
  const strange = Object.keys(value).find((key) => !known.includes(key));
  if (strange !== undefined) throw new UnknownConfig(`"${strange}" is not known here`);
  return value;
}

function listOf(value: Json): readonly Json[] {
  if (!Array.isArray(value)) throw new UnknownConfig(`${JSON.stringify(value)} is no list`);
  return value;
}

function textOf(value: Json): string {
  if (typeof value !== 'string') throw new UnknownConfig(`${JSON.stringify(value)} is no text`);
  return value;
}

function pathOf(value: Json): Path {
  return listOf(value).map(textOf);
}

function labelsOf(value: Json): ReadonlyMap<string, Path> {
  if (!isFields(value)) throw new UnknownConfig(`${JSON.stringify(value)} is no map`);
  return new Map(Object.entries(value).map(([label, path]) => [label, pathOf(path)]));
}
