// Writes docs/conformance.md from the results of `npm test`, or with `--check` only compares. Fails when a line of the
// checklist or a guarantee of the README is not covered.
//   npm test -- --reporter=default --reporter=json --outputFile.json=/tmp/report.json
//   npm run conformance -- [--check] /tmp/report.json
// Of several reports the later ones win, file by file: what failed may be run again by itself.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checklist } from './checklist.ts';
import { coverageOf } from './coverage.ts';
import { deviations, mayDiffer } from './deviations.ts';
import { conformancePage } from './document.ts';
import { guaranteeProblems } from './guarantees.ts';
import { readReport, type TestResult } from './reports.ts';

const page = new URL('../../docs/conformance.md', import.meta.url);
const readme = new URL('../../README.md', import.meta.url);

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false } },
  allowPositionals: true,
});
// .ci/run leaves the reports of its suites there.
const { CI_REPORTS: reports } = process.env;
const left = reports === undefined ? [] : [join(reports, 'npm-test.json')];
const paths = positionals.length > 0 ? positionals : left;
process.exitCode = paths.length === 0 ? usage() : await run(paths);

function usage(): number {
  console.error('usage: npm run conformance -- [--check] <JSON report of npm test>...');
  return 2;
}

async function run(reportPaths: readonly string[]): Promise<number> {
  const tests = latest(await Promise.all(reportPaths.map(readReport)));
  const { sections, problems } = coverageOf({ checklist, tests, deviations, mayDiffer });
  const all = [...problems, ...guaranteeProblems(await readFile(readme, 'utf8'), tests)];
  for (const problem of all) console.error(problem);
  if (all.length > 0) return 1;
  const text = conformancePage(sections);
  if ((await readFile(page, 'utf8').catch(absent)) === text) return 0;
  if (values.check) {
    console.error('docs/conformance.md is stale: run npm run conformance with the report of npm test');
    return 1;
  }
  await writeFile(page, text);
  console.log('docs/conformance.md written');
  return 0;
}

function latest(all: readonly (readonly TestResult[])[]): readonly TestResult[] {
  const byFile = new Map(all.flatMap((tests) => [...Map.groupBy(tests, ({ file }) => file)]));
  return [...byFile.values()].flat();
}

function absent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
