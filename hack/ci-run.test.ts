import { execFile } from 'node:child_process';
import { access, chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let project: string;
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'ci-run-'));
  await mkdir(join(project, '.ci'));
  await mkdir(join(project, 'bin'));
  for (const file of ['run', 'counts.mjs'])
    await copyFile(join(import.meta.dirname, '../.ci', file), join(project, '.ci', file));
});
afterEach(() => rm(project, { recursive: true, force: true }));

/** All that the machine has for .ci/run; what else is installed here must not matter. */
const tools = ['bash', 'cat', 'chmod', 'dirname', 'mkdir', 'mktemp', 'ps', 'rm', 'timeout'];
/** What suites need. */
const programs = ['chromium', 'go', 'kubectl', 'promtool'];
beforeEach(async () => {
  await symlink(process.execPath, join(project, 'bin/node'));
  for (const tool of tools) await symlink(await pathOf(tool), join(project, 'bin', tool));
});

async function pathOf(tool: string): Promise<string> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(directory, tool);
    if (await access(path).then(isSo, isNotSo)) return path;
  }
  throw new RangeError(`No "${tool}" on PATH`);
}
const isSo = (): boolean => true;
const isNotSo = (): boolean => false;

interface Surroundings {
  /** Programs that are not installed. */
  readonly absent?: readonly string[];
  /** Who runs it; default: root. */
  readonly user?: number;
}

/** Shell words by npm's arguments; `$report` is the file that vitest would write. What is not named succeeds. */
type Deeds = Readonly<Record<string, string>>;

