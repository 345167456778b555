import { describe, expect, test } from 'vitest';
import { noon, timeAt } from '../../../test/support/claim-builders.ts';
import {
  aController,
  aFeed,
  anOrphan,
  aReadyMachine,
  aRefusedMachine,
  known,
} from '../../../test/support/feed-builders.ts';
import { aWorkspace } from '../../../test/support/workspaces.ts';
import type { Claim } from '../../apis/claim.ts';
import type { FeedPool } from '../../status/feed.ts';
import type { Answer } from '../asking/answer.ts';
import { statusText } from './print.ts';
import { statusReport } from './report.ts';
import type { Fleet } from './report.ts';

const paper = { columns: undefined, colours: false };
const refused: Answer<never> = {
  known: false,
  missing: { what: 'Machines', because: 'refused', why: 'you may not list machines.karpenter.sh', mend: 'a role' },
};

function aFleet(claims: readonly Claim[], changes: Partial<Fleet> = {}): Fleet {
  return {
    now: new Date(noon),
    machines: known(claims.map((claim) => ({ claim, ours: true }))),
    nodeClaims: known([]),
    workspaces: known([]),
    controller: aController(),
    ...changes,
  };
}

function lineOf(fleet: Fleet, beginning: string): string {
  const lines = statusText(statusReport(fleet), paper).split('\n');
  return lines.find((line) => line.startsWith(beginning)) ?? '';
}

describe('statusReport', () => {
  test('a fleet that is well has no problems, and sums of claims and GPUs', () => {
    const report = statusReport(aFleet([aReadyMachine('wsa'), aReadyMachine('wsb')]));
    expect(report).toMatchObject({ version: 1, problems: [], missing: [], sums: { gpus: { asked: 2, ready: 2 } } });
  });

  test('what needs somebody comes first, and is a problem', () => {
    const { claims, problems, sums } = statusReport(aFleet([aReadyMachine('wsa'), aRefusedMachine('wsb')]));
    expect(claims.map(({ name, attention }) => [name, attention])).toEqual([
      ['wsb', 'stuck'],
      ['wsa', 'none'],
    ]);
    expect(problems).toEqual(['1 claim needs somebody']);
    expect(sums).toMatchObject({ phases: { launching: 1, ready: 1 }, gpus: { asked: 2, ready: 1 } });
  });

  test("the controller's own word counts: its waits may be others than the usual ones", () => {
    const machine = aRefusedMachine('wsb');
    const [row] = statusReport(aFleet([machine])).claims;
    if (row === undefined) throw new RangeError('No row');
    const feed = aFeed({ claims: [{ ...row, attention: 'none', usdPerHour: 1.5 }] });
    const report = statusReport(aFleet([machine], { controller: aController({ feed: known(feed) }) }));
    expect(report.claims).toMatchObject([{ attention: 'none', usdPerHour: 1.5 }]);
    expect(report.sums.usdPerHour).toBe(1.5);
  });

  test('pools that leak are listed with their bill, and foreign ones are not', () => {
    const pools: FeedPool[] = [anOrphan(), anOrphan({ name: 'system', ownership: 'foreign' })];
    const fleet = aFleet([], { controller: aController({ feed: known(aFeed({ pools })) }) });
    expect(statusReport(fleet)).toMatchObject({
      leaks: [{ name: 'wsleaked' }],
      problems: ['1 agent pool has no claim'],
    });
    expect(lineOf(fleet, 'wsleaked')).toMatch(/orphan +2h +Standard_NC24ads_A100_v4 +\$3\.67 +OrphanPool: Its Machine/);
    expect(lineOf(fleet, 'Leaks')).toContain('1, about $3.67 an hour');
  });

  test('what may not be read is named with what mends it, and the rest is shown', () => {
    const fleet = aFleet([], { machines: refused, controller: aController({ feed: refused }) });
    const text = statusText(statusReport(fleet), paper);
    expect(text).toContain('Machines: you may not list machines.karpenter.sh; needed: a role');
    expect(text).toContain('2 of 2 replicas ready, gpus/gpu-provisioner');
    expect(statusReport(fleet)).not.toHaveProperty('leaks');
    expect(statusReport(fleet).problems).toEqual([]);
  });

  test.each([
    [{ feed: refused, replicas: known([]), leader: known(undefined) }, 'No controller was found'],
    [
      { feed: refused, replicas: known([{ namespace: 'x', name: 'y', wanted: 1, ready: 0 }]) },
      'No replica of the controller is ready',
    ],
    [
      { feed: known(aFeed({ leads: false })), leader: known({ namespace: 'x', expired: true }) },
      'Nobody leads: nothing is created or deleted',
    ],
    [
      { feed: known(aFeed({ azure: { ok: false, detail: 'no token', remaining: {} } })) },
      'Azure does not answer the controller: no token',
    ],
  ])('a controller that cannot work is a problem: %#', (changes, problem) => {
    expect(statusReport(aFleet([], { controller: aController(changes) })).problems).toEqual([problem]);
  });

  test('claims of another provisioner are counted, not shown', () => {
    const fleet = aFleet([], { nodeClaims: known([{ claim: aReadyMachine('karpenters'), ours: false }]) });
    expect(statusReport(fleet)).toMatchObject({ claims: [], othersClaims: 1 });
    expect(statusText(statusReport(fleet), paper)).toContain('1 more belong to another provisioner');
  });

  test('a Workspace says the first thing that it waits for', () => {
    const status = {
      conditions: [
        {
          type: 'ResourceReady' as const,
          status: 'False' as const,
          reason: 'QuotaExceeded',
          message: '0/1 nodes ready',
          lastTransitionTime: timeAt(-90),
        },
        {
          type: 'WorkspaceReady' as const,
          status: 'False' as const,
          reason: 'workspaceFailed',
          message: '',
          lastTransitionTime: timeAt(-90),
        },
      ],
    };
    const fleet = aFleet([], { workspaces: known([aWorkspace({ status })]) });
    expect(lineOf(fleet, 'workspace/ns/phi')).toMatch(/ failed +1m30s +QuotaExceeded: 0\/1 nodes ready/);
  });
});

describe('statusText', () => {
  test('keeps to the width of a terminal, and obeys no escape in a message', () => {
    const fleet = aFleet([aRefusedMachine('wsb', 'QuotaExceeded', `\u001b]0;title\u0007${'quota '.repeat(50)}`)]);
    const text = statusText(statusReport(fleet), { columns: 100, colours: true });
    // oxlint-disable-next-line no-control-regex -- the escapes that colours are made of
    const visible = text.replaceAll(/\u001b\[\d+m/g, '');
    expect(visible).not.toContain('\u001b');
    expect(Math.max(...visible.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(visible).toContain('launching (stuck)');
  });

  test.each([
    [80, ['NAME', 'PHASE', 'FOR', 'WHY']],
    [120, ['NAME', 'SIZE', 'PHASE', 'FOR', 'WHY']],
    [200, ['NAME', 'SIZE', 'PHASE', 'FOR', 'NODE', 'WHY']],
  ])('in %d columns the reason has room', (columns, titles) => {
    const fleet = aFleet([aReadyMachine('wsa'), aRefusedMachine('ws1a2b3c4d5')]);
    const text = statusText(statusReport(fleet), { columns, colours: false });
    expect(text.split('\n')[0]?.split(/ +/)).toEqual(titles);
    expect(text).toContain('QuotaExceeded: No quota');
  });

  test('an empty cluster is told in few lines', () => {
    const text = statusText(statusReport(aFleet([])), paper);
    expect(text).toContain('No claims');
    expect(text.split('\n').length).toBeLessThan(15);
  });
});
