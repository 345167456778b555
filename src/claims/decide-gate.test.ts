// Rows A2, A9 and B4: what waits for the gate.
import { describe, expect, test } from 'vitest';
import {
  aMachine,
  anInput,
  aPool,
  aRegisteredNode,
  poolIdOf,
  sentHashFor,
  timeAt,
} from '../../test/support/claim-builders.ts';
import type { InputOptions, MachineOptions } from '../../test/support/claim-builders.ts';
import { twiceEmpty, wished, unfit } from '../../test/support/claim-days.ts';
import type { Claim } from '../apis/claim.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import type { Gate } from './gate.ts';

const name = 'ws1a2b3c4d5';
const poolId = poolIdOf(name);
const why = { reason: 'ClusterStarting', message: 'The cluster is starting' };
const settling: Gate = { state: 'settling', ...why };
const closed = (by: Extract<Gate, { state: 'closed' }>['by']): Gate => ({ state: 'closed', by, forMs: 0, ...why });
const shut: readonly Gate[] = [
  settling,
  closed('clusterStopped'),
  closed('clusterBusy'),
  closed('clusterUnreadable'),
  closed('anotherCluster'),
  closed('nodesDown'),
];

function launched(options: MachineOptions = {}): Claim {
  return aMachine({ intent: { at: timeAt(-7200) }, record: { poolId }, ...options });
}

function registered(record: MachineOptions['record'] = {}): Claim {
  return launched({
    record: { poolId, sentHash: sentHashFor(aMachine()), boundUid: 'node-uid-1', boundNode: 'aks-node', ...record },
  });
}

const deciding = (options: InputOptions): Decision => decide(anInput({ live: true, poolSince: -7200, ...options }));

describe('A2', () => {
  test('A2: nothing is asked of Azure while the cluster stops, stands or starts', () => {
    expect(deciding({ gate: closed('clusterStopped') })).toMatchObject({
      row: 'A2',
      step: { do: 'nothing' },
      face: { face: 'waiting', reason: 'ClusterBusy', message: why.message },
    });
    for (const gate of [settling, closed('clusterBusy'), closed('clusterFailed'), closed('nodesDown')])
      expect(deciding({ gate })).toMatchObject({ row: 'A5', step: { do: 'create' } });
  });
});

describe('A9', () => {
  test.each(shut)('A9: a failed pool of ours stays while the gate is not open: %o', (gate) => {
    const claim = launched();
    const pool = aPool(claim, 'failed', { error: { code: 'AllocationFailed', message: 'x' } });
    expect(deciding({ claim, pool, gate })).toMatchObject({
      row: 'A9',
      step: { do: 'nothing' },
      face: { face: 'refused' },
    });
    expect(deciding({ claim, pool, gate: closed('clusterFailed') }).row).toBe('A10');
  });
});

describe('B4', () => {
  const claim = registered();
  const down = aRegisteredNode(claim, { createdAt: -6000, ready: 'False' });

  test.each(shut)('B4: while the gate is not open nothing is asked about a Node that is down or gone: %o', (gate) => {
    for (const phase of ['settled', 'failed', 'canceled'] as const) {
      const pool = aPool(claim, phase);
      const memory = { ...twiceEmpty, ...wished, ...unfit(9_000_000) };
      const policies = { nodeRepair: 'act', onNodeMissing: 'recreate' } as const;
      expect(deciding({ claim, pool, nodes: [down], gate, memory, policies })).toMatchObject({
        row: 'B4',
        step: { do: 'nothing' },
        face: { face: 'notReady', reason: 'NodeNotReady' },
      });
      const gone = deciding({ claim, pool, gate, memory, policies });
      expect(gone).toMatchObject({ row: 'B4', step: { do: 'nothing' }, face: { face: 'replacing' } });
      expect(gone.face).toMatchObject(gate.state === 'closed' ? why : { reason: 'NodeMissing' });
    }
  });
});
