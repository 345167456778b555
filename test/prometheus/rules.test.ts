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

function alertsOf(some: readonly RuleCase[]): readonly string[] {
  return [...new Set(some.map(({ alert }) => alert))].toSorted();
}

/** The alert after seventy minutes. What `said` does not say is as in the rule file, with the labels filled in. */
function expected(
  alert: string,
  labels: Readonly<Record<string, string>>,
  said: Readonly<Record<string, string>>,
): object {
  const { annotations = {} } = rules.find((rule) => rule.alert === alert) ?? {};
  const filled = Object.entries({ ...annotations, ...said }).map(([name, text]) => [
    name,
    text
      .replaceAll(/\{\{ \$labels\.(\w+) \}\}/gu, (_, label: string) => labels[label] ?? '')
      .replaceAll('{{ printf "%.2f" $value }}', '3.06'),
  ]);
  const alerts = [{ exp_labels: labels, exp_annotations: Object.fromEntries(filled) }];
  return { alertname: alert, eval_time: '70m', exp_alerts: alerts };
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
    const said = { summary: 'Agent pools that no claim owns cost 3.06 USD an hour' };
    const complaint = await runTests({
      interval: '1m',
      input_series: [
        { series: price, values: '3.06x90' },
        { series: 'gpu_provisioner_pools{job="j", ownership="orphan"}', values: '1x90' },
      ],
      alert_rule_test: [
        expected('GpuProvisionerOrphanPool', { job: 'j', ownership: 'orphan', severity: 'warning' }, said),
      ],
    });
    expect(complaint).toBeUndefined();
  });

  it.each([
    ['AuthenticationFailed', 'Azure gives no token, or does not accept it'],
    ['AuthorizationFailed', 'The identity is known to Azure and lacks an action'],
  ])('tells what %s means', async (reason, words) => {
    const { annotations } = rules.find(({ alert }) => alert === 'GpuProvisionerCredentialsRefused') ?? {};
    const [, token = '', action = '', rest = ''] =
      /-\}\}\s*(.*?)\s*\{\{- else -\}\}\s*(.*?)\s*\{\{- end \}\}(.*)$/su.exec(annotations?.['description'] ?? '') ?? [];
    const description = `${reason === 'AuthenticationFailed' ? token : action}${rest}`;
    expect(description).toContain(words);
    const complaint = await runTests({
      interval: '1m',
      input_series: [
        {
          series: `gpu_provisioner_arm_refusals_total{job="j", operation="list", reason="${reason}"}`,
          values: '1+1x60',
        },
      ],
      alert_rule_test: [
        expected('GpuProvisionerCredentialsRefused', { job: 'j', reason, severity: 'critical' }, { description }),
      ],
    });
    expect(complaint).toBeUndefined();
  });
});
