// The real promtool on rule files: whether they are sound, and which alerts fire on given series.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { finish, type Finished } from '../chart/program.ts';
import type { RuleCase } from './rule-case.ts';

/** The alerts of the chart. */
export const ruleFile = fileURLToPath(
  new URL('../../charts/gpu-provisioner/rules/gpu-provisioner.yaml', import.meta.url),
);

/** What is wrong with a rule file; undefined: nothing. */
export async function faultOf(file: string): Promise<string | undefined> {
  return complaint(await finish('promtool', ['check', 'rules', file]));
}

/** What is not as the case has it; undefined: all is. */
export async function testRules(theCase: RuleCase): Promise<string | undefined> {
  const { series, atMinute } = theCase;
  return runTests({
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [
      { expr: firing(theCase.alert), eval_time: `${atMinute}m`, exp_samples: theCase.fires.map(sampleOf) },
    ],
  });
}

/** The same of tests in promtool's own form. */
export async function runTests(test: object): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'promtool-'));
  try {
    const file = join(folder, 'test.yaml');
    await writeFile(file, stringify({ rule_files: [ruleFile], evaluation_interval: '1m', tests: [test] }));
    return complaint(await finish('promtool', ['test', 'rules', file]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function complaint({ code, stdout, stderr }: Finished): string | undefined {
  return code === 0 ? undefined : stdout + stderr;
}

/** The labels that every firing alert has are left out. */
function firing(alert: string): string {
  return `max without (alertname, alertstate, severity) (ALERTS{alertname="${alert}", alertstate="firing"})`;
}

function sampleOf(labels: Readonly<Record<string, string>>): object {
  const text = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return { labels: `{${text.join(', ')}}`, value: 1 };
}
