// The functions that rules may call: CEL's own and, of the Kubernetes libraries, regular expressions, lists, quantities.
import { Environment, EvaluationError } from '@marcbachmann/cel-js';
import { addQuantities } from './cel-quantity.ts';
import { compilePattern, findAll } from './pattern.ts';
import type { Schema } from './schema.ts';

type Comparable = string | number | bigint | boolean | Date;

function isComparable(value: unknown): value is Comparable {
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value) || value instanceof Date;
}

function comparables(list: readonly unknown[]): readonly Comparable[] {
  if (!list.every(isComparable)) throw new EvaluationError('no such overload');
  return list;
}

function isSorted(list: readonly unknown[]): boolean {
  const items = comparables(list);
  return items.every((item, index) => {
    const before = items[index - 1];
    return before === undefined || before <= item;
  });
}

function extreme(list: readonly unknown[], name: 'min' | 'max'): unknown {
  const items = comparables(list);
  if (items.length === 0) throw new EvaluationError(`${name} called on empty list`);
  return items.reduce((best, each) => ((name === 'min' ? each < best : each > best) ? each : best));
}

function sum(list: readonly unknown[]): unknown {
  if (list.every((each) => typeof each === 'bigint')) return list.reduce((total, each) => total + each, 0n);
  if (list.every((each) => typeof each === 'number')) return list.reduce((total, each) => total + each, 0);
  throw new EvaluationError('no such overload');
}

function find(text: string, pattern: string): string {
  return findAll(pattern, text, 1)[0] ?? '';
}

// The method `matches` is cel-js's own and cannot be replaced: it reads patterns as JavaScript does, so that a rule with
// RE2's (?i) or [[:digit:]] in it fails. Optional types are part of every rule since 1.29; lists and maps may mix types as in cel-go.
const base = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false })
  .registerFunction('string.find(string): string', find)
  .registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) => findAll(pattern, text))
  .registerFunction('string.findAll(string, int): list<string>', (text: string, pattern: string, limit: bigint) =>
    findAll(pattern, text, limit < 0n ? Number.POSITIVE_INFINITY : Number(limit)),
  )
  .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
    text.replaceAll(from, () => to),
  )
  .registerFunction('matches(string, string): bool', (text: string, pattern: string) =>
    compilePattern(pattern).test(text),
  )
  .registerFunction('list.isSorted(): bool', isSorted)
  .registerFunction('list.sum(): dyn', sum)
  .registerFunction('list.min(): dyn', (list: readonly unknown[]) => extreme(list, 'min'))
  .registerFunction('list.max(): dyn', (list: readonly unknown[]) => extreme(list, 'max'))
  .registerFunction('list.indexOf(dyn): int', (list: readonly unknown[], item: unknown) => BigInt(list.indexOf(item)))
  .registerFunction('list.lastIndexOf(dyn): int', (list: readonly unknown[], item: unknown) =>
    BigInt(list.lastIndexOf(item)),
  );

addQuantities(base);

const celTypes: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'int',
  number: 'double',
  boolean: 'bool',
};
const environments = new Map<string, Environment>();

/** Where rules on values of `schema` are compiled: `self` and `oldSelf` are scalars of its type, or dynamic. */
export function environmentFor(schema: Schema): Environment {
  const special = schema.intOrString || (schema.format !== undefined && schema.type === 'string');
  const type = (!special && schema.type !== undefined && celTypes[schema.type]) || 'dyn';
  const known = environments.get(type);
  if (known !== undefined) return known;
  const made = base.clone().registerVariable('self', type).registerVariable('oldSelf', type);
  environments.set(type, made);
  return made;
}
