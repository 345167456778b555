// How KAITO's releases differ as clients of a provisioner.
import { kaitoMachine } from './machines.ts';
import { aksNodeClass, kaitoNodeClaim } from './nodeclaims.ts';
import { conditionOf, isTrue, type Thing } from './world-things.ts';

export type KaitoRelease = 'v0.3.0' | 'v0.4.1' | 'v0.4.6' | 'v0.12.0';

export interface Ways {
  readonly kind: 'Machine' | 'NodeClaim';
  readonly claim: (wish: { readonly name: string; readonly labels: Readonly<Record<string, string>> }) => object;
  /** Whether it waits for such a claim instead of creating another one. */
  readonly isPending: (claim: Thing) => boolean;
  /** When it reads a lack of capacity: once after the creation, byte for byte, or whenever it looks, anywhere in the message. */
  readonly readsCapacity: 'once' | 'always' | 'never';
  /** Whether it stands still until a claim is Ready, or looks again later. */
  readonly blocks: boolean;
}

/** With Unknown it would create another one. */
const falseOrNew = (machine: Thing): boolean => {
  const { conditions = [] } = machine.status ?? {};
  return conditions.length === 0 || conditionOf(machine, 'MachineInitialized')?.status === 'False';
};
const notInitialized = (claim: Thing): boolean => !isTrue(claim, 'Initialized');

export const ways: Readonly<Record<KaitoRelease, Ways>> = {
  // pkg/machine/machine.go
  'v0.3.0': { kind: 'Machine', claim: kaitoMachine, isPending: falseOrNew, readsCapacity: 'once', blocks: true },
  // pkg/utils/machine/machine.go: the same in another place
  'v0.4.1': { kind: 'Machine', claim: kaitoMachine, isPending: falseOrNew, readsCapacity: 'once', blocks: true },
  // pkg/utils/nodeclaim/nodeclaim.go
  'v0.4.6': {
    kind: 'NodeClaim',
    claim: (wish) => kaitoNodeClaim({ ...wish, nodeClassRef: aksNodeClass, requests: { storage: '1024Gi' } }),
    isPending: notInitialized,
    readsCapacity: 'always',
    blocks: true,
  },
  // Claims that are being deleted count as existing, whatever they say.
  'v0.12.0': {
    kind: 'NodeClaim',
    claim: kaitoNodeClaim,
    isPending: () => false,
    readsCapacity: 'never',
    blocks: false,
  },
};
