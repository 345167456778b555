// Azure's own words for a failure, all in one cluster: each claim says its own cause, is asked for once, and is served in the end.
import { expect } from 'vitest';
import type { PoolPlan } from '../../hack/sandbox/aks/script.ts';
import type { Fault } from '../../hack/sandbox/aks/faults.ts';
import { kaitoMachine } from '../support/machines.ts';
import type { Scenario } from '../support/scenario.ts';
import { conditionOf } from '../support/world-things.ts';
import type { World } from '../support/world.ts';

interface Word {
  readonly code: string;
  readonly message: string;
  readonly reason: string;
  /** Of the answer to the PUT; absent: the PUT is accepted and its operation fails. */
  readonly status?: number;
}

/** Those that refusals.ts does not play one by one. */
const words: readonly Word[] = [
  {
    status: 400,
    code: 'ErrCode_InsufficientVCPUQuota',
    message:
      'Insufficient vcpu quota requested 6, remaining 0 for family standardNCSv3Family for region eastus. Surge nodes would also consume vcpu quota.',
    reason: 'QuotaExceeded',
  },
  {
    status: 400,
    code: 'BadRequest',
    message: "The VM size of AgentPoolProfile:w is not allowed in your subscription in location 'eastus'.",
    reason: 'VMSizeNotSupported',
  },
  {
    status: 400,
    code: 'AvailabilityZoneNotSupported',
    message: 'Availability zones are not supported in location eastus',
    reason: 'ZoneNotSupported',
  },
  {
    status: 400,
    code: 'SubnetIsFull',
    message: 'Subnet x does not have enough capacity for 31 IP addresses.',
    reason: 'SubnetFull',
  },
  {
    status: 400,
    code: 'InvalidParameter',
    message: 'The value of parameter nodeLabels is invalid.',
    reason: 'InvalidParameter',
  },
  {
    status: 403,
    code: 'LinkedAuthorizationFailed',
    message: "The client has permission to perform action 'write', but not on the linked scope '/subnets/x'.",
    reason: 'AuthorizationFailed',
  },
  {
    status: 409,
    code: 'MissingSubscriptionRegistration',
    message: "The subscription is not registered to use namespace 'Microsoft.ContainerService'.",
    reason: 'SubscriptionNotRegistered',
  },
  {
    code: 'ZonalAllocationFailed',
    message: 'Allocation failed. We do not have sufficient capacity for the requested VM size in this zone.',
    reason: 'InsufficientCapacity',
  },
  {
    code: 'VMExtensionProvisioningError',
    message: 'VM has reported a failure when processing extension vmssCSE, exit status=50.',
    reason: 'NodeBootstrapFailed',
  },
  {
    code: 'ReconcileVMSSAgentPoolFailed',
    message: 'We are unable to serve this request due to an internal error.',
    reason: 'AzureError',
  },
];

const nameOf = (index: number): string => `word${index}`;

const faults: readonly Fault[] = words.flatMap(({ status, code, message }, index) =>
  status === undefined
    ? []
    : [
        {
          operation: 'PUT',
          pool: nameOf(index),
          effect: { kind: 'refuse', by: status === 400 ? 'aks' : 'arm', status, code, message },
        },
      ],
);

const plans: readonly PoolPlan[] = words.flatMap(({ status, code, message }, index) =>
  status === undefined ? [{ pool: nameOf(index), times: 1, fail: { afterSeconds: 6, code, message } }] : [],
);

async function untilSaid(world: World, { reason }: Word, name: string): Promise<void> {
  // Some are tried again within seconds, and with success.
  const machine = await world.until(`Machine "${name}" has said ${reason}`, () =>
    world.history
      .versions('Machine', name)
      .map(({ thing }) => thing)
      .find((thing) => conditionOf(thing, 'MachineLaunched')?.reason === reason),
  );
  // Out of capacity a Machine's message is KAITO's literal; the event carries the rest.
  const { message = '' } = conditionOf(machine, 'Ready') ?? {};
  expect(message).not.toBe('');
  await world.untilEvent(name, reason);
}

export const vocabulary: readonly Scenario[] = [
  {
    name: 'ten of Azure’s words for a failure at once: ten claims say their cause, in time each is Ready, with one PUT more and no DELETE but of failed pools',
    world: { env: { LATE_NODE: '5s' }, script: { faults, plans } },
    async play(world) {
      await world.startController();
      for (const index of words.keys()) await world.create('Machine', kaitoMachine({ name: nameOf(index) }));
      for (const [index, word] of words.entries()) await untilSaid(world, word, nameOf(index));
      const failed = words.flatMap(({ status }, index) => (status === undefined ? [nameOf(index)] : []));
      for (const name of failed) await world.untilCalls('DELETE', name, 1);
      world.clock.jump(61 * 60_000);
      for (const index of words.keys()) await world.untilReady(nameOf(index));
      for (const index of words.keys()) expect(world.calls('PUT', nameOf(index))).toHaveLength(2);
      expect(new Set(world.calls('DELETE').map(({ pool }) => pool))).toEqual(new Set(failed));
      expect(world.calls('DELETE')).toHaveLength(failed.length);
    },
  },
];
