import { describe, expect, test } from 'vitest';
import { cells, created, named, part, table } from './fixture.ts';

const container = (name: string, state: object, rest: object = {}): object => ({
  name,
  restartCount: 0,
  state,
  ...rest,
});
const ended = { lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:30:00Z' } } };
const one = [{ name: 'a' }];
const two = [{ name: 'a' }, { name: 'b' }];

// READY, STATUS and RESTARTS as kube-apiserver 1.34 printed them for the same pods.
const pods: readonly (readonly [name: string, spec: object, status: object, shown: string])[] = [
  [
    'running',
    { containers: two },
    {
      phase: 'Running',
      containerStatuses: [
        container('a', { running: {} }, { ready: true }),
        container('b', { running: {} }, { ready: true, restartCount: 3, ...ended }),
      ],
    },
    '2/2 Running 3 (30m ago)',
  ],
  [
    'crashing',
    { containers: one },
    {
      phase: 'Running',
      containerStatuses: [container('a', { waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 5 })],
    },
    '0/1 CrashLoopBackOff 5',
  ],
  [
    'completed',
    { containers: one },
    { phase: 'Succeeded', containerStatuses: [container('a', { terminated: { exitCode: 0, reason: 'Completed' } })] },
    '0/1 Completed 0',
  ],
  [
    'ended with a code',
    { containers: one },
    { phase: 'Failed', containerStatuses: [container('a', { terminated: { exitCode: 137 } })] },
    '0/1 ExitCode:137 0',
  ],
  [
    'ended by a signal',
    { containers: one },
    { phase: 'Failed', containerStatuses: [container('a', { terminated: { exitCode: 0, signal: 9 } })] },
    '0/1 Signal:9 0',
  ],
  ['evicted', { containers: one }, { phase: 'Failed', reason: 'Evicted' }, '0/1 Evicted 0'],
  [
    'initializing',
    { initContainers: two, containers: one },
    {
      phase: 'Pending',
      initContainerStatuses: [container('a', { terminated: { exitCode: 0 } }), container('b', { running: {} })],
      containerStatuses: [container('a', { waiting: { reason: 'PodInitializing' } })],
    },
    '0/1 Init:1/2 0',
  ],
  [
    'crashing in its initialization',
    { initContainers: one, containers: one },
    {
      phase: 'Pending',
      initContainerStatuses: [
        container('a', { waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 2, ...ended }),
      ],
    },
    '0/1 Init:CrashLoopBackOff 2 (30m ago)',
  ],
  [
    'failed in its initialization',
    { initContainers: one, containers: one },
    { phase: 'Failed', initContainerStatuses: [container('a', { terminated: { exitCode: 2 } })] },
    '0/1 Init:ExitCode:2 0',
  ],
  [
    'running with a sidecar',
    { initContainers: [{ name: 's', restartPolicy: 'Always' }], containers: one },
    {
      phase: 'Running',
      conditions: [{ type: 'Initialized', status: 'True' }],
      initContainerStatuses: [
        container('s', { running: {} }, { started: true, ready: true, restartCount: 1, ...ended }),
      ],
      containerStatuses: [container('a', { running: {} }, { ready: true })],
    },
    '2/2 Running 1 (30m ago)',
  ],
  [
    'half completed',
    { containers: two },
    {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'False' }],
      containerStatuses: [
        container('a', { terminated: { exitCode: 0, reason: 'Completed' } }),
        container('b', { running: {} }, { ready: true }),
      ],
    },
    '1/2 NotReady 0',
  ],
  [
    'gated',
    { containers: one },
    { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
    '0/1 SchedulingGated 0',
  ],
];

describe('tableOf shows a pod that is', () => {
  test.each(pods)('%s', (_name, spec, status, shown) => {
    expect(cells('/pods', named('p', { spec, status }))).toEqual(['p', ...split(shown), '60m', ...noneFour]);
  });

  test('being deleted', () => {
    const metadata = { name: 'p', creationTimestamp: created, deletionTimestamp: created };
    const pod = { metadata, spec: { containers: one }, status: { phase: 'Running' } };
    expect(cells('/pods', pod)).toEqual(['p', '0/1', 'Terminating', '0', '60m', ...noneFour]);
  });
});

const noneFour = ['<none>', '<none>', '<none>', '<none>'];

/** `2/2 Running 3 (30m ago)` as its three cells. */
function split(shown: string): readonly string[] {
  const [ready = '', status = '', ...restarts] = shown.split(' ');
  return [ready, status, restarts.join(' ')];
}

test('tableOf marks pods that have ended, so that kubectl can hide them', () => {
  const [row] = part(table('/pods', [named('p', { status: { phase: 'Succeeded' } })]), 'rows');
  expect(row).toMatchObject({ conditions: [{ type: 'Completed', status: 'True', reason: 'Succeeded' }] });
});
