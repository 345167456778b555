import { describe, expect, test } from 'vitest';
import { noon, timeAt } from '../../test/support/claim-builders.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { MemoryKube } from '../../test/support/memory-kube.ts';
import { platformSpokeOf } from './platform-events.ts';
import type { PlatformWord } from './platform-events.ts';

interface Spoken {
  readonly source?: string;
  readonly reportedBy?: string;
  readonly node?: string;
  readonly kind?: string;
  readonly saidAt?: number;
  readonly repeatedAt?: number;
}

const written = (saidAt: number): string => (Number.isNaN(saidAt) ? '' : timeAt(saidAt));

async function spoke(...all: readonly Spoken[]): Promise<PlatformWord | undefined> {
  const kube = new MemoryKube(new FakeClock('2026-03-01T12:00:00Z'), () => {});
  for (const [index, spoken] of all.entries()) {
    const { source, reportedBy, node = 'n', kind = 'Node', saidAt = -60, repeatedAt } = spoken;
    const name = `e${index}`;
    const metadata = { name, uid: name, resourceVersion: '1', creationTimestamp: written(saidAt) };
    const event = {
      involvedObject: { kind, name: node },
      lastTimestamp: written(saidAt),
      ...(source === undefined ? {} : { source: { component: source } }),
      ...(reportedBy === undefined ? {} : { reportingComponent: reportedBy }),
      ...(repeatedAt === undefined ? {} : { series: { count: 2, lastObservedTime: timeAt(repeatedAt) } }),
    };
    kube.put('events', Object.assign({ metadata }, event));
  }
  return platformSpokeOf('n', { kube, nowApiMs: noon, signal: new AbortController().signal });
}

describe('platformSpokeOf', () => {
  test.each<[string, Spoken, boolean]>([
    ['the upgrader', { source: 'upgrader' }, true],
    ['the auto-repair', { source: 'aks-auto-repair' }, true],
    ['one that reports in the newer form', { reportedBy: 'upgrader' }, true],
    ['an hour ago', { source: 'upgrader', saidAt: -3600 }, true],
    ['longer ago', { source: 'upgrader', saidAt: -3601 }, false],
    ['longer ago, and again since', { source: 'upgrader', saidAt: -7200, repeatedAt: -10 }, true],
    ['the kubelet', { source: 'kubelet' }, false],
    ['the upgrader of another Node', { source: 'upgrader', node: 'm' }, false],
    ['the upgrader of a pod with that name', { source: 'upgrader', kind: 'Pod' }, false],
  ])('%s', async (_what, spoken, expected) => {
    expect((await spoke(spoken)) !== undefined).toBe(expected);
  });

  test('of several the newest, with its source and time', async () => {
    const old = { source: 'upgrader', saidAt: -600 };
    const repeated = { reportedBy: 'aks-auto-repair', saidAt: -900, repeatedAt: -240 };
    expect(await spoke(old, repeated, { source: 'kubelet', saidAt: -5 })).toEqual({
      source: 'aks-auto-repair',
      atApiMs: noon - 240_000,
    });
  });

  test('one that says nothing of its time counts, after those that do', async () => {
    const timeless = { source: 'upgrader', saidAt: Number.NaN };
    expect(await spoke(timeless)).toEqual({ source: 'upgrader' });
    expect(await spoke(timeless, { source: 'aks-auto-repair' })).toMatchObject({ source: 'aks-auto-repair' });
  });
});
