// What Azure refuses, and what a Machine then says: the cause first, and the next try at the pace that the cause deserves.
import { expect } from 'vitest';
import type { FaultEffect } from '../../hack/sandbox/aks/faults.ts';
import { kaitoMachine } from '../support/machines.ts';
import type { Scenario } from '../support/scenario.ts';
import { hurryUntil } from '../support/world-haste.ts';
import { untilSaid } from '../support/world-said.ts';
import { conditionOf } from '../support/world-things.ts';
import type { World } from '../support/world.ts';

const name = 'ws6fa1b2c3d';
/** Every cause deserves a longer pace. */
const unaskedSeconds = 40;
/** A pool that failed waits so long for a late Node. */
const lateNodeMs = 3 * 60_000;
/** KAITO up to v0.6 compares a Machine's message with this, byte for byte. */
const noCapacity = 'all requested instance types were unavailable during launch';

async function create(world: World): Promise<void> {
  await world.startController();
  await world.create('Machine', kaitoMachine({ name }));
}

interface Refusal {
  readonly what: string;
  readonly effect: Extract<FaultEffect, { readonly kind: 'refuse' }>;
  readonly reason: string;
  /** In the first 200 bytes of the message. */
  readonly says: string;
  /** Of the world, until the next PUT must have gone out. */
  readonly retryMinutes: number;
}

const refusals: readonly Refusal[] = [
  {
    what: 'a size that is not offered to the subscription',
    effect: {
      kind: 'refuse',
      by: 'aks',
      status: 409,
      code: 'SkuNotAvailable',
      message: 'The requested VM size for resource is currently not available in location eastus.',
    },
    reason: 'SkuNotAvailable',
    says: noCapacity,
    retryMinutes: 61,
  },
  {
    what: 'a policy',
    effect: {
      kind: 'refuse',
      by: 'arm',
      status: 403,
      code: 'RequestDisallowedByPolicy',
      message:
        'Resource \'ws6fa1b2c3d\' was disallowed by policy. Policy identifiers: \'[{"policyAssignment":{"name":"No GPUs here"}}]\'.',
    },
    reason: 'PolicyDenied',
    says: 'olicy',
    retryMinutes: 11,
  },
  {
    what: 'a missing role',
    effect: {
      kind: 'refuse',
      by: 'arm',
      status: 403,
      code: 'AuthorizationFailed',
      message:
        "The client 'x' with object id 'x' does not have authorization to perform action 'Microsoft.ContainerService/managedClusters/agentPools/write' over scope '/subscriptions/x'.",
    },
    reason: 'AuthorizationFailed',
    says: 'agentPools/write',
    retryMinutes: 2,
  },
  {
    what: 'a token that Azure does not take',
    effect: {
      kind: 'refuse',
      by: 'arm',
      status: 401,
      code: 'InvalidAuthenticationToken',
      message: 'The access token is invalid.',
    },
    reason: 'AuthenticationFailed',
    says: 'token',
    retryMinutes: 2,
  },
  {
    what: 'a lock on the resource group',
    effect: {
      kind: 'refuse',
      by: 'arm',
      status: 409,
      code: 'ScopeLocked',
      message:
        "The scope '/subscriptions/x/resourceGroups/sandbox/providers/x' cannot perform write operation because following scope(s) are locked: '/subscriptions/x/resourceGroups/sandbox'. Please remove the lock and try again.",
    },
    reason: 'ScopeLocked',
    says: 'lock on resourceGroups/sandbox',
    retryMinutes: 11,
  },
  {
    what: 'a disabled subscription',
    effect: {
      kind: 'refuse',
      by: 'arm',
      status: 409,
      code: 'ReadOnlyDisabledSubscription',
      message: "The subscription 'x' is disabled and therefore marked as read only.",
    },
    reason: 'SubscriptionDisabled',
    says: 'enable the subscription',
    retryMinutes: 11,
  },
  {
    what: 'a resource group that does not exist',
    effect: {
      kind: 'refuse',
      by: 'arm',
      status: 404,
      code: 'ResourceGroupNotFound',
      message: "Resource group 'sandbox' could not be found.",
    },
    reason: 'ParentNotFound',
    says: 'esource group',
    retryMinutes: 6,
  },
];

