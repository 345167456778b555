// One limiter for every call to ARM: it keeps us below Azure's limits and remembers for all what one call was told.
import type { Clock } from '../clock.ts';
import { ArmNotNow, type ArmCall, type ArmFailure, type ArmOperation } from './arm-errors.ts';
import { armLanes, type ArmLane, type LaneState } from './arm-observer.ts';
import { RecentNames } from './recent-names.ts';
import { TokenBucket, type BucketSize } from './token-bucket.ts';

export interface ArmLimits {
  /**
   * LIST, GET and DELETE of pools, and LISTs of their machines: AKS gives a whole subscription a burst of 60 and 1 a second.
   * A burst of GETs may be followed by as many DELETEs, so that twice `burst` is what Azure sees at once.
   */
  readonly pools: BucketSize;
  /** PUTs of one pool: AKS gives each 20 and one a minute. */
  readonly createsOfPool: BucketSize;
  /** PUTs of all pools: ARM gives each principal 200 writes and 10 a second in a region. */
  readonly creates: BucketSize;
  /** GETs of the cluster: AKS gives it 60 and 1 a second. */
  readonly cluster: BucketSize;
}

/**
 * About half of what Azure gives, since the subscription has other users; three quarters where a GPU's bill runs until its
 * DELETE is sent. Should others take their part at that moment, Azure's 429 says so, and everybody waits.
 */
export const defaultLimits: ArmLimits = {
  pools: { burst: 28, perSecond: 0.75 },
  createsOfPool: { burst: 10, perSecond: 0.5 / 60 },
  creates: { burst: 100, perSecond: 5 },
  cluster: { burst: 15, perSecond: 0.25 },
};

const laneOf: Readonly<Record<ArmOperation, ArmLane>> = {
  list: 'pools',
  get: 'pools',
  delete: 'pools',
  create: 'creates',
  cluster: 'cluster',
  machines: 'pools',
};

// A 429 without Retry-After: 30 s, doubled with each in a row. Nothing closes a lane for longer than an hour.
const firstBackoffMs = 30_000;
const longestBackoffMs = 300_000;
const longestCloseMs = 3_600_000;
// As long as a look is the proof that a DELETE leans on, and a little more for the request itself.
const promisedMs = 20_000;
// Twice the pools that a cluster can have.
const poolBucketsKept = 200;
// ARM's own throttling counts all calls of the principal, not those of one kind.
const armWideCodes: ReadonlySet<string> = new Set(['SubscriptionRequestsThrottled', 'TooManyRequests']);

export interface LimiterOptions {
  readonly clock: Clock;
  readonly limits?: Partial<ArmLimits>;
}

/** Never waits: who would have to is thrown an ArmNotNow with the time, and the queue comes back. */
export class ArmLimiter {
  readonly #clock: Clock;
  readonly #limits: ArmLimits;
  readonly #buckets: Readonly<Record<ArmLane, TokenBucket>>;
  readonly #poolBuckets = new Map<string, TokenBucket>();
  readonly #lookedAt = new RecentNames();
  readonly #closedUntilMs: Record<ArmLane, number> = { pools: 0, creates: 0, cluster: 0 };
  readonly #refusals: Record<ArmLane, number> = { pools: 0, creates: 0, cluster: 0 };

