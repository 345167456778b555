// A panel in words, and as Grafana reads it: colours by name, so that they fit the light theme and the dark one.

interface Query {
  /** PromQL, with Grafana's variables in it. */
  readonly expr: string;
  /** What a line is called; labels stand in double braces. */
  readonly legend: string;
}

/** From where on a number is yellow, and red. With `bad` below `warn` little is bad: red below `bad`, green from `warn` on. */
interface Limits {
  readonly warn: number;
  readonly bad: number;
}

type Unit = 'short' | 's' | 'reqps' | 'ops' | 'percentunit' | 'currencyUSD' | 'bytes';

interface PanelFrame {
  readonly title: string;
  /** What it shows, and what to make of it. */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Of 24 columns. */
  readonly width: number;
}

export type Panel =
  /** Numbers as of now. */
  | (PanelFrame & {
      readonly draw: 'stat';
      readonly limits?: Limits;
      readonly words?: Readonly<Record<string, string>>;
    })
  /** Lines over time, or areas on top of each other. */
  | (PanelFrame & { readonly draw: 'lines' | 'areas' })
  /** A bar over time for each series: what 1 and 0 mean. */
  | (PanelFrame & { readonly draw: 'states'; readonly words: Readonly<Record<'1' | '0', string>> })
  /** A row for each series as of now; `columns` names its labels, and `value` the number. */
  | (PanelFrame & {
      readonly draw: 'table';
      readonly columns: Readonly<Record<string, string>>;
      readonly value: string;
    });

const datasource = { type: 'prometheus', uid: '${datasource}' } as const;

/** In rows of Grafana's grid. */
export function heightOf({ draw }: Panel): number {
  return draw === 'stat' ? 4 : 8;
}

/** All of a panel but its place. */
export function panelJson(panel: Panel): object {
  const { title, description, queries } = panel;
  const now = panel.draw === 'stat' || panel.draw === 'table';
  const targets = queries.map(({ expr, legend }, index) => ({
    refId: String.fromCodePoint(65 + index), // A, B, ...
    datasource,
    editorMode: 'code',
    expr,
    legendFormat: legend,
    ...(now ? { instant: true, range: false } : { instant: false, range: true }),
    format: panel.draw === 'table' ? 'table' : 'time_series',
  }));
  return { ...drawn(panel), title, description, datasource, targets };
}

function drawn(panel: Panel): object {
  switch (panel.draw) {
    case 'stat':
      return { type: 'stat', options: statOptions, fieldConfig: statFields(panel) };
    case 'lines':
    case 'areas':
      return { type: 'timeseries', options: seriesOptions, fieldConfig: seriesFields(panel) };
    case 'states':
      return { type: 'state-timeline', ...states(panel) };
    case 'table':
      return { type: 'table', ...table(panel) };
  }
}

const statOptions = {
  colorMode: 'value',
  graphMode: 'none',
  justifyMode: 'auto',
  orientation: 'auto',
  reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
  textMode: 'auto',
};

function statFields({ unit, limits, words }: Extract<Panel, { draw: 'stat' }>): object {
  const thresholds = { mode: 'absolute', steps: steps(limits) };
  const mappings = words === undefined ? [] : [mapping(words)];
  return { defaults: { unit, mappings, thresholds }, overrides: [] };
}

/** Each colour holds from its value on; the first one below all others. */
function steps(limits: Limits | undefined): readonly object[] {
  if (limits === undefined) return [{ color: 'text', value: null }];
  const { warn, bad } = limits;
  const [base, second, third] =
    bad < warn ? (['red', 'yellow', 'green'] as const) : (['green', 'yellow', 'red'] as const);
  return [
    { color: base, value: null },
    { color: second, value: Math.min(warn, bad) },
    { color: third, value: Math.max(warn, bad) },
  ];
}

function mapping(words: Readonly<Record<string, string>>, colors: Readonly<Record<string, string>> = {}): object {
  const options = Object.entries(words).map(([value, text]) => {
    const color = colors[value];
    return [value, color === undefined ? { text } : { text, color }] as const;
  });
  return { type: 'value', options: Object.fromEntries(options) };
}

function states({ unit, words }: Extract<Panel, { draw: 'states' }>): object {
  return {
    options: { showValue: 'never', rowHeight: 0.8, mergeValues: true, legend: seriesOptions.legend },
    fieldConfig: {
      defaults: {
        unit,
        mappings: [mapping(words, { 0: 'red', 1: 'green' })],
        custom: { fillOpacity: 70, lineWidth: 0 },
      },
      overrides: [],
    },
  };
}

const seriesOptions = {
  legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
  tooltip: { mode: 'multi', sort: 'desc' },
};

function seriesFields({ unit, draw }: Extract<Panel, { draw: 'lines' | 'areas' }>): object {
  const stacked = draw === 'areas';
  const custom = {
    drawStyle: 'line',
    lineWidth: 1,
    fillOpacity: stacked ? 40 : 8,
    showPoints: 'never',
    spanNulls: false,
    stacking: { mode: stacked ? 'normal' : 'none', group: 'A' },
  };
  return { defaults: { unit, min: 0, color: { mode: 'palette-classic' }, custom }, overrides: [] };
}

function table({ unit, columns, value }: Extract<Panel, { draw: 'table' }>): object {
  const names = { ...columns, Value: value };
  const order = Object.fromEntries(Object.keys(names).map((name, index) => [name, index]));
  return {
    options: { showHeader: true, cellHeight: 'sm', sortBy: [{ displayName: value, desc: true }] },
    fieldConfig: {
      defaults: { custom: { align: 'auto' } },
      overrides: [{ matcher: { id: 'byName', options: value }, properties: [{ id: 'unit', value: unit }] }],
    },
    transformations: [
      { id: 'filterFieldsByName', options: { include: { names: Object.keys(names) } } },
      { id: 'organize', options: { indexByName: order, renameByName: names } },
    ],
  };
}
