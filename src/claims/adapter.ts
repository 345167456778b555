// What differs between the kinds of claim: where they are served, how they read, and whose they are.
import type { Claim, ClaimKind } from '../apis/claim.ts';
import { claimOfMachine, machines } from '../apis/machine.ts';
import type { Machine } from '../apis/machine.gen.ts';
import type { Resource } from '../apis/resource.ts';
import type { KubeObject } from '../apis/wire.ts';

export interface ClaimAdapter<T extends KubeObject> {
  readonly kind: ClaimKind;
  readonly resource: Resource<T>;
  read(object: T): Claim;
  /** By reference alone: whether the object asks for this provisioner. */
  isOurs(object: T): boolean;
  /** NodeClaim conditions say which generation they speak of; the Machine CRD has no place for it. */
  readonly observesGeneration: boolean;
}

/** Kinds of templates that name this project as the provider. */
const ourTemplateKinds = new Set(['KaitoNodeClass', 'AgentPoolTemplate']);

/**
 * A Machine whose template reference has no kind is ours: KAITO writes such (contract/kaito.md 2.1), and so do people.
 * A kind names a provider, and another provider's Machine is left alone.
 */
export const machineAdapter: ClaimAdapter<Machine> = {
  kind: 'Machine',
  resource: machines,
  read: claimOfMachine,
  isOurs: ({ spec }) => {
    const kind = spec?.machineTemplateRef?.kind;
    return kind === undefined || kind === '' || ourTemplateKinds.has(kind);
  },
  observesGeneration: false,
};
