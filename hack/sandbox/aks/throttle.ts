// Token buckets: those that AKS documents for its resource provider, and ARM's own with their countdown headers.
import { aksRefusal, armRefusal, type ArmRefusal } from './answer.ts';
import type { OperationName, Route } from './route.ts';
import type { World } from './world.ts';

interface Limit {
  readonly burst: number;
  readonly perSecond: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

export interface Limits {
  readonly headers: Readonly<Record<string, string>>;
  readonly refusal: ArmRefusal | undefined;
}

// AKS, quotas-skus-regions.md of August 2026; ARM, request-limits-and-throttling.md.
const aksLimits = {
  putCluster: { burst: 20, perSecond: 1 / 60 },
  putPool: { burst: 20, perSecond: 1 / 60 },
  getCluster: { burst: 60, perSecond: 1 },
  operation: { burst: 200, perSecond: 2 },
  other: { burst: 60, perSecond: 1 },
} as const;

const armLimits = {
  reads: { burst: 250, perSecond: 25 },
  writes: { burst: 200, perSecond: 10 },
  deletes: { burst: 200, perSecond: 10 },
} as const;

// The limits over all regions are so many times as large.
const globalFactor = 15;

export class Throttle {
  readonly #world: World;
  readonly #buckets = new Map<string, Bucket>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Counts the request. ARM's headers are always there; refusals only when the script turns throttling on. */
  take(route: Route): Limits {
    const kind = kindOf(route.operation);
    const here = this.#draw(`arm/${kind}`, armLimits[kind]);
    const { burst, perSecond } = armLimits[kind];
    const everywhere = this.#draw(`arm/global/${kind}`, {
      burst: burst * globalFactor,
      perSecond: perSecond * globalFactor,
    });
    const headers = {
      [`x-ms-ratelimit-remaining-subscription-${kind}`]: String(Math.floor(here.left)),
      [`x-ms-ratelimit-remaining-subscription-global-${kind}`]: String(Math.floor(everywhere.left)),
    };
    if (this.#world.script.throttling !== 'on') return { headers, refusal: undefined };
    if (here.waitSeconds > 0) return { headers, refusal: this.#armRefusal(kind, here.waitSeconds) };
    const bucket = bucketOf(route);
    const aks = this.#draw(bucket.key, aksLimits[bucket.limit]);
    return { headers, refusal: aks.waitSeconds > 0 ? this.#aksRefusal(route, aks.waitSeconds) : undefined };
  }

  #draw(key: string, { burst, perSecond }: Limit): { readonly left: number; readonly waitSeconds: number } {
    const now = this.#world.timeline.seconds();
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now };
    this.#buckets.set(key, bucket);
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) * perSecond);
    bucket.at = now;
    if (bucket.tokens < 1) return { left: 0, waitSeconds: (1 - bucket.tokens) / perSecond };
    bucket.tokens -= 1;
    return { left: bucket.tokens, waitSeconds: 0 };
  }

  /** Whole seconds of the client's own time. */
  #retryAfter(waitSeconds: number): { readonly 'retry-after': string } {
    return { 'retry-after': String(Math.max(1, Math.ceil(waitSeconds / this.#world.timeline.scale))) };
  }

  #aksRefusal({ operation }: Route, waitSeconds: number): ArmRefusal {
    const headers = this.#retryAfter(waitSeconds);
    return aksRefusal(
      429,
      'Throttled',
      `The ${handlerOf(operation)} request limit has been exceeded for SubID='${this.#world.identity.subscription}', please retry again in ${headers['retry-after']} seconds. For more details, please refer to aka.ms/aks/throttling`,
      { headers },
    );
  }

  #armRefusal(kind: keyof typeof armLimits, waitSeconds: number): ArmRefusal {
    const headers = this.#retryAfter(waitSeconds);
    const { burst } = armLimits[kind];
    return armRefusal(
      429,
      'SubscriptionRequestsThrottled',
      `Number of ${kind} requests for subscription '${this.#world.identity.subscription}' exceeded the limit of '${burst}' for time interval '00:00:01'. Please try again after '${headers['retry-after']}' seconds.`,
      { headers },
    );
  }
}

function kindOf(operation: OperationName): keyof typeof armLimits {
  if (operation === 'DELETE') return 'deletes';
  const writes: readonly OperationName[] = [
    'PUT',
    'ABORT',
    'DELETE_MACHINES',
    'UPGRADE_NODE_IMAGE',
    'CLUSTER_PUT',
    'CLUSTER_STOP',
    'CLUSTER_START',
  ];
  return writes.includes(operation) ? 'writes' : 'reads';
}

function bucketOf({ operation, pool }: Route): { readonly key: string; readonly limit: keyof typeof aksLimits } {
  if (operation === 'PUT') return { key: `aks/put/${pool}`, limit: 'putPool' };
  if (operation === 'CLUSTER_PUT') return { key: 'aks/putCluster', limit: 'putCluster' };
  if (operation === 'CLUSTER_GET') return { key: 'aks/getCluster', limit: 'getCluster' };
  if (operation === 'OPERATION' || operation === 'OPERATION_RESULT')
    return { key: 'aks/operation', limit: 'operation' };
  return { key: 'aks/other', limit: 'other' };
}

function handlerOf(operation: OperationName): string {
  if (operation === 'PUT') return 'PutAgentPoolHandler.PUT';
  if (operation === 'DELETE') return 'DeleteAgentPoolHandler.DELETE';
  if (operation === 'LIST') return 'ListAgentPoolsHandler.GET';
  if (operation === 'CLUSTER_PUT') return 'PutManagedClusterHandler.PUT';
  return 'GetAgentPoolHandler.GET';
}