/** Runs .ci/run with an npm that does these deeds, and with every program that a suite needs, but for those of `absent`. */
async function ci(
  deeds: Deeds,
  { absent = [], user = 0 }: Surroundings = {},
): Promise<{ readonly code: unknown; readonly lines: readonly string[] }> {
  const report = `{"numPassedTests":10,"numFailedTests":0}`;
  const suites = [
    'test',
    ...['sim', 'kubectl', 'parity', 'prometheus', 'page', 'chart', 'e2e', 'chaos'].map((name) => `run test:${name}`),
  ];
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
  for (const name of programs) if (!absent.includes(name)) await install(name, '#!/usr/bin/env bash\n');
  await install('id', `#!/usr/bin/env bash\necho ${user}\n`);
  // Says what it is asked for, and what the policy for services is meanwhile.
  const told = `echo "apt-get $*"; "$CI_POLICY_RC_D"; echo "policy $?"`;
  if (!absent.includes('apt-get')) await install('apt-get', `#!/usr/bin/env bash\n${told}\n`);
  // What a .ci/run that runs this test gave to its suites is not for this one.
  const { SIM_FROM: _from, SIM_SECONDS: _seconds, ...rest } = process.env;
  const env = { ...rest, PATH: join(project, 'bin'), CI_POLICY_RC_D: join(project, 'policy-rc.d') };
  return promisify(execFile)(join(project, '.ci/run'), { env, cwd: tmpdir() }).then(
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
    expect(lines.at(-1)).toBe('95 passed, 0 failed');
    expect(code).toBe(0);
  });

  it.each<[string, Deeds, string]>([
    ['a failed step', { 'run check': 'exit 1' }, '94 passed, 1 failed'],
    [
      'failed tests',
      { test: `echo '{"numPassedTests":7,"numFailedTests":3}' >"$report"; exit 1` },
      '92 passed, 3 failed',
    ],
    [
      'a suite that fails without a failed test',
      { test: `echo '{"numPassedTests":10,"numFailedTests":0}' >"$report"; exit 1` },
      '95 passed, 1 failed',
    ],
    ['a suite that leaves no report', { test: 'exit 1' }, '85 passed, 1 failed'],
    ['a suite that claims success without a report', { test: 'true' }, '85 passed, 1 failed'],
    ['a suite with a broken report', { test: `echo '{"numPassed' >"$report"` }, '85 passed, 1 failed'],
    ['an installation that fails', { ci: 'exit 1' }, '0 passed, 1 failed'],
    ['two failures', { 'run check': 'exit 1', 'run demo': 'exit 3' }, '93 passed, 2 failed'],
    [
      'a step that reads the reports of suites',
      { 'run conformance': 'test -s "$CI_REPORTS/npm-test.json"' },
      '95 passed, 0 failed',
    ],
    ['a suite that reads its input', { 'run check': 'cat' }, '95 passed, 0 failed'],
    ['its own end by a signal', { 'run check': 'kill -TERM $(ps -o ppid= $PPID)' }, '1 failed'],
  ])('counts %s', async (_, deeds, last) => {
    const { code, lines } = await ci(deeds);
    expect(lines.at(-1)).toContain(last);
    expect(code).toBe(last.endsWith(' 0 failed') ? 0 : 1);
  });

  it('tells at the end what failed, and why', async () => {
    const failed = {
      status: 'failed',
      fullName: 'a pool is adopted',
      failureMessages: ['expected 1\n  to be 2\n    at /node_modules/vitest/x'],
    };
    const testResults = [
      { name: 'src/a.test.ts', status: 'failed', assertionResults: [failed, { ...failed, status: 'passed' }] },
      { name: 'src/b.test.ts', status: 'failed', message: 'does not load', assertionResults: [] },
    ];
    const report = JSON.stringify({ numPassedTests: 1, numFailedTests: 1, testResults });
    const { lines } = await ci({
      test: `echo '${report}' >"$report"; exit 1`,
      'run demo': 'exit 3',
      'run test:e2e': 'exit 124',
    });
    expect(lines.slice(lines.indexOf('== what failed'))).toEqual([
      '== what failed',
      'npm test: exit code 1',
      '  src/a.test.ts: a pool is adopted',
      '    expected 1',
      '      to be 2',
      '  src/b.test.ts',
      '    does not load',
      'npm run demo: exit code 3',
      'npm run test:e2e: no end within its minutes',
      '75 passed, 3 failed',
    ]);
  });

  it('has nothing to tell of a run without failures', async () => {
    const { lines } = await ci({});
    expect(lines).not.toContain('== what failed');
  });

  it('gives two minutes to random seeds that the commit names, and runs what the tools step has built', async () => {
    await install('git', '#!/usr/bin/env bash\necho 00000ff\n');
    const built = join(project, '.tools/bin');
    const build = `mkdir -p ${built} && printf '#!/usr/bin/env bash\\n' >${built}/kubectl && chmod +x ${built}/kubectl`;
    const { lines } = await ci(
      {
        'run tools': build,
        'run test:sim': `echo "seeds $SIM_SECONDS $SIM_FROM"; echo '{"numPassedTests":11,"numFailedTests":0}' >"$report"`,
      },
      { absent: ['kubectl'] },
    );
    expect(lines).toContain('seeds 120 1000255');
    expect(lines.at(-1)).toBe('96 passed, 0 failed');
  });

  it('installs what is missing where it may, and lets no service start', async () => {
    const { lines } = await ci({}, { absent: ['promtool', 'chromium'] });
    expect(lines.filter((line) => /^(?:apt-get|policy)/u.test(line))).toEqual([
      'apt-get -qq update',
      'policy 101',
      'apt-get -qq install --yes --no-install-recommends prometheus chromium',
      'policy 101',
    ]);
    await expect(access(join(project, 'policy-rc.d'))).rejects.toThrow('ENOENT');
  });

  it.each<[string, Surroundings]>([
    ['where nothing is missing', {}],
    ['for a user who is not root', { absent: ['promtool'], user: 1000 }],
    ['where there is no apt-get', { absent: ['promtool', 'apt-get'] }],
  ])('installs nothing %s', async (_, surroundings) => {
    const { code, lines } = await ci({}, surroundings);
    expect(lines.filter((line) => line.includes('apt-get'))).toEqual([]);
    expect(code).toBe(0);
  });
});
