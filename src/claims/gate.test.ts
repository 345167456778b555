import { describe, expect, it } from 'vitest';
import { gatedActs, permits } from './gate.ts';
import type { ClosedBy, Gate, GatedAct } from './gate.ts';

const why = { reason: 'Any', message: 'any' };
const closed = (by: ClosedBy, forMs = 0): Gate => ({ state: 'closed', by, forMs, ...why });
const hour = 3_600_000;

/** Section "The gate" of docs/lifecycle.md, row by row. */
const table: readonly (readonly [row: string, gate: Gate, permitted: readonly GatedAct[]])[] = [
  ['cluster stopped, stopping, starting', closed('clusterStopped'), []],
  ['the same for an hour', closed('clusterStopped', hour), ['delete']],
  ['cluster upgrading, updating, other words', closed('clusterBusy', hour), ['create', 'delete']],
  ['cluster failed, canceled', closed('clusterFailed'), ['create', 'delete', 'cleanUp']],
  ['cluster not to be read', closed('clusterUnreadable', hour), ['create', 'delete']],
  ['settling', { state: 'settling', ...why }, ['create', 'delete']],
  ['another cluster', closed('anotherCluster', hour), ['create', 'delete']],
  ['Nodes down', closed('nodesDown', hour), ['create', 'delete']],
  ['ARM unknown', closed('azureUnknown', hour), []],
  ['open', { state: 'open' }, gatedActs],
];

describe('permits', () => {
  it.each(table)('%s', (_row, gate, permitted) => {
    expect(gatedActs.filter((act) => permits(gate, act))).toEqual(permitted);
  });
});
