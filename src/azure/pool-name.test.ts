import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPoolName, isReservedPoolName, poolNameOf } from './pool-name.ts';

const legal = /^[a-z][a-z0-9]{0,11}$/;
const identity = fc.record({
  kind: fc.constantFrom('Machine' as const, 'NodeClaim' as const),
  name: fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9.-]{1,63}$/), fc.stringMatching(/^[a-z][a-z0-9]{0,12}$/)),
  uid: fc.uuid(),
});

describe('poolNameOf', () => {
  it('is always a name that AKS takes', () => {
    fc.assert(
      fc.property(identity, (claim) => {
        expect(poolNameOf(claim)).toMatch(legal);
        expect(isPoolName(poolNameOf(claim))).toBe(true);
      }),
    );
  });

  it('is the same for the same claim, and the name itself where it fits', () => {
    fc.assert(
      fc.property(identity, (claim) => {
        expect(poolNameOf({ ...claim })).toBe(poolNameOf(claim));
        const fits = legal.test(claim.name) && claim.name !== 'aksmanagedap';
        expect(poolNameOf(claim)).toMatch(fits ? new RegExp(`^${claim.name}$`) : /^g[a-z2-7]{11}$/);
      }),
    );
  });

  it('differs for another kind, and for a recreated claim', () => {
    const claim = { kind: 'Machine', name: 'my-gpu-machine', uid: 'u1' } as const;
    const names = [claim, { ...claim, kind: 'NodeClaim' as const }, { ...claim, uid: 'u2' }].map(poolNameOf);
    expect(new Set(names).size).toBe(3);
  });

  it('stays what it is in running clusters', () => {
    expect(poolNameOf({ kind: 'Machine', name: 'my-gpu-machine', uid: '4c1f' })).toMatchInlineSnapshot(
      `"gak5bmxww6m5"`,
    );
  });

  it.each([
    ['ws6fa1b2c3d', 'ws6fa1b2c3d'],
    ['a', 'a'],
    ['a23456789012', 'a23456789012'],
  ])('keeps %s', (name, expected) => {
    expect(poolNameOf({ kind: 'Machine', name, uid: 'u' })).toBe(expected);
  });

  it.each(['aksmanagedap', 'A', '1a', 'a-b', 'a.b', 'a234567890123', '', 'a\n'])('does not keep %j', (name) => {
    expect(poolNameOf({ kind: 'Machine', name, uid: 'u' })).toMatch(/^g[a-z2-7]{11}$/);
  });
});

describe('isReservedPoolName', () => {
  it("knows AKS's own pool in any case", () => {
    expect([isReservedPoolName('AKSManagedAP'), isReservedPoolName('aks')]).toEqual([true, false]);
  });
});
