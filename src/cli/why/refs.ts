// Names as kubectl takes them: `machine/ws1`, `nodeclaim/ws1`.
import type { ClaimIdentity, ClaimKind } from '../../apis/claim.ts';

const words: Readonly<Record<ClaimKind, string>> = { Machine: 'machine', NodeClaim: 'nodeclaim' };

export function refOf({ kind, name }: Pick<ClaimIdentity, 'kind' | 'name'>): string {
  return `${words[kind]}/${name}`;
}
