import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let project: string;
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'ci-run-'));
  await mkdir(join(project, '.ci'));
  await mkdir(join(project, 'bin'));
  await copyFile(join(import.meta.dirname, '../.ci/run'), join(project, '.ci/run'));
});
afterEach(() => rm(project, { recursive: true, force: true }));

/** Shell words by npm's arguments; `$report` is the file that vitest would write. What is not named succeeds. */
type Deeds = Readonly<Record<string, string>>;

/** Runs .ci/run with an npm that does these deeds, and with kubectl and Go installed. */
async function ci(deeds: Deeds): Promise<{ readonly code: unknown; readonly lines: readonly string[] }> {
  const report = `{"numPassedTests":10,"numFailedTests":0}`;
  const suites = ['test', 'run test:sim', 'run test:kubectl', 'run test:parity'];
  const cases = Object.entries({
    ...Object.fromEntries(suites.map((suite) => [suite, `echo '${report}' >"$report"`])),
    ...deeds,
  }).map(([words, deed]) => `"${words}") ${deed} ;;`);
  const npm = `#!/usr/bin/env bash
report=\${@: -1}; report=\${report#--outputFile.json=}
words="$*"
case "\${words%% -- *}" in
${cases.join('\n')}
esac
`;
  await install('npm', npm);
  await install('kubectl', '#!/usr/bin/env bash\n');
  await install('go', '#!/usr/bin/env bash\n');
  const path = `${join(project, 'bin')}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
  const env = { ...process.env, PATH: path };
  return promisify(execFile)(join(project, '.ci/run'), { env }).then(
    ({ stdout }) => ({ code: 0, lines: stdout.trimEnd().split('\n') }),
    ({ code, stdout }: { readonly code: unknown; readonly stdout: string }) => ({
      code,
      lines: stdout.trimEnd().split('\n'),
    }),
  );
}

async function install(name: string, content: string): Promise<void> {
  const file = join(project, 'bin', name);
  await writeFile(file, content);
  await chmod(file, 0o755);
}

describe('.ci/run', () => {
  it('sums the tests of every runner and one for each step', async () => {
    const { code, lines } = await ci({});
    expect(lines.at(-1)).toBe('45 passed, 0 failed');
    expect(code).toBe(0);
  });

  it.each<[string, Deeds, string]>([
    ['a failed step', { 'run check': 'exit 1' }, '44 passed, 1 failed'],
    [
      'failed tests',
      { test: `echo '{"numPassedTests":7,"numFailedTests":3}' >"$report"; exit 1` },
      '42 passed, 3 failed',
    ],
    [
      'a suite that fails without a failed test',
      { test: `echo '{"numPassedTests":10,"numFailedTests":0}' >"$report"; exit 1` },
      '45 passed, 1 failed',
    ],
    ['a suite that leaves no report', { test: 'exit 1' }, '35 passed, 1 failed'],
    ['a suite that claims success without a report', { test: 'true' }, '35 passed, 1 failed'],
    ['a suite with a broken report', { test: `echo '{"numPassed' >"$report"` }, '35 passed, 1 failed'],
    ['an installation that fails', { ci: 'exit 1' }, '0 passed, 1 failed'],
    ['two failures', { 'run check': 'exit 1', 'run demo': 'exit 3' }, '43 passed, 2 failed'],
    [
      'a step that reads the reports of suites',
      { 'run conformance': 'test -s "$CI_REPORTS/npm-test.json"' },
      '45 passed, 0 failed',
    ],
    ['a suite that reads its input', { 'run check': 'cat' }, '45 passed, 0 failed'],
    ['its own end by a signal', { 'run check': 'kill -TERM $(ps -o ppid= $PPID)' }, '1 failed'],
  ])('counts %s', async (_, deeds, last) => {
    const { code, lines } = await ci(deeds);
    expect(lines.at(-1)).toContain(last);
    expect(code).toBe(last.endsWith(' 0 failed') ? 0 : 1);
  });
});
