import { describe, expect, test } from 'vitest';
import { aMachine, timeAt } from '../../test/support/claim-builders.ts';
import type { MachineOptions } from '../../test/support/claim-builders.ts';
import type { Claim, Condition } from '../apis/claim.ts';
import { milestonesPassed } from './milestones.ts';

type Turns = Readonly<Partial<Record<'Launched' | 'Registered' | 'Initialized' | 'Ready', readonly [string, number]>>>;

/** A Machine with these conditions: status, and the second in which it turned. Created 600 s ago. */
function claim(turns: Turns, more: MachineOptions = {}): Claim {
  const conditions: readonly Condition[] = Object.entries(turns).map(([type, [status, second]]) => ({
    type: type === 'Ready' ? type : `Machine${type}`,
    status,
    reason: 'x',
    lastTransitionTime: timeAt(second),
  }));
  return aMachine({ createdAt: -600, ...more, status: { conditions, ...more.status } });
}

const waiting = { Launched: ['Unknown', -600], Registered: ['Unknown', -600], Initialized: ['False', -600] } as const;
const up = {
  Launched: ['True', -300],
  Registered: ['True', -100],
  Initialized: ['True', -40],
  Ready: ['True', -40],
} as const;

describe('milestonesPassed', () => {
  test('a patch that changes nothing passes none', () => {
    expect(milestonesPassed(claim(up), claim(up))).toEqual([]);
  });

  test('each phase lasts from the milestone before it; ready counts from the creation', () => {
    const launched = { ...waiting, Launched: up.Launched };
    const registered = { ...launched, Registered: up.Registered };
    expect(milestonesPassed(claim(waiting), claim(launched))).toEqual([{ phase: 'launching', tookMs: 300_000 }]);
    expect(milestonesPassed(claim(launched), claim(registered))).toEqual([{ phase: 'registering', tookMs: 200_000 }]);
    expect(milestonesPassed(claim(registered), claim(up))).toEqual([
      { phase: 'initializing', tookMs: 60_000 },
      { phase: 'ready', tookMs: 560_000 },
    ]);
  });

  test('a refusal and its end in between do not shorten the launch', () => {
    const refused = { ...waiting, Launched: ['False', -310] } as const;
    const launched = { ...waiting, Launched: up.Launched };
    expect(milestonesPassed(claim(refused), claim(launched))).toEqual([{ phase: 'launching', tookMs: 300_000 }]);
  });

  test('a Node that was down for a moment passes none', () => {
    const down = { ...up, Initialized: ['False', -20], Ready: ['False', -20] } as const;
    const again = { ...up, Initialized: ['True', -10], Ready: ['True', -10] } as const;
    expect(milestonesPassed(claim(down), claim(again))).toEqual([]);
  });

  test('a Node that was away during an upgrade has not registered for the first time', () => {
    const away = { ...up, Registered: ['False', -30], Initialized: ['False', -30], Ready: ['False', -30] } as const;
    const back = { ...up, Registered: ['True', -20], Initialized: ['False', -30], Ready: ['False', -30] } as const;
    expect(milestonesPassed(claim(away), claim(back))).toEqual([]);
  });

  test('days after its launch, a claim that gets another Node is not ready for the first time', () => {
    const back = {
      Launched: ['True', -90_000],
      Registered: ['True', -20],
      Initialized: ['False', -30],
      Ready: ['False', -30],
    } as const;
    const ready = { ...back, Initialized: ['True', -10], Ready: ['True', -10] } as const;
    expect(milestonesPassed(claim(back), claim(ready))).toEqual([{ phase: 'initializing', tookMs: 10_000 }]);
  });

  test.each([{ recreated: { day: '2026-03-01', times: 1 } }, { adopted: true }])(
    'the creation of a claim tells nothing of a pool that is not its first own: %o',
    (record) => {
      const launched = { ...waiting, Launched: up.Launched };
      expect(milestonesPassed(claim(waiting, { record }), claim(launched, { record }))).toEqual([]);
      expect(
        milestonesPassed(claim({ ...up, Initialized: ['False', -600] }, { record }), claim(up, { record })),
      ).toEqual([{ phase: 'initializing', tookMs: 60_000 }]);
    },
  );

  test('a pool that came back to a claim that had a Node is no launch', () => {
    const status = { nodeName: 'node' };
    const launched = { ...waiting, Launched: up.Launched };
    expect(milestonesPassed(claim(waiting, { status }), claim(launched, { status }))).toEqual([]);
  });

  test('clocks that disagree give no negative time', () => {
    const launched = { ...waiting, Launched: ['True', -700] } as const;
    expect(milestonesPassed(claim(waiting), claim(launched))).toEqual([{ phase: 'launching', tookMs: 0 }]);
  });
});
