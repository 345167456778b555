// Claims at the moments of their lives that the state table tells apart, and what is remembered of them then.
import type { Claim } from '../../src/apis/claim.ts';
import type { Memory } from '../../src/claims/input.ts';
import { aMachine, at, poolIdOf, timeAt } from './claim-builders.ts';
import type { MachineOptions } from './claim-builders.ts';

/** It was created two seconds ago and has its first status. */
export const spoken = aMachine({ createdAt: -2 });

/** Its PUT was accepted a minute ago. */
export function launched(options: MachineOptions = {}): Claim {
  return aMachine({ intent: {}, record: { poolId: poolIdOf('ws1a2b3c4d5') }, ...options });
}

/** It was bound to its Node two hours ago. */
export function registered(options: MachineOptions = {}): Claim {
  return launched({
    intent: { at: timeAt(-7200) },
    record: {
      poolId: poolIdOf('ws1a2b3c4d5'),
      boundUid: 'node-uid-1',
      boundNode: 'aks-ws1a2b3c4d5-12345678-vmss000000',
    },
    ...options,
  });
}

/** A person deleted it ten seconds ago. */
export function deleting(options: MachineOptions = {}): Claim {
  return registered({ deletingSince: -10, ...options });
}

/** The pool was found without an instance by two looks at its machines, a minute apart. */
export const twiceEmpty: Partial<Memory> = {
  machines: { startedAt: at(-5), machines: [] },
  noMachinesSince: at(-65),
};

/** What is due was wished for a minute ago. */
export const wished: Partial<Memory> = { wished: at(-60) };

/** Its Node has been down for so long by our own clock, and AKS says nothing of it. */
export function unfit(
  forMs: number,
  platform: NonNullable<Memory['unfit']>['platform'] | 'notAsked' = { askedAt: at(0) },
): Partial<Memory> {
  const known = platform === 'notAsked' ? {} : { platform };
  return { unfit: { forMs, at: at(0), runs: true, isGone: false, ...known } };
}
