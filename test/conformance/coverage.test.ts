import { describe, expect, it } from 'vitest';
import { checklist, idsIn, withoutIds } from './checklist.ts';
import { coverageOf } from './coverage.ts';
import { deviations, mayDiffer } from './deviations.ts';
import { conformancePage } from './document.ts';
import type { TestResult } from './reports.ts';

const lines = [{ title: 'group', lines: ['K29-LA01', 'K29-LA02'].map((id) => ({ id, title: `should ${id}` })) }];
const none = { checklist: lines, tests: [], deviations: new Map<string, string>(), mayDiffer: new Set<string>() };

function result(title: string, passed = true): TestResult {
  return { file: 'src/a.test.ts', name: `group ${title}`, title, passed };
}

describe('checklist', () => {
  it('has each id once, and every id has the form that is looked for', () => {
    const ids = checklist.flatMap((section) => section.lines.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.flatMap(idsIn)).toEqual(ids);
    expect(ids).toHaveLength(280);
  });

  it('finds ids in a name, each once, and takes them out of it', () => {
    const name = 'E2M1 GPN45, K17-NT25: a pool (K17-NT25) goes';
    expect(idsIn(name)).toEqual(['E2M1', 'GPN45', 'K17-NT25']);
    expect(withoutIds(name)).toBe('a pool goes');
    expect(idsIn('E7 and A10 are rows of our own')).toEqual([]);
  });
});

describe('coverageOf', () => {
  it('is complete when each line has a test that passed', () => {
    expect(coverageOf({ ...none, tests: [result('K29-LA01 K29-LA02 works')] }).problems).toEqual([]);
  });

  it('names lines without a test', () => {
    const { problems } = coverageOf({ ...none, tests: [result('K29-LA01 works')] });
    expect(problems).toEqual(['K29-LA02 has no test: should K29-LA02']);
  });

  it('takes a reason for a test where the line may differ, and nowhere else', () => {
    const tests = [result('K29-LA01 works')];
    const reason = new Map([['K29-LA02', 'because']]);
    const may = new Set(['K29-LA02']);
    expect(coverageOf({ ...none, tests, deviations: reason, mayDiffer: may }).problems).toEqual([]);
    expect(coverageOf({ ...none, tests, deviations: reason }).problems).toEqual([
      'K29-LA02 has a reason and may not differ',
    ]);
  });

  it('names tests that did not pass, and ids that are no line', () => {
    const tests = [result('K29-LA01 K29-LA02 works'), result('K29-LA01 fails', false), result('K29-LA99 is odd')];
    expect(coverageOf({ ...none, tests }).problems).toEqual([
      'K29-LA99 is no line, but "group K29-LA99 is odd" (src/a.test.ts) says so',
      '"group K29-LA01 fails" (src/a.test.ts) did not pass',
    ]);
  });

  it('has reasons for lines that may differ only', () => {
    expect([...deviations.keys()].filter((id) => !mayDiffer.has(id))).toEqual([]);
  });
});

describe('conformancePage', () => {
  it('shows each line with its tests, in one order whatever the report had', () => {
    const tests = [result('K29-LA01 works | well'), result('K29-LA01 K29-LA02 also')];
    const page = conformancePage(coverageOf({ ...none, tests }).sections);
    expect(page).toContain(
      '| K29-LA01 | should K29-LA01 | [group also](../src/a.test.ts)<br>[group works \\| well](../src/a.test.ts) |',
    );
    expect(conformancePage(coverageOf({ ...none, tests: tests.toReversed() }).sections)).toBe(page);
  });
});
