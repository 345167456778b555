// Kubernetes quantities ("50Gi", "1.5", "100m"), exact: fractions and exabytes in one integer type.

/** An amount in thousand-millionths, the finest step that Kubernetes knows. Compare and add as any bigint. */
export type Quantity = bigint;

/** It is not a quantity. */
export class InvalidQuantity extends Error {
  readonly code = 'INVALID_QUANTITY';

  constructor(text: string | number) {
    super(`Cannot read "${text}" as a quantity`);
    this.name = 'InvalidQuantity';
  }
}

// apimachinery's format: a signed decimal with a suffix or an exponent. `1E` is an exabyte, `1E3` a thousand.
const format = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,2}))?$/;
// Longer than any amount of anything, and short enough for one number of a few hundred digits.
const longestText = 64;
const finestPower = -9;

const decimalPowers: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binaryPowers: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };

/** Reads a quantity; what is finer than it can hold is rounded away from zero, as Kubernetes does. Throws InvalidQuantity. */
export function parseQuantity(text: string | number): Quantity {
  const written = String(text);
  const match = written.length > longestText ? null : format.exec(written);
  if (match === null) throw new InvalidQuantity(text);
  const [, sign = '', decimal = '', suffix = '', exponent = '0'] = match;
  const [whole = '', fraction = ''] = decimal.split('.');
  const digits = BigInt(`${whole}${fraction}`) * 2n ** (binaryPowers[suffix] ?? 0n);
  const power = (decimalPowers[suffix] ?? 0) + Number(exponent) - fraction.length - finestPower;
  const size = power >= 0 ? digits * 10n ** BigInt(power) : divideUp(digits, 10n ** BigInt(-power));
  return sign === '-' ? -size : size;
}

/** The least whole number of `unit`s that holds `quantity`. */
export function roundUp(quantity: Quantity, unit: Quantity): bigint {
  return divideUp(quantity, unit);
}

function divideUp(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b > 0n ? quotient + 1n : quotient;
}
