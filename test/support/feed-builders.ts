// What a controller tells of itself, and conditions as a claim has them, for tests of those who read them.
import type { Claim, Condition } from '../../src/apis/claim.ts';
import type { Controller } from '../../src/cli/asking/controller.ts';
import type { Answer } from '../../src/cli/asking/answer.ts';
import type { FeedPool, StatusFeed } from '../../src/status/feed.ts';
import { aMachine, noon, timeAt, type MachineOptions } from './claim-builders.ts';

/** A leader that is well and has nothing to do. */
export function aFeed(changes: Partial<StatusFeed> = {}): StatusFeed {
  return {
    version: 1,
    at: new Date(noon).toISOString(),
    instance: 'pod-a',
    build: '1.2.3',
    leads: true,
    cluster: { subscriptionId: 'sub', resourceGroup: 'rg', name: 'aks' },
    azure: { ok: true, detail: '', inventoryAgeSeconds: 12, remaining: { reads: 180, writes: 90 } },
    gate: { state: 'open' },
    claims: [],
    pools: [],
    expectations: [],
    guides: {},
    omitted: { claims: 0, pools: 0 },
    ...changes,
  };
}

export function anOrphan(changes: Partial<FeedPool> = {}): FeedPool {
  return {
    name: 'wsleaked',
    ownership: 'orphan',
    owner: { kind: 'Machine', name: 'wsleaked', uid: 'uid-gone' },
    row: 'E3',
    reason: 'OrphanPool',
    message: 'Its Machine is gone',
    vmSize: 'Standard_NC24ads_A100_v4',
    count: 1,
    state: 'Succeeded',
    ageSeconds: 7200,
    usdPerHour: 3.67,
    ...changes,
  };
}

export function known<T>(value: T): Answer<T> {
  return { known: true, value };
}

/** Two replicas in namespace `gpus`, one of which leads. */
export function aController(changes: Partial<Controller> = {}): Controller {
  return {
    feed: known(aFeed()),
    leader: known({ namespace: 'gpus', holder: 'pod-a', renewedAt: timeAt(-3), expired: false }),
    replicas: known([{ namespace: 'gpus', name: 'gpu-provisioner', wanted: 2, ready: 2 }]),
    ...changes,
  };
}

/** That turned so many seconds from noon. */
export function aCondition(type: string, status: string, seconds: number, reason = type, message = ''): Condition {
  return { type, status, reason, message, lastTransitionTime: timeAt(seconds) };
}

/** Created an hour before noon, Ready for ten minutes. */
export function aReadyMachine(
  name: string,
  options: MachineOptions & { readonly also?: readonly Condition[] } = {},
): Claim {
  const { also = [], ...rest } = options;
  return aMachine({
    name,
    uid: `uid-${name}`,
    ...rest,
    status: {
      nodeName: `aks-${name}-12345678-vmss000000`,
      conditions: [
        aCondition('MachineLaunched', 'True', -800),
        aCondition('MachineRegistered', 'True', -700),
        aCondition('MachineInitialized', 'True', -600),
        aCondition('Ready', 'True', -600),
        ...also,
      ],
    },
  });
}

/** Created five minutes before noon, and refused. */
export function aRefusedMachine(name: string, reason = 'QuotaExceeded', message = 'No quota'): Claim {
  const conditions = [aCondition('MachineLaunched', 'False', -60, reason, message)];
  const lastAnswer = { attempt: 1, face: 'refused' as const, reason, message, retryAt: timeAt(240), times: 1 };
  return aMachine({ name, uid: `uid-${name}`, createdAt: -300, record: { lastAnswer }, status: { conditions } });
}
