// Durations as Karpenter's CRDs let them in: whole hours, minutes and seconds, such as 1h30m.

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000 };

// Of its 64 bits of nanoseconds, 292 years; the CRDs' pattern has no end, and what is added to a time must stay one.
const longestMs = 9_223_372_036_854;

/** Milliseconds, at most Go's longest; undefined for anything else, `Never` among it. */
export function parseGoDuration(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:\d+[hms])+$/u.test(text)) return undefined;
  let total = 0;
  for (const [, digits, unit] of text.matchAll(/(\d+)([hms])/gu)) total += Number(digits) * (unitMs[unit ?? ''] ?? 0);
  return Math.min(total, longestMs);
}