  constructor({ clock, limits }: LimiterOptions) {
    const nowMs = clock.monotonicMs();
    this.#clock = clock;
    this.#limits = { ...defaultLimits, ...limits };
    this.#buckets = {
      pools: new TokenBucket(this.#limits.pools, nowMs),
      creates: new TokenBucket(this.#limits.creates, nowMs),
      cluster: new TokenBucket(this.#limits.cluster, nowMs),
    };
  }

  /** To be called before a call is begun; throws ArmNotNow when it has to wait. */
  admit(call: ArmCall): void {
    const lane = laneOf[call.operation];
    const nowMs = this.#clock.monotonicMs();
    const closedMs = this.#closedUntilMs[lane] - nowMs;
    if (closedMs > 0) throw notNow(call, 'Azure throttles requests', closedMs);
    // Everything leans on the one LIST: it is only ever held back by Azure itself.
    if (call.operation === 'list') {
      this.charge(call);
      return;
    }
    if (call.operation === 'delete' && this.#isPromised(call.pool ?? '', nowMs)) {
      this.charge(call);
      return;
    }
    const waitMs = this.#buckets[lane].take(nowMs);
    if (waitMs > 0) throw notNow(call, 'Too many requests at once', waitMs);
    if (call.operation === 'get') this.#lookedAt.note(call.pool ?? '', nowMs);
    if (call.operation !== 'create') return;
    const ofPoolMs = this.#bucketOf(call.pool ?? '', nowMs).take(nowMs);
    if (ofPoolMs > 0) throw notNow(call, 'Too many attempts for one pool', ofPoolMs);
  }

  /** A further request of a call that was admitted: a page of the LIST, another try of a GET. */
  charge(call: ArmCall): void {
    this.#buckets[laneOf[call.operation]].charge(1, this.#clock.monotonicMs());
  }

  /** What an answer means for everybody. Returns for how long its lane is closed now; 0 when it is open. */
  noteAnswer(call: ArmCall, failure: ArmFailure | undefined): number {
    const lane = laneOf[call.operation];
    if (failure === undefined || !asksForPatience(failure)) {
      this.#refusals[lane] = 0;
      return 0;
    }
    const backoffMs = Math.min(longestBackoffMs, firstBackoffMs * 2 ** this.#refusals[lane]);
    this.#refusals[lane] += 1;
    const closeMs = Math.min(longestCloseMs, failure.retryAfterMs ?? backoffMs);
    const lanes: readonly ArmLane[] = isArmWide(failure) ? armLanes : [lane];
    const nowMs = this.#clock.monotonicMs();
    for (const closed of lanes) this.#closedUntilMs[closed] = Math.max(this.#closedUntilMs[closed], nowMs + closeMs);
    return this.#closedUntilMs[lane] - nowMs;
  }

  /** How it stands now, one for each lane. */
  lanes(): readonly LaneState[] {
    const nowMs = this.#clock.monotonicMs();
    return armLanes.map((lane) => ({
      lane,
      budget: this.#buckets[lane].left(nowMs),
      closedMs: Math.max(0, this.#closedUntilMs[lane] - nowMs),
    }));
  }

  /**
   * The GET that a DELETE leans on was admitted moments ago. Held back now, the DELETE would outlive its proof and ask for
   * another GET, and many at once would look at their pools for ever and delete none.
   */
  #isPromised(pool: string, nowMs: number): boolean {
    const lookedAtMs = this.#lookedAt.get(pool);
    return lookedAtMs !== undefined && nowMs - lookedAtMs < promisedMs;
  }

  #bucketOf(pool: string, nowMs: number): TokenBucket {
    const known = this.#poolBuckets.get(pool);
    if (known !== undefined) return known;
    // The oldest had the longest to fill up again.
    for (const oldest of this.#poolBuckets.keys()) {
      if (this.#poolBuckets.size < poolBucketsKept) break;
      this.#poolBuckets.delete(oldest);
    }
    const bucket = new TokenBucket(this.#limits.createsOfPool, nowMs);
    this.#poolBuckets.set(pool, bucket);
    return bucket;
  }
}

function asksForPatience({ status, retryAfterMs }: ArmFailure): boolean {
  return status === 429 || (status === 503 && retryAfterMs !== undefined);
}

function isArmWide({ status, fromGateway, code }: ArmFailure): boolean {
  return status === 429 && (fromGateway === true || armWideCodes.has(code));
}

function notNow({ operation, pool }: ArmCall, why: string, retryAfterMs: number): ArmNotNow {
  const of = pool === undefined ? '' : ` of agent pool "${pool}"`;
  return new ArmNotNow(`Cannot ${operation}${of} yet: ${why}`, { retryAfterMs });
}
