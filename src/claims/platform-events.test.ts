import { describe, expect, test } from 'vitest';
import { noon, timeAt } from '../../test/support/claim-builders.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { MemoryKube } from '../../test/support/memory-kube.ts';
import { platformSpokeOf } from './platform-events.ts';

interface Spoken {
  readonly source?: string;
  readonly reportedBy?: string;
  readonly node?: string;
  readonly kind?: string;
  readonly saidAt?: number;
  readonly repeatedAt?: number;
}

async function spoke(spoken: Spoken): Promise<boolean> {
  const kube = new MemoryKube(new FakeClock('2026-03-01T12:00:00Z'), () => {});
  const { source, reportedBy, node = 'n', kind = 'Node', saidAt = -60, repeatedAt } = spoken;
  const metadata = { name: 'e', uid: 'e', resourceVersion: '1', creationTimestamp: timeAt(saidAt) };
  const event = {
    involvedObject: { kind, name: node },
    lastTimestamp: timeAt(saidAt),
    ...(source === undefined ? {} : { source: { component: source } }),
    ...(reportedBy === undefined ? {} : { reportingComponent: reportedBy }),
    ...(repeatedAt === undefined ? {} : { series: { count: 2, lastObservedTime: timeAt(repeatedAt) } }),
  };
  kube.put('events', Object.assign({ metadata }, event));
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
    expect(await spoke(spoken)).toBe(expected);
  });
});
