// The alerts of the chart, read from the rule file.
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { isObject, textAt, textMapAt } from '../../hack/sandbox/aks/json.ts';
import { ruleFile } from './promtool.ts';

export interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export async function readRules(): Promise<readonly Rule[]> {
  const { groups } = Object(parse(await readFile(ruleFile, 'utf8')));
  const rules: readonly unknown[] = Array.isArray(groups) ? groups.flatMap((group) => Object(group).rules) : [];
  return rules.filter(isObject).map((rule) => ({
    alert: textAt(rule, 'alert') ?? '',
    expr: textAt(rule, 'expr') ?? '',
    labels: textMapAt(rule, 'labels'),
    annotations: textMapAt(rule, 'annotations'),
  }));
}
