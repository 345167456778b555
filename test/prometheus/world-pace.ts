// Ranges of an expression at the pace of a world, whose time runs faster than Prometheus' own.
import { usualRate } from '../support/world.ts';

const seconds = { s: 1, m: 60, h: 3600 } as const;

/** `[10m]` of the world is half a minute of ours; numbers of seconds in it are the world's already. */
export function atWorldPace(expr: string): string {
  return expr.replaceAll(/\[(\d+)([smh])\]/gu, (_, count: string, unit: keyof typeof seconds) => {
    const ours = (Number(count) * seconds[unit]) / usualRate;
    return `[${Math.ceil(ours)}s]`;
  });
}
