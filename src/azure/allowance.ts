// What a claim's requirements allow for one label: several of them for a key all have to hold.
import type { Requirement } from '../apis/claim.ts';

export interface Allowance {
  /** Whether any requirement is about it. */
  readonly asked: boolean;
  /** Values named by `In` that every requirement allows, in the order of the first `In`; `undefined` when none is an `In`. */
  readonly named?: readonly string[];
  allows(value: string): boolean;
}

export interface AllowanceOptions {
  /** How values are compared; Kubernetes' way unless Azure's names are meant. */
  readonly same?: (a: string, b: string) => boolean;
}

/** Reads the requirements on any of `keys` as one. An operator that means nothing for names (`Gt`, `Lt`) allows nothing. */
export function allowanceOf(
  requirements: readonly Requirement[],
  keys: readonly string[],
  { same = (a, b) => a === b }: AllowanceOptions = {},
): Allowance {
  const relevant = requirements.filter(({ key }) => keys.includes(key));
  const allows = (value: string): boolean => relevant.every((requirement) => allowsBy(requirement, value, same));
  const first = relevant.find(({ operator }) => operator === 'In');
  if (first === undefined) return { asked: relevant.length > 0, allows };
  return { asked: true, named: [...new Set(first.values)].filter(allows), allows };
}

function allowsBy(requirement: Requirement, value: string, same: (a: string, b: string) => boolean): boolean {
  const isNamed = requirement.values?.some((named) => same(named, value)) ?? false;
  if (requirement.operator === 'In') return isNamed;
  if (requirement.operator === 'NotIn') return !isNamed;
  return requirement.operator === 'Exists';
}
