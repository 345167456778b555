import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aMachine, noon, timeAt } from '../../test/support/claim-builders.ts';
import type { Claim, Condition } from '../apis/claim.ts';
import { timelineOf } from './timeline.ts';

const now = new Date(noon);

/** `launched: ['True', -300]` is MachineLaunched that turned True 300 s before noon. */
type Turn = readonly [status: string, seconds: number, reason?: string, message?: string];

function conditions(turns: Readonly<Record<string, Turn>>): readonly Condition[] {
  const types: Readonly<Record<string, string>> = {
    launched: 'MachineLaunched',
    registered: 'MachineRegistered',
    initialized: 'MachineInitialized',
    ready: 'Ready',
    gpus: 'GPUReady',
    drained: 'Drained',
    terminating: 'InstanceTerminating',
  };
  return Object.entries(turns).map(([key, [status, seconds, reason = 'Because', message = '']]) => ({
    type: types[key] ?? key,
    status,
    reason,
    message,
    lastTransitionTime: timeAt(seconds),
  }));
}

function second(date: Date): number {
  return (date.getTime() - noon) / 1000;
}

/** Phases as `name since..until` in seconds of noon. */
function told(claim: Claim): readonly string[] {
  return timelineOf(claim, now).phases.map(({ name, since, until }) => {
    return `${name} ${second(since)}..${until === undefined ? '' : second(until)}`;
  });
}

const ready = {
  launched: ['True', -500],
  registered: ['True', -400],
  initialized: ['True', -300],
  ready: ['True', -300],
} as const;

describe('timelineOf', () => {
  test('a claim of which nothing was said yet is launching since its creation', () => {
    const claim = aMachine({ createdAt: -5, status: { conditions: [] } });
    expect(told(claim)).toEqual(['launching -5..']);
    expect(timelineOf(claim, now).current).not.toHaveProperty('reason');
  });

  test('a refusal does not begin the launch anew, and says why it lasts', () => {
    const status = { conditions: conditions({ launched: ['False', -60, 'QuotaExceeded', 'No quota'] }) };
    const { current } = timelineOf(aMachine({ createdAt: -3600, status }), now);
    expect(current).toMatchObject({ name: 'launching', reason: 'QuotaExceeded', message: 'No quota' });
    expect(current?.since).toEqual(new Date(noon - 3_600_000));
  });

  test('each step lasts from the one before to its own turn', () => {
    const claim = aMachine({ createdAt: -700, status: { conditions: conditions(ready), nodeName: 'n' } });
    expect(told(claim)).toEqual([
      'launching -700..-500',
      'registering -500..-400',
      'initializing -400..-300',
      'ready -300..',
    ]);
  });

  test('ready says that its GPUs are missing', () => {
    const status = { conditions: conditions({ ...ready, gpus: ['False', -100, 'NoDevicePlugin', 'None'] }) };
    expect(timelineOf(aMachine({ status }), now).current).toMatchObject({ name: 'ready', reason: 'NoDevicePlugin' });
  });

  test('a claim whose Node went down is initializing since then, and the time before is a gap', () => {
    const status = {
      nodeName: 'n',
      conditions: conditions({ ...ready, initialized: ['False', -20, 'NodeNotReady'], ready: ['False', -20] }),
    };
    expect(told(aMachine({ createdAt: -700, status }))).toEqual([
      'launching -700..-500',
      'registering -500..-400',
      'initializing -20..',
    ]);
  });

  test('a claim that came back after days does not say that its Node initialized for days', () => {
    const days = -3 * 86_400;
    const status = {
      nodeName: 'n',
      conditions: conditions({
        launched: ['True', days],
        registered: ['True', days + 60],
        initialized: ['True', -600],
        ready: ['True', -600],
      }),
    };
    expect(told(aMachine({ createdAt: days - 240, status }))).toEqual([
      `launching ${days - 240}..${days}`,
      `registering ${days}..${days + 60}`,
      'ready -600..',
    ]);
  });

  test('a claim that lost its instance is launching since it was last up, not since its creation', () => {
    const status = {
      nodeName: 'n',
      conditions: conditions({ launched: ['Unknown', -30, 'Replacing'], initialized: ['False', -90] }),
    };
    expect(told(aMachine({ createdAt: -86_400, status }))).toEqual(['launching -90..']);
  });

  test('the launch of a pool that was made again is not told as the first one', () => {
    const record = { recreated: { day: '2026-03-01', times: 1 } };
    const claim = aMachine({ createdAt: -86_400, record, status: { nodeName: 'n', conditions: conditions(ready) } });
    expect(told(claim)).toEqual(['registering -500..-400', 'initializing -400..-300', 'ready -300..']);
  });

  test('a deletion ends what lasted, and says what it waits for', () => {
    const waiting = {
      drained: ['Unknown', -50, 'DrainBlocked', 'Blocked'],
      terminating: ['Unknown', -50, 'Draining'],
    } as const;
    const claim = aMachine({
      createdAt: -700,
      deletingSince: -50,
      status: { conditions: conditions({ ...ready, ...waiting }) },
    });
    expect(told(claim)).toEqual([
      'launching -700..-500',
      'registering -500..-400',
      'initializing -400..-300',
      'ready -300..-50',
      'deleting -50..',
    ]);
    expect(timelineOf(claim, now).current).toMatchObject({ reason: 'DrainBlocked', message: 'Blocked' });
  });

  test('a deletion that Azure works on says so, whatever its drain came to', () => {
    const deletion = {
      drained: ['Unknown', -50, 'Draining'],
      terminating: ['True', -10, 'InstanceTerminating'],
    } as const;
    const claim = aMachine({ deletingSince: -50, status: { conditions: conditions(deletion) } });
    expect(timelineOf(claim, now).current).toMatchObject({ name: 'deleting', reason: 'InstanceTerminating' });
  });

  test('phases never overlap, never end before they begin, never lie in the future, and only the last one lasts', () => {
    const turn = fc.tuple(fc.constantFrom('True', 'False', 'Unknown', 'odd'), fc.integer({ min: -90_000, max: 900 }));
    const turns = fc.record(
      {
        launched: turn,
        registered: turn,
        initialized: turn,
        ready: turn,
        gpus: turn,
        drained: turn,
        terminating: turn,
      },
      { requiredKeys: [] },
    );
    const moment = fc.integer({ min: -90_000, max: 900 });
    const deletion = fc.option(moment, { nil: undefined });
    fc.assert(
      fc.property(turns, moment, deletion, fc.boolean(), (drawn, createdAt, deletingSince, had) => {
        const status = { conditions: conditions(drawn), ...(had ? { nodeName: 'n' } : {}) };
        const { phases, current } = timelineOf(aMachine({ createdAt, deletingSince, status }), now);
        expect(current).toBe(phases.at(-1));
        expect(phases.map(({ until }) => until === undefined)).toEqual(phases.map((phase) => phase === current));
        const moments = phases.flatMap(({ since, until = now }) => [since.getTime(), until.getTime()]);
        expect(moments).toEqual([...moments].toSorted((a, b) => a - b));
        expect(moments.at(-1)).toBe(noon);
      }),
    );
  });
});
