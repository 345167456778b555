// Reading what is known of a claim's pool.
import type { PoolState, PresentPool } from './input.ts';

export function isPresent(pool: PoolState): pool is PresentPool {
  return pool.phase !== 'unknown' && pool.phase !== 'absent';
}

/** Its last operation came to nothing; its Node may work all the same. */
export function isBroken({ phase }: PresentPool): boolean {
  return phase === 'failed' || phase === 'canceled';
}

/** Nothing is at work on it and nobody wants it to be empty: a Node that it does not have is missing. */
export function shouldHaveNode(pool: PoolState): pool is PresentPool {
  if (!isPresent(pool)) return false;
  const atRest = pool.phase === 'settled' || isBroken(pool);
  return atRest && pool.pool.power === 'running' && pool.pool.count >= 1;
}
