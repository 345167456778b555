// Table A of the lifecycle: a live claim that was never registered (docs/lifecycle.md 5).
import { conflict, earlierConflict } from './adopt.ts';
import type { Decision } from './decision.ts';
import type { Face } from './faces.ts';
import type { DecideInput } from './input.ts';
import { lookWaitMs } from './proof.ts';
import { awaitingAzure, refusedOr } from './refusal.ts';
import { absent } from './table-a-absent.ts';
import { deleting, mine } from './table-a-pool.ts';

const firstGetAfterMs = 30_000;
const nothing = { do: 'nothing' } as const;

export function tableA(input: DecideInput): Decision {
  const { pool } = input;
  switch (pool.phase) {
    case 'unknown':
      return unknown(input);
    case 'absent':
      return absent(input, pool.startedAt);
    case 'deleting':
      return deleting(input);
    case 'creating':
    case 'settled':
    case 'busy':
    case 'failed':
    case 'canceled':
      break;
  }
  switch (pool.owner.owner) {
    case 'earlier':
      return { row: 'A13', step: nothing, face: { face: 'refused', ...earlierConflict(input, pool) } };
    case 'other':
    case 'unproven':
      return { row: 'A14', step: nothing, face: { face: 'refused', ...conflict(input, pool) } };
    case 'mine':
      return mine(input, pool, pool.owner.proof);
  }
}

function unknown(input: DecideInput): Decision {
  const wait = Math.max(input.memory.firstSeen.ms + firstGetAfterMs - input.now.ms, lookWaitMs(input));
  const face: Face = refusedOr(input, { face: 'waiting', ...awaitingAzure(input) });
  return wait > 0
    ? { row: 'A1', step: nothing, face, wakeAfterMs: wait }
    : { row: 'A1', step: { do: 'look' }, face, wakeAfterMs: firstGetAfterMs };
}
