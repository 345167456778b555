// Ownership tags on a pool: the proof, kept in Azure, of which claim a pool was made for.
import type { ClaimIdentity } from '../apis/claim.ts';

// Azure refuses `< > % & \ ? /` in tag names, and the prefixes azure, microsoft and windows; names have no case.
const prefix = 'gpu-provisioner-';
const fields = ['schema', 'kind', 'name', 'uid', 'mode'] as const;

/** What the tags say; each field is absent when its tag is. */
export interface OwnerTags {
  readonly schema?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly mode?: string;
}

/** The tags that a new pool of this claim carries. */
export function ownerTagsFor(claim: Pick<ClaimIdentity, 'kind' | 'name' | 'uid'>): Record<string, string> {
  const values = { schema: '1', kind: claim.kind, name: claim.name, uid: claim.uid, mode: 'dedicated' };
  return Object.fromEntries(fields.map((field) => [`${prefix}${field}`, values[field]]));
}

/**
 * The tags of ours on a pool, or `undefined` when it has none: then nothing is known, not that nobody owns it. Every look at every
 * pool asks for them.
 */
export function readOwnerTags(tags: Readonly<Record<string, string>>): OwnerTags | undefined {
  const found: { -readonly [Field in keyof OwnerTags]: string } = {};
  let some = false;
  for (const [tag, value] of Object.entries(tags)) {
    const name = tag.toLowerCase();
    if (!name.startsWith(prefix)) continue;
    const field = fields.find((one) => name.length === prefix.length + one.length && name.endsWith(one));
    if (field === undefined) continue;
    found[field] = value;
    some = true;
  }
  return some ? found : undefined;
}
