import { access, readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { azureCases } from './azure-cases.ts';
import { claimCases } from './claim-cases.ts';
import { processCases } from './process-cases.ts';
import { faultOf, runTests, ruleFile, testRules } from './promtool.ts';
import type { RuleCase } from './rule-case.ts';
import { readRules } from './rules.ts';

const cases = [...processCases, ...azureCases, ...claimCases];
const rules = await readRules();
const names = rules.map(({ alert }) => alert).toSorted();
const runbooks = fileURLToPath(new URL('../../docs/runbooks/', import.meta.url));

function alertsOf(some: readonly RuleCase[]): readonly string[] {
  return [...new Set(some.map(({ alert }) => alert))].toSorted();
}

describe('the rule file', () => {
  it('is sound to promtool', async () => {
    expect(await faultOf(ruleFile)).toBeUndefined();
  });

  it('has a case that fires and one that is silent for every alert', () => {
    expect(alertsOf(cases.filter(({ fires }) => fires.length > 0))).toEqual(names);
    expect(alertsOf(cases.filter(({ fires }) => fires.length === 0))).toEqual(names);
  });

  it.each(rules)('says how bad $alert is, what it means and where to read on', ({ alert, labels, annotations }) => {
    expect(['critical', 'warning', 'info']).toContain(labels['severity']);
    expect(annotations['summary']).toMatch(/^.{10,100}$/u);
    expect(annotations['description']).toMatch(/^.{60,500}\.\s*$/su);
    expect(annotations['runbook_url']).toBe(`docs/runbooks/${alert}.md`);
  });
});

describe('promtool', () => {
  it.each(cases)('$alert: $when', async (each) => {
    expect(await testRules(each)).toBeUndefined();
  });

  it('finds a case that is not so', async () => {
    const [first] = cases;
    if (first === undefined) throw new RangeError('There is no case');
    expect(await testRules({ ...first, fires: [{ job: 'another' }] })).toContain('FAILED');
  });

  it('tells of leaked pools what they cost', async () => {
    const price = 'gpu_provisioner_pools_usd_per_hour{job="j", ownership="orphan"}';
    const { annotations } = rules.find(({ alert }) => alert === 'GpuProvisionerOrphanPool') ?? {};
    const complaint = await runTests({
      interval: '1m',
      input_series: [
        { series: price, values: '3.06x90' },
        { series: 'gpu_provisioner_pools{job="j", ownership="orphan"}', values: '1x90' },
      ],
      alert_rule_test: [
        {
          alertname: 'GpuProvisionerOrphanPool',
          eval_time: '70m',
          exp_alerts: [
            {
              exp_labels: { job: 'j', ownership: 'orphan', severity: 'warning' },
              exp_annotations: {
                ...annotations,
                summary: 'Agent pools that no claim owns cost 3.06 USD an hour',
                description: annotations?.['description']
                  ?.replace('{{ $labels.ownership }}', 'orphan')
                  .replaceAll('{{ printf "%.2f" $value }}', '3.06'),
              },
            },
          ],
        },
      ],
    });
    expect(complaint).toBeUndefined();
  });
});

describe('the runbooks', () => {
  it('are one for each alert, and none without', async () => {
    const pages = (await readdir(runbooks)).filter((name) => name !== 'README.md');
    expect(pages.toSorted()).toEqual(names.map((name) => `${name}.md`));
  });

  it.each(names)('say of %s what it means, how to look, what to do and when to silence it', async (name) => {
    const page = `${runbooks}${name}.md`;
    await access(page);
    const text = await readFile(page, 'utf8');
    const headings = [...text.matchAll(/^## (.+)$/gmu)].map(([, heading]) => heading);
    expect(text).toMatch(new RegExp(`^# ${name}\\n`, 'u'));
    expect(headings).toEqual(['What it means', 'How to look', 'What to do', 'When to silence it']);
  });

  it('are all listed in their index', async () => {
    const index = await readFile(`${runbooks}README.md`, 'utf8');
    for (const name of names) expect(index).toContain(`(${name}.md)`);
  });
});
