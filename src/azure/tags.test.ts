import { describe, expect, it } from 'vitest';
import { ownerTagsFor, readOwnerTags } from './tags.ts';

const claim = { kind: 'Machine', name: 'ws1', uid: 'u1' } as const;

describe('ownerTagsFor', () => {
  it('names the claim with tag names that Azure takes', () => {
    const tags = ownerTagsFor(claim);
    expect(tags).toEqual({
      'gpu-provisioner-schema': '1',
      'gpu-provisioner-kind': 'Machine',
      'gpu-provisioner-name': 'ws1',
      'gpu-provisioner-uid': 'u1',
      'gpu-provisioner-mode': 'dedicated',
    });
    for (const name of Object.keys(tags)) expect(name).not.toMatch(/[<>%&\\?/]|^(azure|microsoft|windows)/i);
  });
});

describe('readOwnerTags', () => {
  it('reads what was written, in any case, beside the tags of others', () => {
    const shouted = Object.entries(ownerTagsFor(claim)).map(([name, value]) => [name.toUpperCase(), value]);
    expect(readOwnerTags({ team: 'ml', ...Object.fromEntries(shouted) })).toEqual({
      schema: '1',
      kind: 'Machine',
      name: 'ws1',
      uid: 'u1',
      mode: 'dedicated',
    });
  });

  it('tells lost tags from no tags', () => {
    expect(readOwnerTags({ 'gpu-provisioner-uid': 'u1' })).toEqual({ uid: 'u1' });
    expect(readOwnerTags({ 'gpu-provisioner-version': '1', team: 'ml' })).toBeUndefined();
  });
});
