import { describe, expect, it } from 'vitest';
import { chartReadme, ChartUndocumented } from './chart-readme.ts';

const version = '1.2.3';
const template = '# Chart\n\n<!-- values -->\n\nMore.\n';

function rows(values: string): string[] {
  return chartReadme({ values, template, version })
    .split('\n')
    .filter((line) => line.startsWith('| `'));
}

describe('chartReadme', () => {
  it('puts the table where the text has its place', () => {
    expect(chartReadme({ values: '# -- How many.\nreplicas: 2\n', template, version })).toBe(
      '# Chart\n\n| value | default | what it does |\n|---|---|---|\n| `replicas` | `2` | How many. |\n\nMore.\n',
    );
  });

  it('names values by their path, in the order of the alphabet', () => {
    expect(rows('# -- Z.\nz: {}\na:\n  # -- First.\n  one: ""\n  # -- Second.\n  two: [1]\n')).toEqual([
      '| `a.one` |  | First. |',
      '| `a.two` | `[1]` | Second. |',
      '| `z` | `{}` | Z. |',
    ]);
  });

  it('gives a map with a comment one row', () => {
    expect(rows('# -- Requests.\nresources:\n  requests:\n    cpu: 1\n')).toEqual([
      '| `resources` | `{"requests":{"cpu":1}}` | Requests. |',
    ]);
  });

  it('does not take the comment at the head of the file for one of a value', () => {
    expect(rows('# About the file.\n\n# -- How many.\nreplicas: 2\n')).toEqual(['| `replicas` | `2` | How many. |']);
  });

  it('keeps a bar in a comment from ending its cell', () => {
    expect(rows('# -- One | other.\nmode: one\n')).toEqual(['| `mode` | `"one"` | One \\| other. |']);
  });

  it('fills in the version', () => {
    const text = chartReadme({ values: '# -- How many.\nreplicas: 2\n', template: `v@version@\n${template}`, version });
    expect(text).toMatch(/^v1\.2\.3\n/);
  });

  it.each([
    ['a value', 'replicas: 2\n', /the value "replicas" has no comment/],
    ['a value in a map', 'a:\n  # -- First.\n  one: 1\n  two: 2\n', /the value "a\.two" has no comment/],
    ['an empty map', 'a: {}\n', /the value "a" has no comment/],
  ])('refuses %s without a comment', (_, values, message) => {
    expect(() => chartReadme({ values, template, version })).toThrow(message);
  });

  it('refuses a text without a place for the table', () => {
    expect(() => chartReadme({ values: '# -- How many.\nreplicas: 2\n', template: '# Chart\n', version })).toThrow(
      ChartUndocumented,
    );
  });
});
