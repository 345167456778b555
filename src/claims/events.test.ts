import { describe, expect, test } from 'vitest';
import { aMachine } from '../../test/support/claim-builders.ts';
import type { WantedCondition } from '../apis/conditions.ts';
import { withConditions } from '../apis/conditions.ts';
import type { Claim } from '../apis/claim.ts';
import { milestonesBetween } from './events.ts';

type Said = readonly [type: string, status: WantedCondition['status'], reason: string, message?: string];

function saying(...all: readonly Said[]): Claim {
  const claim = aMachine();
  const wanted = all.map(([type, status, reason, message = '']) => ({ type, status, reason, message }));
  return { ...claim, status: { ...claim.status, conditions: withConditions([], wanted, { now: new Date(0) }) } };
}

function told(before: Claim, after: Claim): readonly string[] {
  return milestonesBetween(before, after).map(({ message, reason, type }) => `${type} ${reason}: ${message}`);
}

const creating = saying(['MachineLaunched', 'Unknown', 'Creating']);

describe('milestonesBetween', () => {
  test.each<readonly [Said, string]>([
    [['MachineLaunched', 'False', 'InvalidSpec', 'no size'], 'Warning InvalidSpec: no size'],
    [['MachineLaunched', 'Unknown', 'ClusterBusy', 'it is stopped'], 'Warning ClusterBusy: it is stopped'],
    [['MachineLaunched', 'Unknown', 'Paused', 'would create'], 'Normal Paused: would create'],
    [['InstanceTerminating', 'Unknown', 'WaitingForCluster', 'stopped'], 'Warning WaitingForCluster: stopped'],
    [['InstanceTerminating', 'False', 'OwnershipUnproven', 'whose?'], 'Warning OwnershipUnproven: whose?'],
    [['InstanceTerminating', 'Unknown', 'ReportOnly', 'would delete'], 'Normal ReportOnly: would delete'],
  ])('tells that a claim is held up when it begins: %j', (said, event) => {
    expect(told(creating, saying(said))).toEqual([event]);
    expect(told(saying(said), saying(said))).toEqual([]);
  });

  test('tells of a spec whose mistake is another one now', () => {
    const first = saying(['MachineLaunched', 'False', 'InvalidSpec', 'no size']);
    const second = saying(['MachineLaunched', 'False', 'InvalidSpec', 'not a size']);
    expect(told(first, second)).toEqual(['Warning InvalidSpec: not a size']);
  });

  test('says nothing of what goes on by itself', () => {
    expect(told(aMachine(), creating)).toEqual([]);
    expect(told(creating, saying(['InstanceTerminating', 'Unknown', 'ConfirmingDeletion']))).toEqual([]);
  });
});
