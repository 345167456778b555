// What a claim says of itself: each row of the state table shows one face, and a face is a set of conditions.
import type { ClaimKind, Condition, ConditionStatus } from '../apis/claim.ts';
import { conditionOf } from '../apis/conditions.ts';
import type { WantedCondition } from '../apis/conditions.ts';
import { reasons } from './reasons.ts';

export interface Why {
  readonly reason: string;
  readonly message: string;
}

export type Face =
  /** We wait for Azure. */
  | ({ readonly face: 'waiting' } & Why)
  /** Azure said no, and only a person, quota or time helps. */
  | ({ readonly face: 'refused' } & Why)
  | ({ readonly face: 'joining' } & Why)
  | ({ readonly face: 'initializing' } & Why)
  | { readonly face: 'ready' }
  | ({ readonly face: 'notReady' } & Why)
  | ({ readonly face: 'replacing' } & Why)
  | ({ readonly face: 'lost' } & Why)
  /** L and R stay; Ready still follows the Node, and with it Initialized. */
  | ({ readonly face: 'keep'; readonly nodeReady: boolean } & Why)
  /** A deleting claim: nothing of the above moves. */
  | { readonly face: 'none' };

export interface ConditionTypes {
  readonly launched: string;
  readonly registered: string;
  readonly initialized: string;
}

export const conditionTypes: Readonly<Record<ClaimKind, ConditionTypes>> = {
  Machine: {
    launched: 'MachineLaunched',
    registered: 'MachineRegistered',
    initialized: 'MachineInitialized',
  },
  NodeClaim: { launched: 'Launched', registered: 'Registered', initialized: 'Initialized' },
};

interface Cell extends Why {
  readonly status: ConditionStatus;
}

/**
 * The conditions of a face. A Machine's Initialized is False, never Unknown, while it is on its way: KAITO up to v0.6
 * buys another GPU when it reads Unknown (contract/kaito.md M2). Ready carries what the first of the three that is not
 * True says, so one line of `kubectl describe` tells the cause.
 */
export function conditionsOf(face: Face, kind: ClaimKind, had: readonly Condition[]): readonly WantedCondition[] {
  if (face.face === 'none') return [];
  const types = conditionTypes[kind];
  const pending: ConditionStatus = kind === 'Machine' ? 'False' : 'Unknown';
  const rows = ((): { launched: Cell; registered: Cell; initialized: Cell; ready: ConditionStatus } => {
    switch (face.face) {
      case 'waiting':
      case 'refused': {
        const notLaunched = { reason: reasons.NotLaunched, message: 'No agent pool has been accepted by Azure yet' };
        return {
          launched: is(face.face === 'waiting' ? 'Unknown' : 'False', face),
          registered: is('Unknown', notLaunched),
          initialized: is(pending, notLaunched),
          ready: face.face === 'waiting' ? pending : 'False',
        };
      }
      case 'joining': {
        const notRegistered = { reason: reasons.NotRegistered, message: 'The Node has not joined the cluster yet' };
        return {
          launched: truth(types.launched),
          registered: is(pending, face),
          initialized: is(pending, notRegistered),
          ready: pending,
        };
      }
      case 'initializing':
        return {
          launched: truth(types.launched),
          registered: truth(types.registered),
          initialized: is(pending, face),
          ready: pending,
        };
      case 'ready':
        return {
          launched: truth(types.launched),
          registered: truth(types.registered),
          initialized: truth(types.initialized),
          ready: 'True',
        };
      case 'notReady':
        return {
          launched: truth(types.launched),
          registered: truth(types.registered),
          initialized: is('False', face),
          ready: 'False',
        };
      case 'replacing':
        return {
          launched: truth(types.launched),
          registered: is(pending, face),
          initialized: is(pending, face),
          ready: pending,
        };
      case 'lost':
        return {
          launched: is('False', face),
          registered: is(pending, face),
          initialized: is(pending, face),
          ready: 'False',
        };
      case 'keep': {
        const kept = (type: string): Cell => cellOf(conditionOf(had, type)) ?? is('Unknown', face);
        const initialized = kept(types.initialized);
        const isUp = face.nodeReady && initialized.status === 'True';
        const lost = !face.nodeReady && initialized.status === 'True';
        const ready = kept('Ready').status;
        const stays = initialized.status === 'Unknown' ? { ...initialized, status: pending } : initialized;
        return {
          launched: kept(types.launched),
          registered: kept(types.registered),
          initialized: lost ? is('False', face) : stays,
          ready: isUp ? 'True' : lost || ready === 'True' ? 'False' : ready,
        };
      }
    }
  })();
  const three = [rows.launched, rows.registered, rows.initialized];
  const first = three.find((cell) => cell.status !== 'True');
  return [
    { type: types.launched, ...rows.launched },
    { type: types.registered, ...rows.registered },
    { type: types.initialized, ...rows.initialized },
    {
      type: 'Ready',
      status: rows.ready,
      reason: first?.reason ?? reasons.Ready,
      message: first?.message ?? '',
    },
  ];
}

function truth(type: string): Cell {
  return { status: 'True', reason: type, message: '' };
}

function is(status: ConditionStatus, { reason, message }: Why): Cell {
  return { status, reason, message };
}

function cellOf(condition: Condition | undefined): Cell | undefined {
  if (condition === undefined) return undefined;
  const { status, reason, message } = condition;
  if (status !== 'True' && status !== 'False' && status !== 'Unknown') return undefined;
  return { status, reason: reason ?? condition.type, message: message ?? '' };
}
