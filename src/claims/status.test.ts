import { describe, expect, test } from 'vitest';
import { aMachine, aRegisteredNode, noon } from '../../test/support/claim-builders.ts';
import type { Claim, Condition } from '../apis/claim.ts';
import type { Decision } from './decision.ts';
import { viewOfNode } from './node-view.ts';
import { statusPatch } from './status.ts';

const now = new Date(noon);
const live: Pick<Decision, 'face'> = { face: { face: 'ready' } };
const draining: Pick<Decision, 'face' | 'terminating'> = {
  face: { face: 'none' },
  terminating: [{ type: 'Drained', status: 'Unknown', reason: 'Draining', message: '' }],
};

function aNodeClaim({ generation, conditions = [] }: { generation: number; conditions?: readonly Condition[] }): Claim {
  return { ...aMachine({ status: { conditions } }), kind: 'NodeClaim', generation };
}

/** After the patch, by type: of which generation each condition speaks. */
function generations(claim: Claim, decision: Pick<Decision, 'face' | 'terminating'>): unknown {
  const patch = statusPatch(claim, decision, { now, observesGeneration: claim.kind === 'NodeClaim' });
  const conditions = patch?.status['conditions'];
  return Array.isArray(conditions)
    ? Object.fromEntries(conditions.map(({ type, observedGeneration }: Condition) => [type, observedGeneration]))
    : undefined;
}

function conditionsIn(claim: Claim, decision: Pick<Decision, 'face' | 'terminating'>): readonly Condition[] {
  const conditions = statusPatch(claim, decision, { now, observesGeneration: true })?.status['conditions'];
  return Array.isArray(conditions) ? conditions : [];
}

describe('statusPatch', () => {
  test('a Machine says of no generation which one it speaks of: its CRD has no place for that', () => {
    expect(generations(aMachine(), live)).toEqual({
      MachineLaunched: undefined,
      MachineRegistered: undefined,
      MachineInitialized: undefined,
      Ready: undefined,
    });
  });

  test('K17-FI04 observedGeneration follows the generation, also after all conditions are True', () => {
    const first = aNodeClaim({ generation: 1 });
    const conditions = conditionsIn(first, live);
    expect(generations(first, live)).toEqual({ Launched: 1, Registered: 1, Initialized: 1, Ready: 1 });
    expect(generations(aNodeClaim({ generation: 1, conditions }), live)).toBeUndefined();
    expect(generations(aNodeClaim({ generation: 2, conditions }), live)).toEqual({
      Launched: 2,
      Registered: 2,
      Initialized: 2,
      Ready: 2,
    });
  });

  test('K17-FI03 K17-CT03 a deletion, which is a new generation, moves the conditions of its life along and changes none', () => {
    const conditions = [
      ...conditionsIn(aNodeClaim({ generation: 1 }), live),
      { type: 'Somebodys', status: 'True', observedGeneration: 1 },
    ];
    const deleting = aNodeClaim({ generation: 2, conditions });
    expect(generations(deleting, draining)).toEqual({
      Launched: 2,
      Registered: 2,
      Initialized: 2,
      Ready: 2,
      Somebodys: 1,
      Drained: 2,
    });
    const after = conditionsIn(deleting, draining);
    for (const { type, status } of conditions) expect(after.find((one) => one.type === type)?.status).toBe(status);
  });

  test('imageID is the image that the Node runs, on a NodeClaim alone', () => {
    const claim = aNodeClaim({ generation: 1 });
    const node = aRegisteredNode(claim, { labels: { 'kubernetes.azure.com/node-image-version': 'AKSUbuntu-1' } });
    const bound = viewOfNode(node, claim.spec);
    const options = { now, observesGeneration: false };
    expect(statusPatch(claim, { ...live, bound }, options)?.status).toMatchObject({ imageID: 'AKSUbuntu-1' });
    expect(statusPatch(aMachine(), { ...live, bound }, options)?.status).not.toHaveProperty('imageID');
    const told = { ...claim, status: { ...claim.status, imageID: 'AKSUbuntu-1' } };
    expect(statusPatch(told, { ...live, bound }, options)?.status).not.toHaveProperty('imageID');
  });
});
