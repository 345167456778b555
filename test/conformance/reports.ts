// What vitest's JSON report says about each test.
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isObject, textAt } from '../../hack/sandbox/aks/json.ts';

export interface TestResult {
  /** From the root of the project. */
  readonly file: string;
  /** Of the groups around it, then its own. */
  readonly name: string;
  /** Its own name alone. */
  readonly title: string;
  readonly passed: boolean;
}

class ReportUnreadable extends Error {
  readonly code = 'REPORT_UNREADABLE';
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The tests of a report that `--reporter=json` wrote. Throws ReportUnreadable. */
export async function readReport(path: string): Promise<readonly TestResult[]> {
  const report: unknown = await readFile(path, 'utf8')
    .then(JSON.parse)
    .catch((cause: unknown) => {
      throw new ReportUnreadable(`Cannot read the report "${path}"`, { cause });
    });
  return arrayAt(report, 'testResults').flatMap((file) =>
    arrayAt(file, 'assertionResults').map((test) => ({
      file: relative(root, required(file, 'name')),
      name: required(test, 'fullName'),
      title: required(test, 'title'),
      passed: required(test, 'status') === 'passed',
    })),
  );
}

function arrayAt(value: unknown, key: string): readonly unknown[] {
  const found = isObject(value) ? value[key] : undefined;
  if (!Array.isArray(found)) throw new ReportUnreadable(`Not a report of vitest: "${key}" is no list`);
  return found;
}

function required(value: unknown, key: string): string {
  const found = textAt(value, key);
  if (found === undefined) throw new ReportUnreadable(`Not a report of vitest: "${key}" is no text`);
  return found;
}
