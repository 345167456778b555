import { beforeEach, describe, expect, it } from 'vitest';
import { creationOf, deletion, opening } from './milestones.ts';
import type { Thing } from './thing.ts';
import { World } from './world.ts';

let world: World;
beforeEach(() => {
  world = new World('ws');
});

function aMachine(parts: Partial<Thing> = {}): Thing {
  return { kind: 'Machine', metadata: { name: 'ws' }, ...parts };
}

function aNode(parts: Partial<Thing> = {}): Thing {
  return { kind: 'Node', metadata: { name: 'aks-ws-1-vmss000000', labels: { agentpool: 'ws' } }, ...parts };
}

function conditions(...types: readonly string[]): { conditions: { type: string; status: string }[] } {
  return { conditions: types.map((type) => ({ type, status: 'True' })) };
}

function sizeOf(size: string): Thing {
  return aMachine({ spec: { requirements: [{ key: 'node.kubernetes.io/instance-type', values: [size] }] } });
}

const put = { at: 0, operation: 'PUT', pool: 'ws', status: 201 };
const accepted = { at: 0, operation: 'DELETE', pool: 'ws', status: 202 };

/** What a story that goes well shows, in its order. */
const steps: readonly (() => void)[] = [
  () => world.noteLease({ gone: false, thing: { metadata: { name: 'other' }, spec: { holderIdentity: 'somebody' } } }),
  () =>
    world.noteLease({
      gone: false,
      thing: { metadata: { name: 'gpu-provisioner-leader-election' }, spec: { holderIdentity: 'me' } },
    }),
  () => world.noteMachine({ gone: false, thing: aMachine() }),
  () => world.noteMachine({ gone: false, thing: aMachine({ status: conditions('x') }) }),
  () => world.noteAzure({ calls: [put], pools: { ws: 'Creating' } }),
  () => world.noteNode({ gone: false, thing: aNode() }),
  () => world.noteMachine({ gone: false, thing: aMachine({ status: conditions('MachineLaunched') }) }),
  () =>
    world.noteMachine({
      gone: false,
      thing: aMachine({ status: conditions('MachineLaunched', 'MachineRegistered') }),
    }),
  () => world.noteNode({ gone: false, thing: aNode({ status: conditions('Ready') }) }),
  () => world.noteNode({ gone: false, thing: aNode({ status: { allocatable: { 'nvidia.com/gpu': '0' } } }) }),
  () => world.noteNode({ gone: false, thing: aNode({ status: { allocatable: { 'nvidia.com/gpu': '1' } } }) }),
  () => world.noteMachine({ gone: false, thing: aMachine({ status: conditions('MachineInitialized') }) }),
  () => world.noteMachine({ gone: false, thing: aMachine({ status: conditions('Ready') }) }),
  () =>
    world.noteMachine({
      gone: false,
      thing: aMachine({
        status: { ...conditions('Ready'), nodeName: 'aks-ws-1-vmss000000', providerID: 'azure:///1' },
      }),
    }),
  () =>
    world.noteMachine({
      gone: false,
      thing: aMachine({ metadata: { name: 'ws', deletionTimestamp: '2026-01-01T00:00:00Z' } }),
    }),
  () => world.noteMachine({ gone: false, thing: aMachine({ status: conditions('Drained') }) }),
  () => world.noteAzure({ calls: [{ ...accepted, status: 409 }], pools: { ws: 'Succeeded' } }),
  () => world.noteAzure({ calls: [accepted], pools: { ws: 'Deleting' } }),
  () => world.noteAzure({ calls: [], pools: {} }),
  () => world.noteNode({ gone: true, thing: aNode() }),
  () => world.noteMachine({ gone: true, thing: aMachine() }),
];

describe('the milestones', () => {
  it('are reached one after the other by a story that goes well', () => {
    const story = [...opening, ...creationOf(sizeOf('Standard_NC6s_v3'))];
    const seen: string[] = [];
    for (const [index, step] of steps.entries()) {
      step();
      // Deletion is told only after it was asked for.
      const told = index < 14 ? story : [...story, ...deletion];
      for (const milestone of told) {
        if (!seen.includes(milestone.title) && milestone.reached(world)) seen.push(milestone.title);
      }
    }
    expect(seen).toEqual([
      'the controller leads',
      'the Machine is created',
      'it has a first status',
      'its pool is requested',
      'its node joins',
      'MachineLaunched',
      'MachineRegistered',
      'the node is Ready',
      'the node offers its GPUs',
      'MachineInitialized',
      'the Machine is Ready',
      'its deletion is asked',
      'its node is drained',
      'the deletion of its pool is asked',
      'the pool is gone',
      'the node is gone',
      'the Machine is gone',
    ]);
  });

  it.each([
    ['Standard_NC6s_v3', true],
    ['standard_nd96isr_h100_v5', true],
    ['Standard_NP10s', false],
    ['Standard_D4s_v5', false],
  ])('of a %s wait for GPUs: %s', (size, expected) => {
    expect(creationOf(sizeOf(size)).some(({ title }) => title === 'the node offers its GPUs')).toBe(expected);
  });
});

function anEvent(name: string, note: string): Thing {
  return {
    metadata: { name: `${name}.1` },
    type: 'Normal',
    reason: 'Launched',
    note,
    regarding: { kind: 'Machine', name },
  };
}

describe('World', () => {
  it('counts requests by operation', () => {
    world.noteAzure({
      calls: [put, accepted, { ...put, operation: 'LIST' }, { ...put, operation: 'LIST' }],
      pools: {},
    });
    expect(world.counts()).toBe('1 PUT, 1 DELETE, 2 LIST');
  });

  it('tells an event about the Machine or its Node once, and no other', () => {
    world.noteAzure({ calls: [put], pools: {} });
    world.noteNode({ gone: false, thing: aNode() });
    const told = [
      anEvent('ws', 'a'),
      anEvent('ws', 'a'),
      anEvent('ws', 'b'),
      anEvent('other', 'a'),
      anEvent('aks-ws-1-vmss000000', 'a'),
    ]
      .map((thing) => world.noteEvent({ gone: false, thing }))
      .map((seen) => seen?.note);
    expect(told).toEqual(['a', undefined, 'b', undefined, 'a']);
  });
});
