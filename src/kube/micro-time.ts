// Kubernetes' MicroTime: six digits after the second. The API server refuses a Date's three (kubernetes-client/javascript#828).

/** `2026-01-31T12:00:00.123000Z`, as Lease and Event want it. */
export function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}
