// Row P2: a claim or a cluster that is paused, or a process that only reports. What would be written or deleted stays undone.
import type { WantedCondition } from '../apis/conditions.ts';
import { isOrdered, pauseAnnotation, forceReleaseAnnotation } from './annotations.ts';
import type { Decision, Step } from './decision.ts';
import type { Face } from './faces.ts';
import type { DecideInput } from './input.ts';
import { kaitoNoCapacity, reasons } from './reasons.ts';

type HeldBackBy = NonNullable<Decision['heldBack']>['by'];

const words = { paused: 'Paused', reportOnly: 'Report only' } as const;
const reasonOf = { paused: reasons.Paused, reportOnly: reasons.ReportOnly } as const;
/** Node objects that may not be deleted go when their platform deletes them, and the watch says so. */
const slowLookMs = 60_000;

/**
 * Held back are writes to ARM, the patch that begins a recreation, draining, and deletions of Nodes and of the claim. Looks,
 * conditions, labels and finalizers go on, so that a claim whose pool is gone comes to its end.
 */
export function holdBack(input: DecideInput, decision: Decision): Decision {
  const by = holder(input);
  if (by === undefined) return decision;
  const { wishes, ...rest } = decision;
  // Whoever is paused must not make it look as though many pools were in trouble (restraint.ts).
  const quiet: Decision = by === 'reportOnly' && wishes === true ? { ...rest, wishes } : rest;
  const would = wouldDo(decision.step, input);
  if (would === undefined) return by === 'paused' ? saying(quiet, 'Paused') : quiet;
  const { wakeAfterMs: _wake, ...held } = quiet;
  const isOfNodes = decision.step.do === 'releaseNodes';
  return {
    ...saying(held, `${words[by]}, would ${would}`, by),
    // What is not a deletion of the Node is done all the same.
    step: decision.step.do === 'releaseNodes' ? { ...decision.step, remove: false } : { do: 'nothing' },
    heldBack: { by, would },
    ...(isOfNodes ? { wakeAfterMs: slowLookMs } : {}),
  };
}

function holder({ claim, policies }: DecideInput): HeldBackBy | undefined {
  // Row C0, and no more: the order says nothing of a claim that lives.
  if (claim.deletingSince !== undefined && isOrdered(claim, forceReleaseAnnotation)) return undefined;
  if (policies.paused || isOrdered(claim, pauseAnnotation)) return 'paused';
  return policies.reportOnly ? 'reportOnly' : undefined;
}

/** In words, of a step that is held back. */
function wouldDo(step: Step, { claim, poolName }: DecideInput): string | undefined {
  switch (step.do) {
    case 'create':
      return `create agent pool "${poolName}" (${step.intent.size})`;
    case 'deletePool':
      return `delete agent pool "${step.poolName}"`;
    case 'recreate':
      return `replace agent pool "${poolName}": ${step.why}`;
    case 'deleteClaim':
      return `delete ${claim.kind} "${claim.name}"`;
    case 'drain':
      return `drain ${step.nodes.map(({ name }) => `Node "${name}"`).join(', ')}`;
    case 'releaseNodes': {
      const deleted = step.nodes.filter(({ deleting }) => step.remove && !deleting);
      return deleted.length === 0 ? undefined : `delete ${deleted.map(({ name }) => `Node "${name}"`).join(', ')}`;
    }
    case 'nothing':
    case 'look':
    case 'countMachines':
    case 'askPlatform':
    case 'secure':
    case 'remember':
    case 'adopt':
    case 'register':
    case 'sync':
    case 'unbind':
    case 'releaseClaim':
      return undefined;
  }
}

/**
 * The words in front of what the row says. Of a step that is `heldBack` by somebody, they stand in place of words that say
 * that it is under way.
 */
function saying(decision: Decision, text: string, heldBack?: HeldBackBy): Decision {
  const { face, terminating } = decision;
  return {
    ...decision,
    face: facing(face, text, heldBack),
    ...(terminating === undefined ? {} : { terminating: terminating.map((one) => ending(one, text, heldBack)) }),
  };
}

function facing(face: Face, text: string, heldBack: HeldBackBy | undefined): Face {
  switch (face.face) {
    case 'ready':
    case 'none':
      return face;
    case 'waiting':
      return heldBack === undefined
        ? { ...face, message: joined(text, face.message) }
        : { face: 'waiting', reason: reasonOf[heldBack], message: text };
    case 'refused':
    case 'joining':
    case 'initializing':
    case 'notReady':
    case 'replacing':
    case 'lost':
    case 'keep':
      // KAITO compares it byte for byte.
      return face.message === kaitoNoCapacity ? face : { ...face, message: joined(text, face.message) };
  }
}

/** What came to its end keeps its words. */
function ending(condition: WantedCondition, text: string, heldBack: HeldBackBy | undefined): WantedCondition {
  if (condition.status !== 'Unknown') return condition;
  return heldBack === undefined
    ? { ...condition, message: joined(text, condition.message) }
    : { ...condition, reason: reasonOf[heldBack], message: text };
}

function joined(text: string, message: string): string {
  return message === '' ? text : `${text}: ${message}`;
}
