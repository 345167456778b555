// Which agent pool a claim gets: its own name where AKS takes it, else one that follows from who the claim is.
import { createHash } from 'node:crypto';
import type { ClaimIdentity } from '../apis/claim.ts';

// AKS's rule for Linux pools.
const legalName = /^[a-z][a-z0-9]{0,11}$/;
const reservedNames: ReadonlySet<string> = new Set(['aksmanagedap']);
const base32 = 'abcdefghijklmnopqrstuvwxyz234567';
const hashedDigits = 11;

/**
 * The pool's name: deterministic, always legal, never reserved. A name that fits is kept, because dashboards and people
 * know KAITO's names; another becomes `g` and 55 bits of a hash of kind and UID, so that a recreated claim gets another pool.
 */
export function poolNameOf(claim: Pick<ClaimIdentity, 'kind' | 'name' | 'uid'>): string {
  return isPoolName(claim.name) ? claim.name : `g${digitsOf(`${claim.kind}/${claim.uid}`)}`;
}

/** Whether AKS takes it as the name of a pool that a user may create. */
export function isPoolName(name: string): boolean {
  return legalName.test(name) && !reservedNames.has(name);
}

/** Names that AKS keeps for pools of its own. */
export function isReservedPoolName(name: string): boolean {
  return reservedNames.has(name.toLowerCase());
}

function digitsOf(text: string): string {
  let rest = createHash('sha256').update(text).digest().readBigUInt64BE();
  let digits = '';
  for (let i = 0; i < hashedDigits; i += 1) {
    digits += base32.charAt(Number(rest % 32n));
    rest /= 32n;
  }
  return digits;
}
