import { describe, expect, test } from 'vitest';
import { aMachine, noon, timeAt } from '../../test/support/claim-builders.ts';
import { defaultTimings } from '../claims/timings.ts';
import { attentionOf } from './attention.ts';
import type { FeedPhaseName } from './feed.ts';

const now = new Date(noon);
const minute = 60;

interface Told {
  readonly phase: FeedPhaseName;
  /** Seconds that it has lasted. */
  readonly lasts?: number;
  readonly reason?: string;
  readonly conditions?: Readonly<Record<string, string>>;
  readonly largeSize?: boolean;
}

function attention({ conditions = {}, largeSize = false, lasts = 1, phase, reason }: Told): string {
  const claim = aMachine({
    status: { conditions: Object.entries(conditions).map(([type, status]) => ({ type, status })) },
  });
  const since = new Date(timeAt(-lasts));
  return attentionOf(
    claim,
    { name: phase, since, ...(reason === undefined ? {} : { reason }) },
    { now, largeSize, timings: defaultTimings },
  );
}

describe('attentionOf', () => {
  test.each([
    ['a claim on its way', { phase: 'launching', reason: 'Creating', conditions: { MachineLaunched: 'Unknown' } }],
    ['a Node that is coming', { phase: 'registering', reason: 'NodeNotFound' }],
    ['a Ready claim, however old', { phase: 'ready', lasts: 90 * 24 * 60 * minute }],
    ['a Ready claim whose GPUs are about to appear', { phase: 'ready', reason: 'AwaitingGpus' }],
    ['a drain', { phase: 'deleting', reason: 'Draining', conditions: { InstanceTerminating: 'Unknown' } }],
  ] as const)('%s needs nobody', (_, told) => {
    expect(attention(told)).toBe('none');
  });

  test.each([
    ['Azure refused it', { phase: 'launching', reason: 'QuotaExceeded', conditions: { MachineLaunched: 'False' } }],
    ['a person paused it', { phase: 'launching', reason: 'Paused', conditions: { MachineLaunched: 'Unknown' } }],
    ['no device plugin serves its Node', { phase: 'ready', reason: 'NoDevicePlugin' }],
    ['a budget blocks its drain', { phase: 'deleting', reason: 'DrainBlocked' }],
    ['Azure refuses its deletion', { phase: 'deleting', reason: 'Any', conditions: { InstanceTerminating: 'False' } }],
    ['somebody stopped its pool', { phase: 'registering', reason: 'PoolStopped' }],
  ] as const)('a claim is stuck when %s', (_, told) => {
    expect(attention(told)).toBe('stuck');
  });

  test.each([
    ['launching', 30 * minute],
    ['registering', 20 * minute],
    ['initializing', 10 * minute],
    ['deleting', 35 * minute],
  ] as const)('%s is late after %d s', (phase, usual) => {
    expect(attention({ phase, lasts: usual })).toBe('none');
    expect(attention({ phase, lasts: usual + 1 })).toBe('late');
  });

  test('a large size has more time to launch and to join', () => {
    expect(attention({ phase: 'launching', lasts: 31 * minute, largeSize: true })).toBe('none');
    expect(attention({ phase: 'registering', lasts: 21 * minute, largeSize: true })).toBe('none');
    expect(attention({ phase: 'launching', lasts: 61 * minute, largeSize: true })).toBe('late');
  });
});
