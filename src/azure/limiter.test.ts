import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { ArmError, ArmNotNow, type ArmCall, type ArmFailure } from './arm-errors.ts';
import { ArmLimiter, defaultLimits } from './limiter.ts';

const list: ArmCall = { operation: 'list' };
const get: ArmCall = { operation: 'get', pool: 'a' };
const create: ArmCall = { operation: 'create', pool: 'a' };
const cluster: ArmCall = { operation: 'cluster' };
const calls = [list, get, create, cluster];

function throttled(changes: Partial<ArmFailure> = {}): ArmError {
  return new ArmError(get, { status: 429, code: 'Throttled', armMessage: 'x', ...changes });
}

function setUp(limits = {}): { clock: FakeClock; limiter: ArmLimiter; waitOf: (call: ArmCall) => number } {
  const clock = new FakeClock();
  const limiter = new ArmLimiter({ clock, limits });
  const waitOf = (call: ArmCall): number => {
    try {
      limiter.admit(call);
      return 0;
    } catch (error) {
      if (error instanceof ArmNotNow) return error.retryAfterMs;
      throw error;
    }
  };
  return { clock, limiter, waitOf };
}

describe('ArmLimiter after a 429', () => {
  it('keeps the calls of its kind back for as long as Azure says, and no others', async () => {
    const { clock, limiter, waitOf } = setUp();
    expect(limiter.noteAnswer(get, throttled({ retryAfterMs: 20_000 }))).toBe(20_000);
    await clock.advance(5000);
    expect(calls.map(waitOf)).toEqual([15_000, 15_000, 0, 0]);
    await clock.advance(15_000);
    expect(calls.map(waitOf)).toEqual([0, 0, 0, 0]);
  });

  it.each([{ code: 'SubscriptionRequestsThrottled' }, { code: 'TooManyRequests' }, { fromGateway: true }])(
    'keeps everything back when it is ARM that throttles (%j)',
    (failure) => {
      const { limiter, waitOf } = setUp();
      limiter.noteAnswer(get, throttled({ retryAfterMs: 7000, ...failure }));
      expect(calls.map(waitOf)).toEqual([7000, 7000, 7000, 7000]);
    },
  );

  it('is not opened by a shorter time', () => {
    const { limiter, waitOf } = setUp();
    limiter.noteAnswer(get, throttled({ retryAfterMs: 60_000 }));
    expect(limiter.noteAnswer(get, throttled({ retryAfterMs: 1000 }))).toBe(60_000);
    expect(waitOf(get)).toBe(60_000);
  });

  it('backs off by itself when Azure says no time, until a call goes well', () => {
    const { limiter } = setUp();
    const waits = Array.from({ length: 6 }, () => limiter.noteAnswer(get, throttled()));
    expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
    expect(limiter.noteAnswer(create, throttled())).toBe(30_000);
    limiter.noteAnswer(create, undefined);
    const { limiter: fresh } = setUp();
    fresh.noteAnswer(get, throttled());
    fresh.noteAnswer(get, undefined);
    expect(fresh.noteAnswer(get, throttled())).toBe(30_000);
  });

  it('believes no time above an hour', () => {
    const { limiter } = setUp();
    expect(limiter.noteAnswer(get, throttled({ retryAfterMs: 1e12 }))).toBe(3_600_000);
  });

  it.each([
    [{ status: 503, retryAfterMs: 5000 }, 5000],
    [{ status: 503 }, 0],
    [{ status: 409, retryAfterMs: 5000 }, 0],
  ])('%j closes for %i', (failure, expected) => {
    expect(setUp().limiter.noteAnswer(get, throttled(failure))).toBe(expected);
  });
});

