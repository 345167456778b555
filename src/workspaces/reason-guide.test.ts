import { describe, expect, test } from 'vitest';
import type { Pod } from '../apis/wire.ts';
import { guideOf } from '../claims/reason-guide.ts';
import { troubleOf } from './pod-trouble.ts';
import { guideOfWorkspace, podGuides, workspaceGuides } from './reason-guide.ts';
import { reasons } from './reasons.ts';

type Status = NonNullable<Pod['status']>;
type State = NonNullable<NonNullable<Status['containerStatuses']>[number]['state']>;

const crashed: State = { terminated: { exitCode: 1 } };

function aPod(state: State): Pod {
  const creationTimestamp = '2026-03-01T12:00:00Z';
  const container = { name: 'x', image: 'x', imageID: 'x', ready: false, restartCount: 1, state, lastState: crashed };
  const metadata = { name: 'p', namespace: 'ns', uid: 'p', resourceVersion: '1', creationTimestamp };
  return { metadata, status: { containerStatuses: [container] } };
}

describe('guideOfWorkspace', () => {
  test.each([...Object.values(reasons), ...Object.keys(podGuides)])('knows %s', (reason) => {
    const { means, todo } = guideOfWorkspace(reason) ?? { means: '', todo: '' };
    for (const text of [means, todo]) expect(text).toMatch(/^[A-Z].{5,219}[.]$/su);
  });

  test('has a name that is taken as a Workspace means it, and a cause of its claims as they mean it', () => {
    expect(guideOfWorkspace('NameConflict')).toBe(workspaceGuides.NameConflict);
    expect(guideOfWorkspace('NameConflict')).not.toEqual(guideOf('NameConflict'));
    expect(guideOfWorkspace('QuotaExceeded')).toBe(guideOf('QuotaExceeded'));
    expect(guideOfWorkspace('toString')).toBeUndefined();
  });

  test.each([
    ['a crash', { terminated: { exitCode: 1, reason: 'Error' } }],
    ['too much memory', { terminated: { exitCode: 137, reason: 'OOMKilled' } }],
    ['crash after crash', { waiting: { reason: 'CrashLoopBackOff' } }],
    ['an image that cannot be pulled', { waiting: { reason: 'ErrImagePull' } }],
  ])('knows what troubleOf says of %s', (_what, state) => {
    expect(guideOfWorkspace(troubleOf([aPod(state)])?.reason ?? '')).toBeDefined();
  });
});
