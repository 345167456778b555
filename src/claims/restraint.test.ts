import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { defaultPolicies } from './policies.ts';
import type { DisruptionLimits } from './policies.ts';
import { Restraint } from './restraint.ts';

interface World {
  readonly clock: FakeClock;
  readonly restraint: Restraint;
  /** Sets what a person, or the fleet, says. */
  readonly fleet: { ours: number; allowMass: boolean };
  readonly reasonOf: (key: string) => string | undefined;
}

function setUp({ ours = 5, ...limits }: { readonly ours?: number } & Partial<DisruptionLimits> = {}): World {
  const clock = new FakeClock();
  const fleet = { ours, allowMass: false };
  const restraint = new Restraint({
    clock,
    ours: () => fleet.ours,
    allowMass: () => fleet.allowMass,
    limits: { ...defaultPolicies, ...limits },
  });
  return { clock, restraint, fleet, reasonOf: (key) => restraint.refusal(key)?.reason };
}

/** As a pass does it: permit, then the request. */
function act({ restraint, reasonOf }: World, key: string): string | undefined {
  restraint.wish(key);
  const reason = reasonOf(key);
  if (reason === undefined) restraint.note(key);
  return reason;
}

describe('Restraint', () => {
  it('honours a wish only when it is 10 s old', async () => {
    const { clock, restraint, reasonOf } = setUp();
    expect(reasonOf('a')).toBe('DisruptionPending');
    restraint.wish('a');
    expect(restraint.refusal('a')).toMatchObject({ reason: 'DisruptionPending', retryAfterMs: 10_000 });
    await clock.advance(9999);
    restraint.wish('a');
    expect(restraint.refusal('a')).toMatchObject({ reason: 'DisruptionPending', retryAfterMs: 1 });
    await clock.advance(1);
    expect(reasonOf('a')).toBeUndefined();
  });

  it('starts anew with a wish that was dropped or carried out', async () => {
    const { clock, restraint, reasonOf } = setUp();
    for (const end of [() => restraint.drop('a'), () => restraint.note('a')]) {
      restraint.wish('a');
      await clock.advance(10_000);
      expect(reasonOf('a')).toBeUndefined();
      end();
      restraint.wish('a');
      expect(reasonOf('a')).toBe('DisruptionPending');
      restraint.drop('a');
    }
  });

  it('forgets a wish that nobody renews for 5 min', async () => {
    const { clock, restraint, reasonOf } = setUp();
    for (const key of ['a', 'b', 'c']) restraint.wish(key);
    await clock.advance(299_999);
    expect(reasonOf('a')).toBe('MassDisruption');
    restraint.wish('a');
    await clock.advance(1);
    expect(restraint.wishes).toBe(1);
    expect(reasonOf('a')).toBeUndefined();
  });

  it('K17-HE12 K17-HE13 refuses everybody while more than two want to go, and nobody when they are fewer', async () => {
    const { clock, restraint, reasonOf } = setUp();
    for (const key of ['a', 'b', 'c']) restraint.wish(key);
    await clock.advance(10_000);
    expect(['a', 'b', 'c'].map(reasonOf)).toEqual(['MassDisruption', 'MassDisruption', 'MassDisruption']);
    restraint.drop('c');
    expect(['a', 'b'].map(reasonOf)).toEqual([undefined, undefined]);
  });

  it.each([
    { ours: 14, most: 2 },
    { ours: 15, most: 3 },
    { ours: 99, most: 19 },
  ])('K17-HE14 lets $most of $ours go at once: a fifth, and two at least', async ({ ours, most }) => {
    const { clock, restraint } = setUp({ ours });
    for (let i = 0; i < most; i += 1) restraint.wish(`p${i}`);
    await clock.advance(10_000);
    expect(restraint.tripped).toBe(false);
    restraint.wish('one more');
    expect(restraint.tripped).toBe(true);
  });

  it.each([
    { ours: 10, disruptionShare: 50, disruptionLeast: 2, most: 5 },
    { ours: 10, disruptionShare: 0, disruptionLeast: 1, most: 1 },
    { ours: 10, disruptionShare: 100, disruptionLeast: 1, most: 10 },
    { ours: 3, disruptionShare: 20, disruptionLeast: 3, most: 3 },
  ])('lets $most of $ours go at once with $disruptionShare % and $disruptionLeast', async ({ most, ...options }) => {
    const { clock, restraint } = setUp(options);
    for (let i = 0; i < most; i += 1) restraint.wish(`p${i}`);
    await clock.advance(10_000);
    expect(restraint.tripped).toBe(false);
    restraint.wish('one more');
    expect(restraint.tripped).toBe(true);
  });

  it('lets as many a minute and an hour go as the options say', async () => {
    const world = setUp({ ours: 100, disruptionsPerMinute: 1, disruptionsPerHour: 2 });
    for (const key of ['a', 'b', 'c']) world.restraint.wish(key);
    await world.clock.advance(10_000);
    expect(['a', 'b'].map((key) => act(world, key))).toEqual([undefined, 'DisruptionCapped']);
    expect(world.restraint.refusal('b')?.message).toBe(
      'Due; it goes on in 60 s: pools are deleted or replaced unasked, 1 a minute at most',
    );
    await world.clock.advance(60_000);
    expect(act(world, 'b')).toBeUndefined();
    await world.clock.advance(60_000);
    expect(world.restraint.refusal('c')).toMatchObject({ reason: 'DisruptionCapped', retryAfterMs: 58 * 60_000 });
  });

  it('is lifted by a person, and the caps stay', async () => {
    const world = setUp();
    const keys = ['a', 'b', 'c', 'd'];
    for (const key of keys) world.restraint.wish(key);
    await world.clock.advance(10_000);
    world.fleet.allowMass = true;
    expect(keys.map((key) => act(world, key))).toEqual([undefined, undefined, 'DisruptionCapped', 'DisruptionCapped']);
  });

  it('lets two a minute go, whoever asks', async () => {
    const world = setUp({ ours: 100 });
    for (const key of ['a', 'b', 'c']) world.restraint.wish(key);
    await world.clock.advance(10_000);
    expect(['a', 'b'].map((key) => act(world, key))).toEqual([undefined, undefined]);
    await world.clock.advance(15_000);
    expect(world.restraint.refusal('c')).toMatchObject({ reason: 'DisruptionCapped', retryAfterMs: 45_000 });
    await world.clock.advance(45_000);
    expect(act(world, 'c')).toBeUndefined();
  });

  it('lets ten an hour go', async () => {
    const world = setUp({ ours: 100 });
    for (let i = 0; i < 10; i += 1) {
      world.restraint.wish(`p${i}`);
      await world.clock.advance(60_000);
      expect(act(world, `p${i}`)).toBeUndefined();
    }
    world.restraint.wish('late');
    await world.clock.advance(60_000);
    expect(world.restraint.refusal('late')).toMatchObject({ reason: 'DisruptionCapped', retryAfterMs: 50 * 60_000 });
    for (let minutes = 0; minutes < 50; minutes += 1) {
      world.restraint.wish('late');
      await world.clock.advance(60_000);
    }
    expect(act(world, 'late')).toBeUndefined();
  });

  it('counts a permit as an act until it is used, given back or a minute old', async () => {
    const { clock, restraint, reasonOf } = setUp({ ours: 100 });
    const keys = ['a', 'b', 'c'];
    for (const key of keys) restraint.wish(key);
    await clock.advance(10_000);
    expect(keys.map(reasonOf)).toEqual([undefined, undefined, 'DisruptionCapped']);
    expect(reasonOf('a')).toBeUndefined();
    restraint.drop('a');
    expect(reasonOf('c')).toBeUndefined();
    restraint.wish('d');
    await clock.advance(60_000);
    expect(reasonOf('d')).toBeUndefined();
  });

  it('says what to do in less than 200 bytes', () => {
    const { restraint } = setUp({ ours: 100 });
    for (let i = 0; i < 100; i += 1) restraint.wish(`p${i}`);
    const { message = '' } = restraint.refusal('p0') ?? {};
    expect(message).toBe(
      '100 of 100 pools would be deleted or replaced at once, 20 may be: look for one cause of them all, or set --allow-mass-deletion',
    );
    expect(Buffer.byteLength(message)).toBeLessThan(200);
  });
});