describe('ArmLimiter.admit', () => {
  it('lets a burst pass and tells each of the rest a later time, at the rate of the lane', () => {
    const { waitOf } = setUp({ pools: { burst: 3, perSecond: 0.5 } });
    const waits = Array.from({ length: 6 }, () => waitOf(get));
    expect(waits).toEqual([0, 0, 0, 2000, 4000, 6000]);
  });

  it('admits those who come back when they were told to', async () => {
    const { clock, waitOf } = setUp({ pools: { burst: 1, perSecond: 1 } });
    expect([waitOf(get), waitOf(get), waitOf(get)]).toEqual([0, 1000, 2000]);
    await clock.advance(1000);
    expect(waitOf(get)).toBe(0);
    await clock.advance(1000);
    expect(waitOf(get)).toBe(0);
  });

  it('never keeps the LIST back, which the others pay for', () => {
    const { waitOf } = setUp({ pools: { burst: 2, perSecond: 1 } });
    expect([waitOf(list), waitOf(list), waitOf(list), waitOf(get)]).toEqual([0, 0, 0, 2000]);
  });

  it('counts PUTs by pool and all together', () => {
    const { waitOf } = setUp({ createsOfPool: { burst: 1, perSecond: 0.1 }, creates: { burst: 3, perSecond: 1 } });
    const other = { operation: 'create', pool: 'b' } as const;
    expect([waitOf(create), waitOf(create), waitOf(other), waitOf({ ...other, pool: 'c' })]).toEqual([
      0, 10_000, 0, 1000,
    ]);
  });

  it('charges pages and tries that an admitted call makes', () => {
    const { limiter, waitOf } = setUp({ pools: { burst: 2, perSecond: 1 } });
    limiter.admit(list);
    limiter.charge(list);
    expect(waitOf(get)).toBe(1000);
  });

  it('never keeps a DELETE back whose GET it has just let pass, and lets the others pay for it', async () => {
    const { clock, waitOf } = setUp({ pools: { burst: 1, perSecond: 0.5 } });
    const remove = { operation: 'delete', pool: 'a' } as const;
    expect([waitOf(get), waitOf(remove), waitOf({ ...get, pool: 'b' })]).toEqual([0, 0, 4000]);
    await clock.advance(20_000);
    expect(waitOf({ ...get, pool: 'b' })).toBe(0);
    expect(waitOf(remove)).toBe(2000);
  });

  it('lets 99 pools be deleted with one GET each within five minutes, and never more at once than Azure takes', async () => {
    const { clock, limiter, waitOf } = setUp();
    const waiting = Array.from({ length: 99 }, (_none, index) => ({ pool: `p${index}`, atMs: 0 }));
    const sentAtMs: number[] = [];
    const left = new Set(waiting);
    for (let second = 0; second < 300; second += 1) {
      if (second % 15 === 0) {
        limiter.admit(list);
        limiter.charge(list);
        sentAtMs.push(clock.monotonicMs(), clock.monotonicMs());
      }
      for (const claim of left) {
        const nowMs = clock.monotonicMs();
        if (claim.atMs > nowMs) continue;
        const waitMs = waitOf({ operation: 'get', pool: claim.pool });
        claim.atMs = nowMs + waitMs;
        if (waitMs > 0) continue;
        expect(waitOf({ operation: 'delete', pool: claim.pool })).toBe(0);
        sentAtMs.push(nowMs, nowMs);
        left.delete(claim);
      }
      await clock.advance(1000);
    }
    expect(left.size).toBe(0);
    // Azure's bucket, which nobody else uses now, never runs dry.
    let tokens = 60;
    for (const [index, atMs] of sentAtMs.entries()) {
      tokens = Math.min(60, tokens + (atMs - (sentAtMs[index - 1] ?? 0)) / 1000) - 1;
      expect(tokens).toBeGreaterThanOrEqual(0);
    }
  });

  it('lets 99 claims create their pools at once', () => {
    const { waitOf } = setUp();
    const waits = Array.from({ length: 99 }, (_none, index) => waitOf({ operation: 'create', pool: `p${index}` }));
    expect(new Set(waits)).toEqual(new Set([0]));
  });
});

describe('defaultLimits', () => {
  it("stay below Azure's", () => {
    const azure = {
      pools: { burst: 60, perSecond: 1 },
      createsOfPool: { burst: 20, perSecond: 1 / 60 },
      creates: { burst: 200, perSecond: 10 },
      cluster: { burst: 60, perSecond: 1 },
    };
    for (const [lane, { burst, perSecond }] of Object.entries(azure)) {
      expect(defaultLimits).toHaveProperty([lane, 'burst']);
      expect(Object.entries(defaultLimits).find(([name]) => name === lane)?.[1].burst).toBeLessThan(burst);
      expect(Object.entries(defaultLimits).find(([name]) => name === lane)?.[1].perSecond).toBeLessThan(perSecond);
    }
  });
});
