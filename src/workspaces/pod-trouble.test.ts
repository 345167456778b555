import { describe, expect, it } from 'vitest';
import type { Pod } from '../apis/wire.ts';
import { troubleOf } from './pod-trouble.ts';

type Status = NonNullable<Pod['status']>;
type ContainerStatus = NonNullable<Status['containerStatuses']>[number];

function aPod(status: Status, name = 'phi-1'): Pod {
  const creationTimestamp = '2026-03-01T12:00:00Z';
  return { metadata: { name, namespace: 'ns', uid: name, resourceVersion: '1', creationTimestamp }, status };
}

function aContainer(name: string, rest: Partial<ContainerStatus>): ContainerStatus {
  return { name, image: 'i', imageID: '', ready: false, restartCount: 0, ...rest };
}

function waits(reason: string, message?: string): Partial<ContainerStatus> {
  return { state: { waiting: { reason, ...(message === undefined ? {} : { message }) } } };
}

function ended(exitCode: number, message = '', reason = 'Error'): NonNullable<ContainerStatus['state']> {
  return { terminated: { exitCode, reason, message } };
}

describe('troubleOf', () => {
  it.each([['ContainerCreating'], ['PodInitializing']])('%s is none', (reason) => {
    expect(troubleOf([aPod({ containerStatuses: [aContainer('phi', waits(reason))] })])).toBeUndefined();
  });

  it('is none where all containers run', () => {
    const running = aContainer('phi', { ready: true, state: { running: {} } });
    expect(troubleOf([aPod({ phase: 'Running', containerStatuses: [running] })])).toBeUndefined();
  });

  it.each([
    ['InvalidImageName', true],
    ['ErrImagePull', false],
    ['CreateContainerConfigError', true],
  ])('%s ends by itself: not %s', (reason, fatal) => {
    const pod = aPod({ containerStatuses: [aContainer('phi', waits(reason, 'because'))] });
    expect(troubleOf([pod])).toEqual({
      reason,
      message: `Container "phi" of pod "phi-1" waits: ${reason}: because`,
      fatal,
    });
  });

  it('tells what a container that crashes again and again said last', () => {
    const container = aContainer('phi', {
      ...waits('CrashLoopBackOff', 'back-off 10s'),
      lastState: ended(1, 'loading\nno CUDA device'),
    });
    expect(troubleOf([aPod({ containerStatuses: [container] })])).toEqual({
      reason: 'ContainerCrashLoopBackOff',
      message: 'Container "phi" of pod "phi-1" ended with 1 (Error): no CUDA device',
      fatal: false,
    });
  });

  it("has KAITO's word for a lack of memory", () => {
    const container = aContainer('phi', { ...waits('CrashLoopBackOff'), lastState: ended(137, '', 'OOMKilled') });
    expect(troubleOf([aPod({ containerStatuses: [container] })])?.reason).toBe('ContainerOOMKilled');
  });

  it('names the init container that failed, before the ones that wait for it', () => {
    const pod = aPod({
      phase: 'Failed',
      initContainerStatuses: [aContainer('data-downloader', { state: ended(1, 'Cannot download x') })],
      containerStatuses: [aContainer('phi', waits('PodInitializing'))],
    });
    expect(troubleOf([pod])).toMatchObject({
      reason: 'ContainerFailed',
      message: 'Container "data-downloader" of pod "phi-1" ended with 1 (Error): Cannot download x',
    });
  });

  it('says why the scheduler has no node for a pod', () => {
    const message = '0/3 nodes are available: 3 Insufficient nvidia.com/gpu.';
    const pod = aPod({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] });
    expect(troubleOf([pod])).toEqual({
      reason: 'Unschedulable',
      message: `Pod "phi-1" is not scheduled: ${message}`,
      fatal: false,
    });
  });

  it('puts what will not end by itself before what may, and pods that are going nowhere', () => {
    const pulling = aPod({ containerStatuses: [aContainer('phi', waits('ErrImagePull'))] });
    const misnamed = aPod({ containerStatuses: [aContainer('phi', waits('InvalidImageName'))] }, 'phi-2');
    expect(troubleOf([pulling, misnamed])?.reason).toBe('InvalidImageName');
    const going = { ...misnamed, metadata: { ...misnamed.metadata, deletionTimestamp: '2026-03-01T12:00:00Z' } };
    expect(troubleOf([pulling, going])?.reason).toBe('ErrImagePull');
  });

  it('does not count an evicted pod of what serves once another is there', () => {
    const spec = { restartPolicy: 'Always', containers: [] };
    const killed = { containerStatuses: [aContainer('phi', { state: ended(137) })] };
    const evicted = { ...aPod({ phase: 'Failed', reason: 'Evicted', ...killed }), spec };
    const fresh = { ...aPod({ phase: 'Pending' }, 'phi-2'), spec };
    expect(troubleOf([evicted, fresh])).toBeUndefined();
    expect(troubleOf([evicted])).toMatchObject({ reason: 'ContainerFailed', fatal: false });
    const ofJob = { ...evicted, spec: { ...spec, restartPolicy: 'Never' } };
    expect(troubleOf([ofJob, fresh])).toMatchObject({ reason: 'ContainerFailed', fatal: true });
  });

  it('knows that a container which ended is started again', () => {
    const pod = aPod({ phase: 'Running', containerStatuses: [aContainer('phi', { state: ended(1) })] });
    expect(troubleOf([pod])?.fatal).toBe(true);
    expect(troubleOf([{ ...pod, spec: { restartPolicy: 'Always', containers: [] } }])?.fatal).toBe(false);
  });

  it('cuts what is too long for a condition', () => {
    const pod = aPod({ containerStatuses: [aContainer('phi', waits('ErrImagePull', 'x'.repeat(1000)))] });
    expect(troubleOf([pod])?.message).toHaveLength(300);
  });
});
