import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidQuantity, parseQuantity, roundUp } from './quantity.ts';

const one = 1_000_000_000n;

describe('parseQuantity', () => {
  it.each([
    ['0', 0n],
    ['1', one],
    [1, one],
    [0.5, one / 2n],
    ['+1', one],
    ['-1', -one],
    ['1.5', (one * 3n) / 2n],
    ['.5', one / 2n],
    ['5.', 5n * one],
    ['100m', one / 10n],
    ['1u', 1000n],
    ['1n', 1n],
    ['1k', 1000n * one],
    ['1E', 10n ** 18n * one],
    ['1E3', 1000n * one],
    ['1e3', 1000n * one],
    ['12e-1', (one * 12n) / 10n],
    [1e21, 10n ** 21n * one],
    ['1Ki', 1024n * one],
    ['1.5Gi', 3n * 2n ** 29n * one],
    ['50Gi', 50n * 2n ** 30n * one],
    ['1Ei', 2n ** 60n * one],
  ])('reads %s', (text, expected) => {
    expect(parseQuantity(text)).toBe(expected);
  });

  it.each([
    ['0.0000000001', 1n],
    ['-0.0000000001', -1n],
    ['1.0000000001', one + 1n],
  ])('rounds %s away from zero', (text, expected) => {
    expect(parseQuantity(text)).toBe(expected);
  });

  it.each([
    '',
    ' 1',
    '1 Gi',
    'Gi',
    '1gi',
    '1K',
    '1.2.3',
    '--1',
    '1e',
    '1e1000',
    '0x10',
    'NaN',
    Number.NaN,
    Infinity,
    `1${'0'.repeat(64)}`,
  ])('throws on %j', (text) => {
    expect(() => parseQuantity(text)).toThrow(InvalidQuantity);
  });

  it('keeps the order of what it reads', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 30n), fc.bigInt(0n, 10n ** 30n), (a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        expect(parseQuantity(`${less}`) <= parseQuantity(`${more}`)).toBe(true);
        expect(parseQuantity(`${a}Ki`)).toBe(1024n * parseQuantity(`${a}`));
        expect(parseQuantity(`${a}m`)).toBe(parseQuantity(`${a}`) / 1000n);
      }),
    );
  });
});

describe('roundUp', () => {
  it('is the least number of units that holds the quantity', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 24n), fc.bigInt(1n, 10n ** 12n), (quantity, unit) => {
        const units = roundUp(quantity, unit);
        expect(units * unit >= quantity).toBe(true);
        expect((units - 1n) * unit < quantity).toBe(true);
      }),
    );
  });
});
