// The taints of a claim's pool, in AKS's notation, checked by its rules: AKS says no only minutes later.
import type { Taint } from '../apis/wire.ts';
import { isLabelKey, isLabelValue } from './label-rules.ts';
import { PlanRefused } from './plan-refused.ts';

const effects: ReadonlySet<string> = new Set(['NoSchedule', 'PreferNoSchedule', 'NoExecute']);

/** `key=value:Effect`, or `key:Effect` without a value. The same taint twice is one; throws PlanRefused for a bad one. */
export function poolTaints(taints: readonly Taint[]): readonly string[] {
  const byIdentity = new Map<string, string>();
  for (const taint of taints) {
    const written = writeTaint(taint);
    const identity = `${taint.key}:${taint.effect}`;
    const earlier = byIdentity.get(identity);
    if (earlier !== undefined && earlier !== written) {
      throw new PlanRefused(
        `Taints "${earlier}" and "${written}" exclude each other: a key has one value for an effect`,
      );
    }
    byIdentity.set(identity, written);
  }
  return [...byIdentity.values()];
}

function writeTaint({ key, value = '', effect }: Taint): string {
  if (!isLabelKey(key)) throw new PlanRefused(`Taint "${key}" has a malformed key`);
  if (!isLabelValue(value)) throw new PlanRefused(`Taint "${key}" has a malformed value "${value}"`);
  if (!effects.has(effect)) {
    throw new PlanRefused(`Taint "${key}" has the effect "${effect}"; AKS knows ${[...effects].join(', ')}`);
  }
  return value === '' ? `${key}:${effect}` : `${key}=${value}:${effect}`;
}
