import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../test/support/fake-clock.ts';
import type { ArmClient } from './arm-client.ts';
import { ArmError, ArmNotNow } from './arm-errors.ts';
import { Inventory, type InventoryHealth } from './inventory.ts';
import type { AgentPoolBody } from './pool-body.ts';
import type { AgentPool, PoolPhase } from './pool.ts';

const body: AgentPoolBody = {
  vmSize: 'Standard_NC4as_T4_v3',
  count: 1,
  enableAutoScaling: false,
  mode: 'User',
  type: 'VirtualMachineScaleSets',
  osType: 'Linux',
  nodeLabels: {},
  nodeTaints: [],
  tags: {},
};

function pool(name: string, phase: PoolPhase = 'settled'): AgentPool {
  const id = `/pools/${name}`;
  const { vmSize, nodeLabels, nodeTaints, tags } = body;
  const fixed = { state: phase, power: 'running', mode: 'User', count: 1, autoscaled: false } as const;
  return { name, id, phase, vmSize, nodeLabels, nodeTaints, tags, etag: 'e-1', ...fixed };
}

const refusedBy = (status: number): ArmError =>
  new ArmError({ operation: 'create', pool: 'a' }, { status, code: 'QuotaExceeded', armMessage: 'x' });
const timedOut = (): ArmError =>
  new ArmError({ operation: 'create', pool: 'a' }, { code: 'RequestTimeout', armMessage: 'x' });

/** Calls of one kind that wait for the test to answer them, the oldest first. */
class Waiting<T> {
  readonly #calls: PromiseWithResolvers<T>[] = [];

  wait(): Promise<T> {
    const call = Promise.withResolvers<T>();
    this.#calls.push(call);
    return call.promise;
  }

  async answer(answer: T): Promise<void> {
    this.#next().resolve(answer);
    await settle();
  }

  async fail(error: Error): Promise<void> {
    this.#next().reject(error);
    await settle();
  }

  #next(): PromiseWithResolvers<T> {
    const call = this.#calls.shift();
    if (call === undefined) throw new Error('Nobody waits for an answer');
    return call;
  }
}

/** ARM by hand. */
class ScriptedArm implements ArmClient {
  readonly listTimes: number[] = [];
  readonly lists = new Waiting<readonly AgentPool[]>();
  readonly gets = new Waiting<AgentPool | undefined>();
  readonly creates = new Waiting<AgentPool>();
  readonly deletes = new Waiting<'accepted' | 'absent'>();
  /** What every LIST shows or throws; else it waits in `lists`. */
  pools: readonly AgentPool[] | Error | 'wait' = [];
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  async list(): Promise<readonly AgentPool[]> {
    this.listTimes.push(this.#clock.monotonicMs());
    if (this.pools === 'wait') return this.lists.wait();
    if (this.pools instanceof Error) throw this.pools;
    return this.pools;
  }

  get(): Promise<AgentPool | undefined> {
    return this.gets.wait();
  }

  create(): Promise<AgentPool> {
    return this.creates.wait();
  }

  delete(): Promise<'accepted' | 'absent'> {
    return this.deletes.wait();
  }

  cluster(): Promise<{ power: 'running' | 'stopped'; state: string }> {
    return Promise.resolve({ power: 'running', state: 'Succeeded' });
  }
}

const thrownBy = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'nothing',
    (error: unknown) => error,
  );

const stops: AbortController[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort();
});

function arrange(): {
  readonly clock: FakeClock;
  readonly arm: ScriptedArm;
  readonly inventory: Inventory;
  readonly told: string[];
  readonly health: InventoryHealth[];
  readonly signal: AbortSignal;
  readonly run: () => Promise<void>;
} {
  const clock = new FakeClock();
  const arm = new ScriptedArm(clock);
  const health: InventoryHealth[] = [];
  const inventory = new Inventory({ arm, clock, onHealth: (one) => health.push(one) });
  const told: string[] = [];
  inventory.subscribe((name) => told.push(name));
  const stop = new AbortController();
  stops.push(stop);
  return { clock, arm, inventory, told, health, signal: stop.signal, run: () => inventory.run(stop.signal) };
}

const write = { signal: new AbortController().signal, beforeSend: () => {} };
const remove = { ...write, etag: 'e-1', ignorePodDisruptionBudget: true };

