// What a Grafana dashboard is here: rows of panels in words, and the JSON that Grafana reads. One style for all of them.
import { heightOf, panelJson, type Panel } from './panel.ts';

export interface Row {
  readonly title: string;
  /** Drawn in this order, as many side by side as their widths allow. */
  readonly panels: readonly Panel[];
}

/** A choice at the top of the page: the values of a label. */
interface Variable {
  readonly name: string;
  readonly label: string;
  /** In PromQL's selector form; other variables may stand in it. */
  readonly metric: string;
  readonly values: string;
}

export interface Dashboard {
  /** Also the name of its file; Grafana's address of it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Beside those that each has: `$datasource`, and `$job` for the controllers of one installation. */
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
}

const tag = 'gpu-provisioner';
const columns = 24;

const jobVariable: Variable = { name: 'job', label: 'Job', metric: 'gpu_provisioner_azure_up', values: 'job' };

/** The text of the file. Made from its parts alone: the same parts give the same bytes. */
export function dashboardJson({ uid, title, description, variables, rows }: Dashboard): string {
  const dashboard = {
    uid,
    title,
    description,
    tags: [tag],
    editable: true,
    graphTooltip: 1,
    schemaVersion: 39,
    version: 1,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    timezone: '',
    annotations: { list: [] },
    links: [{ title: 'GPU provisioner', type: 'dashboards', tags: [tag], asDropdown: true, keepTime: true }],
    templating: { list: [datasourceJson, ...[jobVariable, ...variables].map(variableJson)] },
    panels: laidOut(rows),
  };
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

const datasourceJson = {
  name: 'datasource',
  label: 'Data source',
  type: 'datasource',
  query: 'prometheus',
  refresh: 1,
};

function variableJson({ name, label, metric, values }: Variable): object {
  const query = `label_values(${metric}, ${values})`;
  return {
    name,
    label,
    type: 'query',
    datasource: { type: 'prometheus', uid: '${datasource}' },
    definition: query,
    query: { query, refId: name },
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    current: { text: ['All'], value: ['$__all'] },
  };
}

function laidOut(rows: readonly Row[]): readonly object[] {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    const place = { h: 1, w: columns, x: 0, y };
    panels.push({ id: panels.length + 1, type: 'row', title: row.title, collapsed: false, gridPos: place, panels: [] });
    y += 1;
    let x = 0;
    let tallest = 0;
    for (const panel of row.panels) {
      if (x + panel.width > columns) {
        y += tallest;
        x = 0;
        tallest = 0;
      }
      panels.push({
        id: panels.length + 1,
        ...panelJson(panel),
        gridPos: { h: heightOf(panel), w: panel.width, x, y },
      });
      x += panel.width;
      tallest = Math.max(tallest, heightOf(panel));
    }
    y += tallest;
  }
  return panels;
}
