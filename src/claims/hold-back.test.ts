import { describe, expect, test } from 'vitest';
import { aMachine, anInput, aPool, aRegisteredNode, at, poolIdOf, timeAt } from '../../test/support/claim-builders.ts';
import type { InputOptions, MachineOptions } from '../../test/support/claim-builders.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';

const name = 'ws1a2b3c4d5';
const paused = { annotations: { 'gpu-provisioner.io/pause': 'true' } };
const bound = { poolId: poolIdOf(name), boundUid: 'node-uid-1', boundNode: 'n' };

const deciding = (machine: MachineOptions, options: InputOptions = {}): Decision => {
  const claim = aMachine({ intent: { at: timeAt(-7200) }, ...machine });
  return decide(anInput({ live: true, pool: aPool(claim), ...options, claim }));
};

describe('P2', () => {
  test.each([
    ['by its annotation', paused, {}],
    ['with the cluster', {}, { policies: { paused: true } }],
  ])('P2: a claim that is paused %s keeps its row and says what it would do', (_how, machine, options) => {
    expect(deciding({ ...machine, intent: undefined }, { ...options, pool: { absentSince: -1 } })).toMatchObject({
      row: 'A5',
      step: { do: 'nothing' },
      face: {
        face: 'waiting',
        reason: 'Paused',
        message: expect.stringContaining(`would create agent pool "${name}"`),
      },
      heldBack: { by: 'paused' },
    });
  });

  test('P2: any other value of the annotation pauses nothing', () => {
    const annotations = { 'gpu-provisioner.io/pause': 'false' };
    expect(deciding({ annotations, intent: undefined }, { pool: { absentSince: -1 } }).step.do).toBe('create');
  });

  test("P2: KAITO's literal stays as it is, and the failed pool stays too", () => {
    const error = { code: 'AllocationFailed', message: 'x' };
    const claim = aMachine();
    const decision = deciding(
      { ...paused, record: { poolId: poolIdOf(name) } },
      { pool: aPool(claim, 'failed', { error }), poolSince: -600 },
    );
    expect(decision).toMatchObject({
      row: 'A10',
      step: { do: 'nothing' },
      face: { face: 'refused', message: 'all requested instance types were unavailable during launch' },
      heldBack: { would: `delete agent pool "${name}"` },
    });
  });

  test('P2: what is Ready stays Ready and its Node is kept in line', () => {
    const claim = aMachine({ record: bound });
    expect(deciding({ ...paused, record: bound }, { nodes: [aRegisteredNode(claim)] })).toMatchObject({
      row: 'B1',
      step: { do: 'sync' },
      face: { face: 'ready' },
    });
  });

  test('P2: what is awaited says that the claim is paused', () => {
    expect(deciding({ ...paused, record: { poolId: poolIdOf(name) } })).toMatchObject({
      row: 'A7',
      face: { face: 'joining', reason: 'NodeNotFound', message: expect.stringMatching(/^Paused: Agent pool/u) },
    });
  });

  test('P2: a paused claim wishes for nothing; one that is only reported does, and neither acts', () => {
    const memory = {
      machines: { startedAt: at(-5), machines: [] },
      noMachinesSince: at(-65),
      wished: at(-60),
    };
    const held = deciding({ ...paused, record: bound }, { memory });
    expect(held).toMatchObject({ row: 'B6', step: { do: 'nothing' }, face: { reason: 'InstanceGone' } });
    expect(held.wishes).toBeUndefined();
    expect(deciding({ record: bound }, { memory, policies: { reportOnly: true } })).toMatchObject({
      row: 'B6',
      step: { do: 'nothing' },
      wishes: true,
      heldBack: { by: 'reportOnly', would: expect.stringContaining('replace agent pool') },
    });
  });

  describe.each([
    ['paused', 'Paused'],
    ['reportOnly', 'Report only'],
  ] as const)('%s', (policy, word) => {
    const policies = { [policy]: true };
    const deleted: MachineOptions = { deletingSince: -10, record: bound };
    const node = aRegisteredNode(aMachine(deleted));

    test('P2: a Node is neither drained nor deleted, and its finalizer goes when the pool is gone', () => {
      expect(deciding(deleted, { policies, nodes: [node] })).toMatchObject({
        row: 'C9',
        step: { do: 'nothing' },
        terminating: [
          { type: 'Drained', status: 'Unknown', message: expect.stringMatching(`^${word}, would drain Node`) },
          { type: 'InstanceTerminating', status: 'Unknown', message: expect.stringMatching(`^${word}, would`) },
        ],
      });
      const gone = { absentSince: -1, proof: 'get404' } as const;
      expect(deciding(deleted, { policies, nodes: [node], pool: gone })).toMatchObject({
        row: 'C3',
        step: { do: 'releaseNodes', remove: false },
        wakeAfterMs: 60_000,
      });
      expect(deciding(deleted, { policies, pool: gone })).toMatchObject({ row: 'C4', step: { do: 'releaseClaim' } });
    });

    test('P2: its pool stays', () => {
      expect(deciding(deleted, { policies })).toMatchObject({
        row: 'C10',
        step: { do: 'nothing' },
        heldBack: { would: `delete agent pool "${name}"` },
      });
    });

    test('P2: a person who forces the release is obeyed', () => {
      const forced = { ...deleted, annotations: { 'gpu-provisioner.io/force-release': 'true' } };
      expect(deciding(forced, { policies, nodes: [node] }).heldBack).toBeUndefined();
    });

    test('P2: the order to release is for a claim that goes: one that lives buys nothing by it', () => {
      const ordered = { annotations: { 'gpu-provisioner.io/force-release': 'true' }, intent: undefined };
      expect(deciding(ordered, { policies, pool: { absentSince: -1 } })).toMatchObject({
        row: 'A5',
        step: { do: 'nothing' },
        heldBack: { by: policy },
      });
    });
  });
});
