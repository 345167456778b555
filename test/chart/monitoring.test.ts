// Alerts and dashboards in the chart: the files of the project, on the terms of the values.
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isObject, objectAt, textAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import { chartDir, ciFile, helmOutput, nameOf, render, Rendered } from './helm.ts';

function rulesOf(spec: unknown): readonly JsonObject[] {
  const { groups } = Object(spec);
  const all: readonly unknown[] = Array.isArray(groups) ? groups.flatMap((group) => Object(group).rules) : [];
  return all.filter(isObject);
}

async function ruleFile(): Promise<readonly JsonObject[]> {
  return rulesOf(parse(await readFile(`${chartDir}/rules/gpu-provisioner.yaml`, 'utf8')));
}

async function alerts(values: JsonObject = {}): Promise<readonly JsonObject[]> {
  const rendered = await render({ prometheusRule: { enabled: true, ...values } });
  return rulesOf(rendered.one('PrometheusRule')['spec']);
}

describe('the PrometheusRule', () => {
  it('has the alerts of the rule file, word for word', async () => {
    expect(await alerts()).toEqual(await ruleFile());
  });

  it('is left out by default, and where the cluster does not serve the kind', async () => {
    expect((await render()).all('PrometheusRule')).toEqual([]);
    const values = ['--values', ciFile('minimal'), '--set', 'prometheusRule.enabled=true'];
    const bare = await helmOutput(['template', 'gpu-provisioner', chartDir, ...values]);
    expect(new Rendered(bare).all('PrometheusRule')).toEqual([]);
  });

  it('leaves out alerts that nobody wants, and a group without alerts', async () => {
    const all = await ruleFile();
    const [first, ...others] = all.map((rule) => textAt(rule, 'alert') ?? '');
    expect((await alerts({ disabled: others })).map((rule) => textAt(rule, 'alert'))).toEqual([first]);
    const rendered = await render({ prometheusRule: { enabled: true, disabled: others } });
    expect(rendered.one('PrometheusRule')).toMatchObject({ spec: { groups: [expect.anything()] } });
  });

  it('points to runbooks where they are read, whatever the URL ends with', async () => {
    for (const runbookUrl of ['https://runbooks.example/gpus', 'https://runbooks.example/gpus/']) {
      for (const rule of await alerts({ runbookUrl })) {
        const url = `https://runbooks.example/gpus/${textAt(rule, 'alert') ?? ''}.md`;
        expect(textAt(objectAt(rule, 'annotations'), 'runbook_url')).toBe(url);
      }
    }
  });

  it('gives every alert the labels of the values, which win', async () => {
    for (const rule of await alerts({ alertLabels: { team: 'ml', severity: 'page' } })) {
      expect(rule['labels']).toEqual({ team: 'ml', severity: 'page' });
    }
  });
});

describe('the dashboards', () => {
  it('are ConfigMaps that Grafana’s sidecar finds, each with its file as it is', async () => {
    const maps = (await render({ dashboards: { enabled: true } })).all('ConfigMap');
    expect(maps.map(nameOf).toSorted()).toEqual([
      'gpu-provisioner-dashboard-claims',
      'gpu-provisioner-dashboard-controller',
      'gpu-provisioner-dashboard-fleet',
    ]);
    for (const map of maps) {
      expect(map).toMatchObject({
        metadata: { labels: { grafana_dashboard: '1' }, annotations: { grafana_folder: 'GPU provisioner' } },
      });
      const [[file, text] = ['', '']] = Object.entries(objectAt(map, 'data'));
      expect(text).toBe(await readFile(`${chartDir}/dashboards/${file}`, 'utf8'));
    }
  });

  it('are left out by default', async () => {
    expect((await render()).all('ConfigMap')).toEqual([]);
  });

  it('go without a folder where none is named', async () => {
    const maps = (await render({ dashboards: { enabled: true, folder: '' } })).all('ConfigMap');
    for (const map of maps) expect(objectAt(map, 'metadata')).not.toHaveProperty('annotations');
  });
});
