// What the two writes to ARM have in common: whose error it was, how long to hold back, a look that informs the next pass.
import type { KubeObject } from '../apis/wire.ts';
import { ArmError, ArmNotNow } from '../azure/arm-errors.ts';
import { causeOf } from '../azure/causes.ts';
import type { Cause } from '../azure/cause.ts';
import type { ClaimWriter } from './claim-writer.ts';
import type { LifecycleContext, Pass } from './context.ts';
import type { Instant } from './input.ts';
import type { Memories } from './memories.ts';
import type { Released } from './released.ts';

/** What carries out a step works with. */
export interface Hands<T extends KubeObject> {
  readonly context: LifecycleContext<T>;
  readonly memories: Memories;
  readonly released: Released;
  readonly writer: ClaimWriter<T>;
  readonly pass: Pass;
}

/** Conflicts and errors come back within a minute at the latest; longer paces are kept in the record. */
const longestHoldMs = 60_000;

export function isOfAzure(error: unknown): boolean {
  return error instanceof ArmError || error instanceof ArmNotNow;
}

/** Somewhere between the pace's ends, so that many claims do not come back at one moment; throttling says the time itself. */
export function holdFor(cause: Cause, now: Instant, random: () => number): Instant {
  const { minMs, maxMs } = cause.retry;
  const spread = cause.kind === 'throttled' ? 1000 : Math.max(0, Math.min(maxMs, longestHoldMs) - minMs);
  const waitMs = minMs + random() * spread;
  return { ms: now.ms + waitMs, apiMs: now.apiMs + waitMs };
}

/** A GET that informs the next pass; should it fail, the shared LIST does. */
export async function lookNow<T extends KubeObject>(
  poolName: string,
  { context: { inventory, log }, pass }: Pick<Hands<T>, 'context' | 'pass'>,
): Promise<void> {
  try {
    await inventory.refresh(poolName, { signal: pass.signal });
  } catch (error) {
    if (!isOfAzure(error)) throw error;
    log.debug({ pool: poolName, reason: causeOf(error).reason }, 'look failed');
  }
}
