import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { MemoryArm } from '../../test/support/memory-arm.ts';
import { ArmError, ArmNotNow, type ArmFailure } from './arm-errors.ts';
import { ClusterWatch } from './cluster-watch.ts';

const serverError: ArmFailure = { status: 500, code: 'InternalServerError', armMessage: 'try later' };
const forbidden: ArmFailure = {
  status: 403,
  code: 'AuthorizationFailed',
  armMessage: "not authorized to perform action 'Microsoft.ContainerService/managedClusters/read' over scope 'x'",
};

function setUp(): {
  readonly clock: FakeClock;
  readonly arm: MemoryArm;
  readonly watch: ClusterWatch;
  readonly signal: AbortSignal;
  /** How often listeners were told. */
  readonly told: () => number;
  /** At which times Azure was asked, in seconds. */
  readonly asked: number[];
} {
  const clock = new FakeClock();
  const arm = new MemoryArm();
  const watch = new ClusterWatch({ arm, clock });
  const asked: number[] = [];
  arm.fault = () => {
    asked.push(clock.monotonicMs() / 1000);
    return undefined;
  };
  let told = 0;
  watch.subscribe(() => (told += 1));
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  return { clock, arm, watch, signal: stop.signal, told: () => told, asked };
}

describe('ClusterWatch', () => {
  it('knows nothing before Azure was asked', () => {
    expect(setUp().watch.look()).toMatchObject({ seen: 'unknown', refused: false });
  });

  it('looks every minute, and every five at rest', async () => {
    const { asked, clock, signal, watch, told } = setUp();
    const running = watch.run(signal);
    await clock.advance(130_000);
    expect(asked).toEqual([0, 60, 120]);
    watch.rest(true);
    await clock.advance(300_000);
    expect(asked).toEqual([0, 60, 120, 420]);
    await clock.advance(70_000);
    watch.rest(false);
    await clock.advance(0);
    expect(asked).toEqual([0, 60, 120, 420, 500]);
    expect(told()).toBe(5);
    expect(running).toBeInstanceOf(Promise);
  });

  it('looks soon when a rest ends, and then every minute', async () => {
    const { asked, clock, signal, watch } = setUp();
    void watch.run(signal);
    watch.rest(true);
    await clock.advance(10_000);
    watch.rest(false);
    await clock.advance(70_000);
    expect(asked).toEqual([0, 15, 75]);
  });

  it('ends with its signal', async () => {
    const { clock, watch } = setUp();
    const stop = new AbortController();
    const running = watch.run(stop.signal);
    await clock.advance(1000);
    stop.abort();
    await expect(running).resolves.toBeUndefined();
    expect(clock.pendingMs).toEqual([]);
  });

  it('shows what a GET showed and when that began', async () => {
    const { arm, clock, signal, watch } = setUp();
    await clock.advance(7000);
    arm.managed = { power: 'stopped', state: 'Succeeded' };
    const look = { seen: 'present', cluster: { power: 'stopped', state: 'Succeeded' }, startedAtMs: 7000 };
    await expect(watch.refresh({ signal })).resolves.toEqual(look);
    expect(watch.look()).toEqual(look);
  });

  it('believes what it knew for a minute of failures, then calls it unknown and tells so', async () => {
    const { arm, clock, signal, watch, told } = setUp();
    void watch.run(signal);
    await clock.advance(1000);
    arm.fault = () => serverError;
    await clock.advance(60_000);
    const before = told();
    expect(watch.look()).toMatchObject({ seen: 'present' });
    await clock.advance(59_000);
    expect(watch.look()).toMatchObject({ seen: 'unknown', refused: false });
    expect(told()).toBeGreaterThan(before);
    arm.fault = () => undefined;
    await clock.advance(60_000);
    expect(watch.look()).toMatchObject({ seen: 'present' });
  });

  it('tries again after 15 s, then ever more slowly up to a minute', async () => {
    const { arm, asked, clock, signal, watch } = setUp();
    arm.fault = () => {
      asked.push(clock.monotonicMs() / 1000);
      return serverError;
    };
    void watch.run(signal);
    await clock.advance(230_000);
    expect(asked).toEqual([0, 15, 45, 105, 165, 225]);
  });

  it('waits as long as Azure says', async () => {
    const { arm, asked, clock, signal, watch } = setUp();
    arm.cluster = () => {
      asked.push(clock.monotonicMs() / 1000);
      return Promise.reject(new ArmNotNow('throttled', { retryAfterMs: 100_000 }));
    };
    void watch.run(signal);
    await clock.advance(199_000);
    expect(asked).toEqual([0, 100]);
  });

  it('says when only a person can help', async () => {
    const { arm, signal, watch } = setUp();
    arm.fault = () => forbidden;
    await expect(watch.refresh({ signal })).rejects.toBeInstanceOf(ArmError);
    expect(watch.look()).toMatchObject({
      seen: 'unknown',
      refused: true,
      why: expect.stringContaining('Microsoft.ContainerService/managedClusters/read'),
    });
  });

  it('does not put an older look in the place of a newer one', async () => {
    const { arm, clock, signal, watch } = setUp();
    const slow = Promise.withResolvers<{ power: 'running' | 'stopped'; state: string }>();
    arm.cluster = () => slow.promise;
    const older = watch.refresh({ signal });
    await clock.advance(1000);
    arm.cluster = () => Promise.resolve({ power: 'running', state: 'Stopping' });
    await watch.refresh({ signal });
    slow.resolve({ power: 'running', state: 'Succeeded' });
    await expect(older).resolves.toMatchObject({ cluster: { state: 'Stopping' } });
    expect(watch.look()).toMatchObject({ cluster: { state: 'Stopping' } });
  });
});
