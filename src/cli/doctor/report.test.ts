import { describe, expect, test } from 'vitest';
import { fail, pass, skip, warn, type Finding, type NamedFinding } from './finding.ts';
import { verdictOnClock } from './clock-skew.ts';
import { reportJson, reportText } from './report.ts';

const paper = { columns: undefined, colours: false };
const named = (check: string, finding: Finding): NamedFinding => ({ room: 'Azure', check, ...finding });

describe('reportText', () => {
  test('says what passed in a line, and of the rest what stands behind it and what mends it', () => {
    const text = reportText(
      [
        named('arm', pass('It answers', { details: ['nobody needs this'] })),
        named('identity', fail('No token', { details: ['issuer    x'], mend: ['az a \\\n    --b', 'Ask somebody'] })),
        named('pools', warn('Many pools')),
      ],
      paper,
    );
    expect(text).toBe(`Azure
  pass  arm                It answers
  FAIL  identity           No token
                           issuer    x
                           $ az a \\
                                 --b
                           > Ask somebody
  WARN  pools              Many pools

1 passed, 1 warned, 1 failed, 0 skipped
`);
  });

  test('says once what several checks were skipped for', () => {
    const why = skip('Needs a cluster', { mend: ['kubectl x'] });
    const text = reportText([named('a', why), named('b', why), named('c', skip('Needs more'))], paper);
    expect(text).toContain('  skip  a                  Needs a cluster (so does b)\n');
    expect(text.match(/Needs a cluster/g)).toHaveLength(1);
    expect(text).toContain('0 failed, 3 skipped');
  });

  test('lets nobody write on the screen', () => {
    const evil = '\u001b[2Jx';
    const text = reportText([named('a', fail(evil, { details: [evil], mend: [evil] }))], paper);
    expect(text).not.toContain('\u001b');
    expect(text.match(/\\x1b\[2Jx/g)).toHaveLength(3);
  });
});

describe('reportJson', () => {
  test('has a version, the counts and each finding as it is', () => {
    const text = reportJson([named('a', warn('m', { mend: ['s'] }))], new Date(0));
    expect(JSON.parse(text)).toEqual({
      version: 1,
      at: '1970-01-01T00:00:00.000Z',
      counts: { pass: 0, warn: 1, fail: 0, skip: 0 },
      findings: [{ room: 'Azure', check: 'a', outcome: 'warn', message: 'm', mend: ['s'] }],
    });
  });
});

describe('verdictOnClock', () => {
  test.each([
    [0, 'pass', "Ours agrees with Azure's"],
    [-6999, 'pass', "Ours agrees with Azure's"],
    [90_000, 'warn', "Ours is 1m30s behind Azure's"],
    [-90_000, 'warn', "Ours is 1m30s ahead of Azure's"],
    [300_000, 'fail', "Ours is 5m behind Azure's"],
  ])('of %d ms: %s', (aheadMs, outcome, message) => {
    expect(verdictOnClock("Azure's", aheadMs)).toMatchObject({ outcome, message });
  });
});
