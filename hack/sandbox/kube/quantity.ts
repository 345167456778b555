// Quantities as the real server writes them back: `1000m` becomes `1`, `1024Mi` becomes `1Gi`.
import { isObject, type Json } from './json.ts';

const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimal: { readonly [suffix: string]: number } = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const decimalByPower = new Map(Object.entries(decimal).map(([suffix, power]) => [power, suffix]));
const nano = 9;

interface Parsed {
  /** In billionths, so that every legal quantity is a whole number. */
  readonly nanos: bigint;
  readonly format: 'binary' | 'decimal' | 'exponent';
}

function parse(text: string): Parsed | undefined {
  const [, sign, whole = '', , fraction = '', suffix = ''] =
    /^([+-]?)(\d*)(\.(\d*))?((?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?)$/.exec(text) ?? [];
  if (sign === undefined || (whole === '' && fraction === '')) return undefined;
  const exponent = /^[eE]([+-]?\d+)$/.exec(suffix)?.[1];
  const power = binary.indexOf(suffix);
  const digits = BigInt(`${whole}${fraction}` || '0');
  const shift =
    nano - fraction.length + (exponent === undefined ? (power > 0 ? 0 : (decimal[suffix] ?? 0)) : Number(exponent));
  const scaled = power > 0 ? digits * 1024n ** BigInt(power) : digits;
  // Below a billionth the real server rounds up.
  const nanos =
    shift >= 0 ? scaled * 10n ** BigInt(shift) : (scaled + 10n ** BigInt(-shift) - 1n) / 10n ** BigInt(-shift);
  const format = power > 0 ? 'binary' : exponent === undefined ? 'decimal' : 'exponent';
  return { nanos: sign === '-' ? -nanos : nanos, format };
}

/** The canonical form, or undefined when it is no quantity. */
export function canonicalQuantity(value: Json | undefined): string | undefined {
  const parsed =
    typeof value === 'number' ? parse(String(value)) : typeof value === 'string' ? parse(value) : undefined;
  if (parsed === undefined) return undefined;
  const { nanos, format } = parsed;
  if (nanos === 0n) return '0';
  const unit = 10n ** BigInt(nano);
  if (format === 'binary' && nanos % unit === 0n && (nanos >= 1024n * unit || nanos <= -1024n * unit)) {
    let amount = nanos / unit;
    let power = 0;
    while (amount % 1024n === 0n && power < binary.length - 1) {
      amount /= 1024n;
      power++;
    }
    return `${amount}${binary[power]}`;
  }
  let amount = nanos;
  let exponent = -nano;
  while (amount % 1000n === 0n && exponent < 18) {
    amount /= 1000n;
    exponent += 3;
  }
  if (format === 'exponent') return exponent === 0 ? `${amount}` : `${amount}e${exponent}`;
  return `${amount}${decimalByPower.get(exponent) ?? ''}`;
}

/** Writes every quantity of a resource list canonically; what is no quantity stays for the validation to find. */
export function canonicalize(list: Json | undefined): void {
  if (!isObject(list)) return;
  for (const [name, value] of Object.entries(list)) list[name] = canonicalQuantity(value) ?? value;
}
