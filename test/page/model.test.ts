// What the page makes of a feed before anything is drawn.
import { describe, expect, test } from 'vitest';
import { barOf, scaleOf } from '../../src/status/page/bars.ts';
import { fleetOf, guideOf, matches, needsOf, poolsByNeed } from '../../src/status/page/model.ts';
import { durationText, moneyText, priceText, sizeText } from '../../src/status/page/words.ts';
import { aClaim, aFeed, anOrdinaryDay } from './feeds.ts';

const { at } = aFeed();

describe('durationText', () => {
  test.each([
    [-1, '0s'],
    [0.9, '0s'],
    [59, '59s'],
    [60, '1m'],
    [61, '1m 1s'],
    [3599, '59m 59s'],
    [3600, '1h'],
    [3661, '1h 1m'],
    [86_400, '1d'],
    [90_000, '1d 1h'],
    [86_400 * 400, '400d'],
  ])('%d s are %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});

test('guideOf knows no reason that the feed does not explain, whatever its name', () => {
  const guide = { means: 'No quota.', todo: 'Ask for more.' };
  const feed = aFeed({ guides: { QuotaExceeded: guide } });
  expect(guideOf(feed, 'QuotaExceeded')).toBe(guide);
  expect(guideOf(feed, 'constructor')).toBeUndefined();
  expect(guideOf(feed, undefined)).toBeUndefined();
});

test('moneyText has cents, and thousands apart', () => {
  expect(moneyText(1234.5)).toBe('1,234.50');
});

test('priceText tells what is unknown from what costs nothing', () => {
  expect([priceText(undefined), priceText(0), priceText(0.526)]).toEqual(['unknown', '–', '0.53']);
});

test('sizeText leaves out what every size begins with', () => {
  expect([sizeText('Standard_NC6s_v3'), sizeText('standard_nc6'), sizeText('Other')]).toEqual([
    'NC6s_v3',
    'nc6',
    'Other',
  ]);
});

describe('fleetOf', () => {
  test('a Ready claim without its GPUs is stuck, and neither it nor its GPUs count as ready', () => {
    const went = [
      ['launching', 1],
      ['ready', 1],
    ] as const;
    const claims = [
      aClaim({ name: 'a', went }),
      aClaim({ name: 'b', went, attention: 'stuck', reason: 'NoDevicePlugin' }),
      aClaim({ name: 'c', went, reason: 'AwaitingGpus' }),
    ];
    expect(fleetOf(aFeed({ claims }))).toMatchObject({ claims: 3, ready: 2, gpusAsked: 3, gpusReady: 1 });
  });

  test('a claim that goes asks for no GPU any more', () => {
    const claims = [aClaim({ name: 'a', went: [['deleting', 1]] })];
    expect(fleetOf(aFeed({ claims }))).toMatchObject({ gpusAsked: 0, gpusReady: 0 });
  });

  test('pools of other people cost us nothing, and a price that nobody knows is told apart', () => {
    const [leak, ...others] = poolsByNeed(anOrdinaryDay().pools);
    if (leak === undefined) throw new RangeError('There is a leak on an ordinary day');
    const { usdPerHour: _unknown, ...unpriced } = leak;
    const pools = [leak, { ...unpriced, name: 'b' }, { ...leak, name: 'c', ownership: 'foreign' as const }];
    expect(others.at(-1)?.ownership).toBe('foreign');
    expect(fleetOf(aFeed({ pools }))).toMatchObject({ usdPerHour: 3.673, unpriced: 1, leakUsdPerHour: 3.673 });
  });
});

describe('needsOf', () => {
  test('claims that say the same of the same phase are one cause, in the order of the feed', () => {
    const reasons = [
      ['a', 'QuotaExceeded'],
      ['b', 'InvalidSpec'],
      ['c', 'QuotaExceeded'],
    ] as const;
    const claims = reasons.map(([name, reason]) =>
      aClaim({ name, reason, attention: 'stuck', went: [['launching', 1]] }),
    );
    const groups = needsOf(aFeed({ claims }));
    const names = groups.map(({ needs }) => needs.map((need) => (need.is === 'leak' ? '' : need.claim.name)));
    expect(names).toEqual([['a', 'c'], ['b']]);
  });

  test('nothing is needed of a fleet that is well', () => {
    expect(needsOf(aFeed({ claims: [aClaim({ name: 'a', went: [['ready', 1]] })] }))).toEqual([]);
  });
});

describe('matches', () => {
  const claim = aClaim({ name: 'ws1', workspace: 'research/llama', reason: 'QuotaExceeded', went: [['launching', 1]] });

  test.each(['', '  ', 'WS1', 'llama quota', 'machine launching', 'a100'])('"%s" finds it', (filter) => {
    expect(matches(claim, filter)).toBe(true);
  });

  test.each(['ws2', 'llama capacity', 'ready'])('"%s" does not', (filter) => {
    expect(matches(claim, filter)).toBe(false);
  });
});

describe('barOf', () => {
  const ready = aClaim({
    name: 'a',
    went: [
      ['launching', 200],
      ['registering', 100],
      ['initializing', 100],
      ['ready', 1_000_000],
    ],
  });

  test('parts are as long as they took; the time that it has been Ready is a tail', () => {
    const scale = scaleOf([ready], at);
    const { parts, rest } = barOf(ready, { at, scale });
    expect(parts.map(({ isTail, shown, weight }) => [shown, Math.round(weight), isTail])).toEqual([
      ['launching', 200, false],
      ['registering', 100, false],
      ['initializing', 100, false],
      ['ready', Math.round(scale - 400), true],
    ]);
    expect(rest).toBeCloseTo(0);
  });

  test('one that is on its way leaves the rest of the bar empty', () => {
    const young = aClaim({ name: 'b', went: [['launching', 100]] });
    expect(barOf(young, { at, scale: 400 })).toEqual({
      parts: [{ shown: 'launching', weight: 100, isTail: false }],
      rest: 300,
      text: 'launching for 1m 40s',
    });
  });

  test('one that takes longer than all others fills the bar, and the last part of a stuck one says so', () => {
    const stuck = aClaim({ name: 'c', attention: 'stuck', went: [['launching', 90_000]] });
    expect(barOf(stuck, { at, scale: 400 })).toMatchObject({ parts: [{ shown: 'stuck' }], rest: 0 });
  });

  test('the scale is that of the longest way that was gone, and one that never ends does not stretch it', () => {
    const young = aClaim({ name: 'b', went: [['launching', 90_000]] });
    expect(scaleOf([], at)).toBe(300);
    expect(scaleOf([young, ready], at)).toBeCloseTo(400 / 0.88);
    const slow = aClaim({
      name: 'd',
      went: [
        ['launching', 90_000],
        ['ready', 1],
      ],
    });
    expect(scaleOf([slow], at)).toBe(3600);
  });
});
