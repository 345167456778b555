// Drawing one of several choices, each as often as its share says.
import type { Policies } from '../../src/claims/policies.ts';
import type { Random } from './random.ts';
import type { ClaimKindName, ClaimLike, ReplicaName } from './schedule.ts';

export function weighted<T>(random: Random, choices: readonly (readonly [share: number, choice: T])[]): T {
  let left = random.next() * choices.reduce((sum, [share]) => sum + share, 0);
  for (const [share, choice] of choices) {
    left -= share;
    if (left < 0) return choice;
  }
  throw new RangeError('Nothing to choose from');
}

export function replicaOf(random: Random): ReplicaName {
  // The first replica leads more often than not.
  return random.chance(0.65) ? 'a' : 'b';
}

export function kindOf(random: Random): ClaimKindName {
  return random.chance(0.6) ? 'machines' : 'nodeclaims';
}

/** A claim may be too old only where the policies heed it. */
export function likeOf(random: Random, { expireNodeClaims }: Partial<Policies>): ClaimLike {
  if (expireNodeClaims === true && random.chance(0.3)) return 'expiring';
  return random.pick([
    'usual',
    'usual',
    'usual',
    'usual',
    'usual',
    'usual',
    'startupTaint',
    'startupTaint',
    'invalid',
    'foreign',
  ]);
}