describe('Inventory.look', () => {
  it('is unknown until the first complete LIST, which tells everybody who asked', async () => {
    const { arm, inventory, told, run } = arrange();
    arm.pools = 'wait';
    void run();
    expect(inventory.look('a')).toMatchObject({ seen: 'unknown' });
    expect(inventory.look('c')).toMatchObject({ seen: 'unknown' });
    await arm.lists.answer([pool('a'), pool('b')]);
    expect(inventory.look('a')).toMatchObject({ seen: 'present' });
    expect(inventory.look('c')).toMatchObject({ seen: 'absent', proof: 'list' });
    expect(told.toSorted()).toEqual(['a', 'b', 'c']);
    expect([...inventory.names()]).toEqual(['a', 'b']);
  });

  it('becomes unknown, and never absent, a minute after LISTs began to fail', async () => {
    const { clock, arm, inventory, told, health, run } = arrange();
    arm.pools = [pool('a', 'creating')];
    void run();
    await clock.advance(0);
    told.length = 0;
    arm.pools = new ArmError({ operation: 'list' }, { status: 500, code: 'InternalServerError', armMessage: 'down' });
    await clock.advance(74_999);
    expect(inventory.look('a')).toMatchObject({ seen: 'present' });
    expect(told).toEqual([]);
    await clock.advance(1);
    expect(inventory.look('a')).toEqual({ seen: 'unknown', why: 'Azure failed: InternalServerError: down' });
    expect(inventory.look('b')).toMatchObject({ seen: 'unknown' });
    expect(told).toEqual(['a']);
    expect(health).toEqual([
      { ok: true, detail: 'Azure shows 1 agent pools' },
      { ok: false, detail: 'Azure failed: InternalServerError: down' },
    ]);
    arm.pools = [pool('a', 'creating')];
    await clock.advance(60_000);
    expect(inventory.look('a')).toMatchObject({ seen: 'present' });
    expect(told).toEqual(['a', 'a', 'b']);
    expect(inventory.health.ok).toBe(true);
  });

  it('stays known through one lost LIST', async () => {
    const { clock, arm, inventory, told, run } = arrange();
    arm.pools = [pool('a', 'creating')];
    void run();
    await clock.advance(0);
    told.length = 0;
    arm.pools = timedOut();
    await clock.advance(15_000);
    arm.pools = [pool('a', 'creating')];
    await clock.advance(120_000);
    expect(told).toEqual([]);
    expect(inventory.look('a')).toMatchObject({ seen: 'present' });
  });

  it('is known from a GET although LISTs fail', async () => {
    const { clock, arm, inventory, signal, run } = arrange();
    arm.pools = timedOut();
    void run();
    await clock.advance(120_000);
    const look = inventory.refresh('a', { signal });
    await arm.gets.answer(undefined);
    await expect(look).resolves.toEqual({ seen: 'absent', proof: 'get404', startedAtMs: 120_000 });
    expect(inventory.look('a')).toMatchObject({ seen: 'absent', proof: 'get404' });
    await clock.advance(60_001);
    expect(inventory.look('a')).toMatchObject({ seen: 'unknown' });
  });
});

describe('Inventory.refresh', () => {
  it('throws what ARM threw and leaves knowledge as it was', async () => {
    const { clock, arm, inventory, signal, run } = arrange();
    arm.pools = [pool('a')];
    void run();
    await clock.advance(0);
    const before = inventory.look('a');
    const look = inventory.refresh('a', { signal });
    const thrown = thrownBy(look);
    await arm.gets.fail(timedOut());
    expect(await thrown).toMatchObject({ code: 'RequestTimeout' });
    expect(inventory.look('a')).toEqual(before);
  });

  it('returns what it saw, live, although a later LIST is newer', async () => {
    const { clock, arm, inventory, signal, run } = arrange();
    const look = inventory.refresh('a', { signal });
    await clock.advance(5);
    arm.pools = [pool('a', 'failed')];
    void run();
    await settle();
    await arm.gets.answer(pool('a'));
    await expect(look).resolves.toMatchObject({ live: true, startedAtMs: 0, pool: { phase: 'settled' } });
    expect(inventory.look('a')).toMatchObject({ live: false, startedAtMs: 5, pool: { phase: 'failed' } });
  });

  it('does not return what it saw when a write was answered meanwhile', async () => {
    const { arm, inventory, signal } = arrange();
    const look = inventory.refresh('a', { signal });
    const created = inventory.create('a', body, write);
    await arm.creates.answer(pool('a', 'creating'));
    await created;
    await arm.gets.answer(undefined);
    await expect(look).resolves.toMatchObject({ seen: 'present', pool: { phase: 'creating' } });
  });
});