async function playRefusal({ effect, reason, retryMinutes, says }: Refusal, world: World): Promise<void> {
  await create(world);
  // Where the pace is a minute, it may say something else soon after.
  const machine = await untilSaid(world, name, { type: 'MachineLaunched', status: 'False', reason });
  const ready = conditionOf(machine, 'Ready');
  expect(ready).toMatchObject({ status: 'False', reason });
  expect(ready?.message?.slice(0, 200)).toContain(says);
  await world.untilEvent(name, reason);
  await world.pass(unaskedSeconds);
  const [first, ...others] = world.calls('PUT').map(({ at }) => at.getTime());
  // A pace of a minute may be over by now, where it took long to tell of the refusal.
  for (const at of others) expect(at - (first ?? 0)).toBeGreaterThan(unaskedSeconds * 1000);
  world.clock.jump(retryMinutes * 60_000);
  await world.untilReady(name);
  expect(world.calls('PUT').map(({ status }) => status)).toEqual([effect.status, 201]);
  expect(world.eventsOf(name).filter((event) => event.reason === reason)).toHaveLength(1);
}

export const refused: readonly Scenario[] = [
  ...refusals.map((refusal): Scenario => ({
    name: `${refusal.what} shows as ${refusal.reason}, is told once, and is tried again no sooner than it deserves`,
    world: { script: { faults: [{ operation: 'PUT', effect: refusal.effect }] } },
    play: (world) => playRefusal(refusal, world),
  })),
  {
    name: 'another size that a person chooses after a refusal is asked for at once, and becomes the node',
    world: {
      script: {
        faults: [
          {
            operation: 'PUT',
            effect: { kind: 'refuse', by: 'aks', status: 409, code: 'SkuNotAvailable', message: 'x' },
          },
        ],
      },
    },
    async play(world) {
      await create(world);
      await world.untilCondition(name, 'MachineLaunched', 'False', 'SkuNotAvailable');
      const { spec } = Object(kaitoMachine({ name, vmSize: 'Standard_NC12s_v3' }));
      await world.edit('Machine', name, { spec });
      await world.untilReady(name);
      expect(world.machine(name)?.metadata.labels).toMatchObject({
        'node.kubernetes.io/instance-type': 'Standard_NC12s_v3',
      });
      expect(world.calls('PUT')).toHaveLength(2);
    },
  },
  {
    name: 'a lack of vCPU quota says the numbers, and ends when there is quota',
    world: { script: { quotas: { regionalCores: 8 } } },
    async play(world) {
      await create(world);
      const machine = await world.untilCondition(name, 'MachineLaunched', 'False', 'QuotaExceeded');
      expect(conditionOf(machine, 'Ready')?.message?.slice(0, 200)).toMatch(/need 6 vCPUs, have 4/u);
      expect(world.poolState(name)).toBeUndefined();
      const { quotas: _none, ...script } = world.azure.script;
      world.azure.setScript(script);
      world.clock.jump(11 * 60_000);
      await world.untilReady(name);
      expect(world.calls('PUT').map(({ status }) => status)).toEqual([expect.any(Number), 201]);
    },
  },
  {
    name: "a lack of capacity says KAITO's literal, the pool goes, and a later PUT succeeds",
    world: { script: { capacity: { Standard_NC6s_v3: 0 } } },
    async play(world) {
      await create(world);
      const machine = await world.untilCondition(name, 'MachineLaunched', 'False', 'InsufficientCapacity');
      expect(conditionOf(machine, 'MachineLaunched')?.message).toBe(noCapacity);
      expect(conditionOf(machine, 'Ready')).toMatchObject({ status: 'False', message: noCapacity });
      const event = await world.untilEvent(name, 'InsufficientCapacity');
      expect(event.note).toContain('AllocationFailed');
      // A controller that loses its lease meanwhile counts anew.
      await hurryUntil(world, 'the failed pool is gone', () => world.poolState(name) === undefined);
      const [accepted] = world.calls('PUT');
      const [deletion] = world.calls('DELETE');
      const waitedMs = (deletion?.at.getTime() ?? 0) - (accepted?.at.getTime() ?? 0);
      expect(waitedMs).toBeGreaterThanOrEqual(lateNodeMs);
      const refusedOnce = world.machine(name);
      expect(conditionOf(refusedOnce, 'Ready')?.message).toBe(noCapacity);
      expect(refusedOnce?.metadata.annotations?.['gpu-provisioner.io/attempts']).toContain('AllocationFailed');
      const { capacity: _none, ...script } = world.azure.script;
      world.azure.setScript(script);
      world.clock.jump(21 * 60_000);
      await world.untilReady(name);
      expect(world.calls('PUT')).toHaveLength(2);
      expect(world.calls('DELETE')).toHaveLength(1);
    },
  },
  {
    name: 'a 5xx is shown at once with its code, and tried again after a look',
    world: {
      script: {
        faults: [
          {
            operation: 'PUT',
            effect: {
              kind: 'refuse',
              by: 'aks',
              status: 500,
              code: 'InternalServerError',
              message: 'Something broke in the region',
            },
          },
        ],
      },
    },
    async play(world) {
      await create(world);
      const said = { type: 'MachineLaunched', status: 'Unknown', reason: 'AzureError' };
      const machine = await untilSaid(world, name, said);
      expect(conditionOf(machine, 'Ready')?.message?.slice(0, 200)).toContain('Something broke in the region');
      await world.untilReady(name);
      const [first, second] = world.calls('PUT').map(({ at }) => at.getTime());
      expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(20_000);
      expect(world.calls('PUT').map(({ status }) => status)).toEqual([500, 201]);
    },
  },
  {
    name: 'a throttled PUT waits as long as Azure says, and so does everybody else',
    keepsLease: true,
    world: {
      script: { faults: [{ operation: 'PUT', effect: { kind: 'armThrottled', retryAfterSeconds: 60 } }] },
    },
    async play(world) {
      await create(world);
      await untilSaid(world, name, { type: 'MachineLaunched', status: 'Unknown', reason: 'Throttled' });
      // What was on its way to Azure when the refusal came back has arrived.
      const known = world.azure.log.length;
      await world.create('Machine', kaitoMachine({ name: 'other' }));
      await world.untilReady(name);
      await world.untilReady('other');
      const [refusal, ...later] = world.calls('PUT');
      expect(refusal?.status).toBe(429);
      expect(later.map(({ status }) => status)).toEqual([201, 201]);
      const after = world.azure.log.slice(known);
      const soonest = Math.min(...after.map(({ at }) => at.getTime() - (refusal?.at.getTime() ?? 0)));
      expect(soonest).toBeGreaterThanOrEqual(60_000);
    },
  },
  {
    name: 'a cluster that is busy is waited for',
    world: {
      script: {
        faults: [
          {
            operation: 'PUT',
            effect: {
              kind: 'refuse',
              by: 'aks',
              status: 409,
              code: 'OperationNotAllowed',
              message:
                'Operation is not allowed: Another operation (Updating) is in progress, please wait for it to finish before starting a new operation.',
            },
          },
        ],
      },
    },
    async play(world) {
      await create(world);
      await untilSaid(world, name, { type: 'MachineLaunched', status: 'Unknown', reason: 'AzureBusy' });
      await world.untilReady(name);
      const [first, second] = world.calls('PUT').map(({ at }) => at.getTime());
      expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(15_000);
      expect(world.calls('PUT')).toHaveLength(2);
    },
  },
];
