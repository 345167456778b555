// A length of time as messages have it.

export function minutes(ms: number): string {
  return `${Math.round(ms / 60_000)} min`;
}
