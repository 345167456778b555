// What decide says, wherever it says it, is in the table of reasons: its places and its events are no hearsay.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawnInput } from '../../test/support/drawn-input.ts';
import { withConditions } from '../apis/conditions.ts';
import type { Claim } from '../apis/claim.ts';
import { decide } from './decide.ts';
import { milestonesBetween } from './events.ts';
import { conditionsOf } from './faces.ts';
import type { Gate } from './gate.ts';
import type { DecideInput } from './input.ts';
import { reasonRows } from './reason-guide.ts';
import { reasons } from './reasons.ts';

const gateReasons = {
  clusterStopped: reasons.ClusterStopped,
  clusterBusy: reasons.ClusterBusy,
  clusterFailed: reasons.ClusterFailed,
  clusterUnreadable: reasons.ClusterUnreadable,
  anotherCluster: reasons.AnotherCluster,
  nodesDown: reasons.NodesDown,
  azureUnknown: reasons.AwaitingAzure,
} as const;

function named(gate: Gate): Gate {
  if (gate.state === 'open') return gate;
  return { ...gate, reason: gate.state === 'closed' ? gateReasons[gate.by] : reasons.ClusterSettling };
}

const restrained = { reason: reasons.MassDisruption, message: 'because', retryAfterMs: 1000 };

const input: fc.Arbitrary<DecideInput> = drawnInput.map((drawn) => ({
  ...drawn,
  gate: named(drawn.gate),
  ...(drawn.restrained === undefined ? {} : { restrained }),
}));

function saying(claim: Claim, said: ReturnType<typeof conditionsOf>): Claim {
  const conditions = withConditions(claim.status.conditions, said, { now: new Date(0) });
  return { ...claim, status: { ...claim.status, conditions } };
}

/** A Ready claim, so that what takes Ready away is told. */
const served = (claim: Claim): Claim => saying(claim, conditionsOf({ face: 'ready' }, claim.kind, []));

const numRuns = 3000;

test('every condition that decide sets has its reason in the table, at that place', () => {
  const property = fc.property(input, (drawn) => {
    const { extra = [], face, terminating = [] } = decide(drawn);
    const { kind, status } = served(drawn.claim);
    for (const { reason, type } of [...conditionsOf(face, kind, status.conditions), ...terminating, ...extra])
      // Ready repeats another one of them.
      if (type !== 'Ready') expect([reason, placesOf(reason)]).toEqual([reason, expect.arrayContaining([bare(type)])]);
  });
  fc.assert(property, { numRuns });
});

test('every event that decide tells, and every turn of a condition, is in the table with its type', () => {
  const property = fc.property(input, (drawn) => {
    const { events = [], extra = [], face, terminating = [] } = decide(drawn);
    const { record } = drawn;
    // Ready can be lost by who had it.
    const before = record?.boundUid === undefined ? drawn.claim : served(drawn.claim);
    const after = saying(before, [
      ...conditionsOf(face, before.kind, before.status.conditions),
      ...terminating,
      ...extra,
    ]);
    for (const { reason, type } of [...events, ...milestonesBetween(before, after)]) {
      const event = reasonRows.get(reason)?.event;
      expect([reason, event?.type, event?.about]).toEqual([reason, type, 'claim']);
    }
  });
  fc.assert(property, { numRuns });
});

function placesOf(reason: string): readonly string[] {
  return reasonRows.get(reason)?.on ?? [];
}

/** As the table has it. */
function bare(type: string): string {
  return type.replace(/^Machine/u, '');
}
