// Numbers of a measurement as text: counts, shares and percentiles.

/** The least of `values` that at least this share of them does not exceed. */
function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

/** Such as `p50 0.12 s, p99 0.40 s, max 0.41 s of 99`; one value stands alone. */
export function spread(valuesMs: readonly number[]): string {
  if (valuesMs.length <= 1) return secondsOf(valuesMs[0]);
  const points = [
    ['p50', percentile(valuesMs, 0.5)],
    ['p99', percentile(valuesMs, 0.99)],
    ['max', percentile(valuesMs, 1)],
  ] as const;
  return `${points.map(([name, value]) => `${name} ${secondsOf(value)}`).join(', ')} of ${valuesMs.length}`;
}

export function secondsOf(ms: number | undefined): string {
  return ms === undefined ? 'never' : `${(ms / 1000).toFixed(2)} s`;
}

/** Such as `1 PUT, 12 LIST`. */
export function countsBy(keys: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].map(([key, count]) => `${count} ${key}`).join(', ') || 'none';
}
