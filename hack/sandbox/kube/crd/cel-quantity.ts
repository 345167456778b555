// quantity() of the Kubernetes CEL libraries: rules compare what resources ask for.
import { EvaluationError, type Environment } from '@marcbachmann/cel-js';
import { InvalidQuantity, parseQuantity, type Quantity } from '../../../../src/apis/quantity.ts';

class CelQuantity {
  readonly amount: Quantity;

  constructor(amount: Quantity) {
    this.amount = amount;
  }
}

const one = parseQuantity('1');

function quantityOf(text: string): CelQuantity {
  try {
    return new CelQuantity(parseQuantity(text));
  } catch (error) {
    if (!(error instanceof InvalidQuantity)) throw error;
    throw new EvaluationError(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    );
  }
}

function isQuantity(text: string): boolean {
  try {
    parseQuantity(text);
    return true;
  } catch (error) {
    if (error instanceof InvalidQuantity) return false;
    throw error;
  }
}

function order(a: Quantity, b: Quantity): bigint {
  return a < b ? -1n : BigInt(a > b);
}

/** Adds the type and its functions to `environment`. */
export function addQuantities(environment: Environment): Environment {
  const type = 'kubernetes.Quantity';
  const receiver = `${type}.`;
  return environment
    .registerType(type, CelQuantity)
    .registerFunction(`quantity(string): ${type}`, quantityOf)
    .registerFunction('isQuantity(string): bool', isQuantity)
    .registerFunction(`${receiver}compareTo(${type}): int`, (a: CelQuantity, b: CelQuantity) =>
      order(a.amount, b.amount),
    )
    .registerFunction(
      `${receiver}isGreaterThan(${type}): bool`,
      (a: CelQuantity, b: CelQuantity) => a.amount > b.amount,
    )
    .registerFunction(`${receiver}isLessThan(${type}): bool`, (a: CelQuantity, b: CelQuantity) => a.amount < b.amount)
    .registerFunction(`${receiver}sign(): int`, (a: CelQuantity) => order(a.amount, 0n))
    .registerFunction(`${receiver}isInteger(): bool`, (a: CelQuantity) => a.amount % one === 0n)
    .registerFunction(`${receiver}asInteger(): int`, (a: CelQuantity) => {
      if (a.amount % one === 0n) return a.amount / one;
      throw new EvaluationError('cannot convert value to integer');
    })
    .registerFunction(`${receiver}asApproximateFloat(): double`, (a: CelQuantity) => Number(a.amount) / Number(one))
    .registerFunction(
      `${receiver}add(${type}): ${type}`,
      (a: CelQuantity, b: CelQuantity) => new CelQuantity(a.amount + b.amount),
    )
    .registerFunction(
      `${receiver}sub(${type}): ${type}`,
      (a: CelQuantity, b: CelQuantity) => new CelQuantity(a.amount - b.amount),
    );
}