describe('Inventory.create', () => {
  it('puts the answer in at once, whatever a LIST says that began before it', async () => {
    const { clock, arm, inventory, told, run } = arrange();
    arm.pools = 'wait';
    void run();
    const created = inventory.create('a', body, write);
    await clock.advance(100);
    await arm.creates.answer(pool('a', 'creating'));
    await expect(created).resolves.toMatchObject({ seen: 'present', live: false, pool: { phase: 'creating' } });
    expect(inventory.lastAnswerMs('A')).toBe(100);
    expect(told).toEqual(['a']);
    await arm.lists.answer([]);
    expect(inventory.look('a')).toMatchObject({ seen: 'present', pool: { phase: 'creating' } });
  });

  it.each([
    ['a refusal', refusedBy(400), 50],
    ['a throttled answer', new ArmNotNow('x', { retryAfterMs: 1, answer: refusedBy(429) }), 50],
    ['a time-out', timedOut(), undefined],
    ['a refusal of our own limiter', new ArmNotNow('x', { retryAfterMs: 1 }), undefined],
  ])('notes the time of the answer for %s', async (_what, error, expected) => {
    const { clock, arm, inventory } = arrange();
    const thrown = thrownBy(inventory.create('a', body, write));
    await clock.advance(50);
    await arm.creates.fail(error);
    expect(await thrown).toBe(error);
    expect(inventory.lastAnswerMs('a')).toBe(expected);
    expect(inventory.look('a')).toMatchObject({ seen: 'unknown' });
  });
});

describe('Inventory.delete', () => {
  it('shows the pool deleting at once, and absent when there was none', async () => {
    const { clock, arm, inventory, run } = arrange();
    arm.pools = [pool('a'), pool('b')];
    void run();
    await clock.advance(0);
    const first = inventory.delete('a', remove);
    const second = inventory.delete('b', remove);
    await arm.deletes.answer('accepted');
    await arm.deletes.answer('absent');
    await expect(first).resolves.toMatchObject({ seen: 'present', pool: { phase: 'deleting' } });
    await expect(second).resolves.toMatchObject({ seen: 'absent', proof: 'get404' });
  });
});

describe('Inventory.run', () => {
  it('lists rarely at rest and often while something is in flight', async () => {
    const { clock, arm, run } = arrange();
    arm.pools = [pool('a')];
    void run();
    await clock.advance(600_000);
    expect(arm.listTimes).toEqual([0, 300_000, 600_000]);
    arm.pools = [pool('a', 'busy')];
    await clock.advance(330_000);
    expect(arm.listTimes.slice(3)).toEqual([900_000, 915_000, 930_000]);
  });

  it.each(['creating', 'deleting', 'busy'] as const)('takes %s for in flight', async (phase) => {
    const { clock, arm, run } = arrange();
    arm.pools = [pool('a', phase)];
    void run();
    await clock.advance(30_000);
    expect(arm.listTimes).toEqual([0, 15_000, 30_000]);
  });

  it('hurries when asked, at once after a rest, and rests again when it is quiet', async () => {
    const { clock, arm, inventory, run } = arrange();
    void run();
    await clock.advance(100_000);
    inventory.hurry();
    await clock.advance(500_000);
    expect(arm.listTimes).toEqual([0, 100_000, 115_000, 130_000, 145_000, 160_000, 175_000, 475_000]);
  });

  it('hurries after a PUT was accepted', async () => {
    const { clock, arm, inventory, run } = arrange();
    void run();
    await clock.advance(100_000);
    const created = inventory.create('a', body, write);
    arm.pools = [pool('a', 'creating')];
    await arm.creates.answer(pool('a', 'creating'));
    await created;
    await clock.advance(15_000);
    expect(arm.listTimes).toEqual([0, 100_000, 115_000]);
  });

  it('slows down while LISTs fail, to one a minute', async () => {
    const { clock, arm, run } = arrange();
    arm.pools = timedOut();
    void run();
    await clock.advance(225_000);
    expect(arm.listTimes).toEqual([0, 15_000, 45_000, 105_000, 165_000, 225_000]);
  });

  it('asks no sooner than a throttled answer allows, and hurry changes nothing', async () => {
    const { clock, arm, inventory, run } = arrange();
    arm.pools = new ArmNotNow('Azure throttles requests', { retryAfterMs: 200_000 });
    void run();
    await clock.advance(100_000);
    inventory.hurry();
    await clock.advance(99_999);
    expect(arm.listTimes).toEqual([0]);
    await clock.advance(1);
    expect(arm.listTimes).toEqual([0, 200_000]);
  });

  it('ends when its signal aborts, also in the middle of a pause', async () => {
    const { clock, arm, inventory } = arrange();
    const stop = new AbortController();
    const ended = inventory.run(stop.signal);
    await clock.advance(0);
    stop.abort();
    await ended;
    expect(arm.listTimes).toEqual([0]);
    expect(clock.pendingMs).toEqual([]);
  });

  it('knows its age', async () => {
    const { clock, inventory, run } = arrange();
    expect(inventory.ageMs).toBeUndefined();
    void run();
    await clock.advance(12_000);
    expect(inventory.ageMs).toBe(12_000);
  });
});
