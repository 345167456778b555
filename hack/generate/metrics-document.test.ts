import { beforeAll, describe, expect, it } from 'vitest';
import { metricFamilies } from './metric-families.ts';
import type { MetricFamily } from './metric-families.ts';
import { metricsDocument, MetricsUndocumented } from './metrics-document.ts';

const template = '# Metrics\n\n<!-- families -->\n\nMore.\n';

function family(name: string, changes: Partial<MetricFamily> = {}): MetricFamily {
  return { name, type: 'gauge', help: 'What it is. What for.', labels: new Map(), ...changes };
}

describe('metricsDocument', () => {
  it('gives each family of ours a heading with its labels, what it is and what it tells', () => {
    const labels = new Map([
      ['kind', ['Machine', 'NodeClaim']],
      ['reason', []],
    ]);
    expect(metricsDocument({ template, families: [family('gpu_provisioner_claims', { labels })] })).toBe(
      "# Metrics\n\n## This controller's own\n\n### gpu_provisioner_claims\n\ngauge by `kind` (Machine, NodeClaim), `reason`\n\nWhat it is.\n\n**What it tells:** What for.\n\nMore.\n",
    );
  });

  it('puts a family that others named under their name, once', () => {
    const families = [
      family('karpenter_nodes_created', { help: 'As karpenter_nodes_created_total, under its earlier name' }),
      family('karpenter_nodes_created_total'),
      family('workqueue_depth'),
      family('something_else'),
    ];
    const text = metricsDocument({ template, families });
    const titles = text.split('\n').filter((line) => /^(## |- )/.test(line));
    expect(titles).toEqual([
      "## This controller's own",
      '## Names that Karpenter had before v1',
      expect.stringContaining('`karpenter_nodes_created`'),
      "## Karpenter's names",
      expect.stringContaining('`karpenter_nodes_created_total`'),
      '## Work queues',
      expect.stringContaining('`workqueue_depth`'),
      '## Leader and events',
      expect.stringContaining('`something_else`'),
    ]);
  });

  it('refuses a family of ours that does not say what it tells, and a text without a place', () => {
    const families = [family('gpu_provisioner_claims', { help: 'Claims' })];
    expect(() => metricsDocument({ template, families })).toThrow(MetricsUndocumented);
    expect(() => metricsDocument({ template: '# Metrics\n', families: [] })).toThrow(MetricsUndocumented);
  });

  it('keeps what looks like a tag from becoming one', () => {
    const families = [family('rest_client_requests_total', { help: 'code <error> without an answer' })];
    expect(metricsDocument({ template, families })).toContain('code `<error>` without an answer');
  });
});

describe('the families of a controller', () => {
  let families: readonly MetricFamily[] = [];
  beforeAll(async () => {
    families = await metricFamilies();
  });
  const named = (prefix: string): readonly MetricFamily[] => families.filter(({ name }) => name.startsWith(prefix));

  it('are 40 of our own at most', () => {
    const count = named('gpu_provisioner_').length;
    expect(count).toBeGreaterThan(20);
    expect(count).toBeLessThanOrEqual(40);
  });

  it('have no label for the name of an object', () => {
    const ofObjects = new Set([
      'node',
      'nodeclaim',
      'machine',
      'claim',
      'pool',
      'pod',
      'namespace',
      'uid',
      'workspace',
    ]);
    const labels = families.flatMap(({ labels: has, name }) => [...has.keys()].map((label) => `${name} ${label}`));
    expect(labels.filter((label) => ofObjects.has(label.split(' ')[1] ?? ''))).toEqual([]);
    const ours = [...named('gpu_provisioner_'), ...named('karpenter_')];
    expect(ours.filter(({ labels: has }) => has.has('name')).map(({ name }) => name)).toEqual([]);
  });

  it('have the names that dashboards for Karpenter ask for, of NodeClaims and of Machines', () => {
    const names = families.map(({ name }) => name);
    for (const things of ['nodeclaims', 'machines'])
      for (const what of ['created_total', 'terminated_total', 'disrupted_total', 'termination_duration_seconds'])
        expect(names).toContain(`karpenter_${things}_${what}`);
    for (const what of ['created', 'terminated', 'launched', 'registered', 'initialized'])
      expect(names).toContain(`karpenter_machines_${what}`);
    for (const what of ['created_total', 'terminated_total', 'drained_total', 'eviction_requests_total'])
      expect(names).toContain(`karpenter_nodes_${what}`);
    expect(names).toContain('karpenter_build_info');
  });

  it('count from zero where a label has few values', () => {
    const counters = [...named('gpu_provisioner_'), ...named('karpenter_')].filter(({ type }) => type === 'counter');
    const empty = counters.filter(({ labels: has }) => [...has.values()].some((values) => values.length === 0));
    // Azure's error codes are of any number.
    expect(empty.map(({ name }) => name)).toEqual(['karpenter_cloudprovider_errors_total']);
  });
});
