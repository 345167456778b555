// What can be said of the dashboards without a Prometheus: that Grafana draws them as they are meant.
import { describe, expect, it } from 'vitest';
import { isObject, numberAt, objectAt, textAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import { objectsAt, readDashboards } from './dashboards.ts';

const columns = 24;
const dashboards = await readDashboards();

function drawn(dashboard: JsonObject): readonly JsonObject[] {
  return objectsAt(dashboard, 'panels').filter((panel) => panel['type'] !== 'row');
}

/** Each cell of the grid that a panel covers. */
function cellsOf(panel: JsonObject): readonly string[] {
  const place = objectAt(panel, 'gridPos');
  const [x = 0, y = 0, w = 0, h = 0] = ['x', 'y', 'w', 'h'].map((key) => numberAt(place, key));
  expect(x + w).toBeLessThanOrEqual(columns);
  return Array.from({ length: w * h }, (_, index) => `${x + (index % w)}/${y + Math.floor(index / w)}`);
}

function repeated(texts: readonly unknown[]): readonly unknown[] {
  return texts.filter((text, index) => texts.indexOf(text) !== index);
}

describe('the dashboards', () => {
  it('have addresses, titles and files of their own', () => {
    expect(dashboards.map(({ dashboard }) => `${textAt(dashboard, 'uid') ?? ''}.json`)).toEqual(
      dashboards.map(({ file }) => file),
    );
    expect(repeated(dashboards.map(({ dashboard }) => dashboard['title']))).toEqual([]);
  });
});

describe.each(dashboards)('$file', ({ dashboard, queries, variables }) => {
  it('has a number, a place and a description for each panel, none of them twice', () => {
    const panels = objectsAt(dashboard, 'panels');
    expect(repeated(panels.map((panel) => panel['id']))).toEqual([]);
    expect(repeated(panels.flatMap(cellsOf))).toEqual([]);
    for (const panel of drawn(dashboard)) expect(textAt(panel, 'description')).toMatch(/^.{5,200}\.$/u);
  });

  it('has no two queries of one name', () => {
    expect(repeated(queries.map(({ name }) => name))).toEqual([]);
  });

  it('asks the data source that was chosen, and only of the jobs that were chosen', () => {
    for (const panel of drawn(dashboard))
      for (const part of [panel, ...objectsAt(panel, 'targets')])
        expect(part['datasource']).toEqual({ type: 'prometheus', uid: '${datasource}' });
    for (const { expr } of queries.filter((query) => !query.expr.includes('kube_')))
      for (const [selector] of expr.matchAll(/\{[^}]*\}|\b\w+(?=\[)/gu)) expect(selector).toContain('job=~"$job"');
  });

  it('has a unit for each panel', () => {
    for (const panel of drawn(dashboard)) {
      const { defaults, overrides } = Object(panel['fieldConfig']);
      const properties = Array.isArray(overrides) ? overrides.flatMap((each) => Object(each).properties) : [];
      const units = [textAt(defaults, 'unit'), ...properties.filter(isObject).map((each) => textAt(each, 'value'))];
      expect(units.filter((unit) => unit !== undefined)).not.toEqual([]);
    }
  });

  it('uses each of its choices, and no other', () => {
    const used = new Set(queries.flatMap(({ expr }) => [...expr.matchAll(/\$([a-z]\w*)/gu)].map(([, name]) => name)));
    expect(used).toEqual(new Set(Object.keys(variables)));
  });
});
