// The README's guarantees: each names the tests that hold it, as links to their files with their titles, less the ids.
import { withoutIds } from './checklist.ts';
import type { TestResult } from './reports.ts';

const guaranteesHeading = '## What it guarantees';

/** Sentences, one a defect: a guarantee without a test, a test that did not run and pass. */
export function guaranteeProblems(readme: string, tests: readonly TestResult[]): readonly string[] {
  const [, after] = readme.split(`${guaranteesHeading}\n`);
  if (after === undefined) return [`The README has no "${guaranteesHeading}"`];
  const [section = ''] = after.split(/^## /m);
  const items = section.split(/^- /m).slice(1);
  if (items.length === 0) return ['The README guarantees nothing'];
  return items.flatMap((item) => problemsOf(item.replace(/\s+/g, ' '), tests));
}

function problemsOf(item: string, tests: readonly TestResult[]): readonly string[] {
  const links = [...item.matchAll(/\[([^\]]+)\]\(([^)]+\.ts)\)/g)];
  if (links.length === 0) return [`No test holds the guarantee "${item.trim()}"`];
  return links.flatMap(([, title = '', file = '']) => {
    const found = tests.filter((test) => test.file === file && withoutIds(test.title) === title);
    if (found.length === 0) return [`The README names a test that did not run: "${title}" (${file})`];
    return found.every(({ passed }) => passed) ? [] : [`The README names a test that failed: "${title}" (${file})`];
  });
}
