import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalQuantity } from './quantity.ts';

test.each([
  ['1000m', '1'],
  ['0.5', '500m'],
  ['1024Mi', '1Gi'],
  ['1025Mi', '1025Mi'],
  ['100Mi', '100Mi'],
  ['1000', '1k'],
  ['1234', '1234'],
  ['1e3', '1e3'],
  ['0', '0'],
  ['-1.5', '-1500m'],
  [4, '4'],
  ['24', '24'],
])('canonicalQuantity writes %s as %s', (given, expected) => {
  expect(canonicalQuantity(given)).toBe(expected);
});

test.each(['', 'x', '1Q', '1 Gi', '--1'])('canonicalQuantity does not take "%s"', (given) => {
  expect(canonicalQuantity(given)).toBeUndefined();
});

test('canonicalQuantity leaves a canonical quantity as it is', () => {
  const suffixes = fc.constantFrom('', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000 }), suffixes, (amount, suffix) => {
      const once = canonicalQuantity(`${amount}${suffix}`);
      expect(canonicalQuantity(once)).toBe(once);
    }),
  );
});
