// Durations as people say them: `45s`, `6m10s`, `3h5m`, `4d2h`.

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** The two largest units, rounded down; nothing is shorter than 0s. */
export function lasted(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const first = units.findIndex(([, size]) => seconds >= size);
  const [unit, size] = units[first] ?? ['s', 1];
  const [next, smaller] = units[first + 1] ?? ['', 0];
  const rest = smaller === 0 ? 0 : Math.floor((seconds % size) / smaller);
  return `${Math.floor(seconds / size)}${unit}${rest === 0 ? '' : `${rest}${next}`}`;
}
