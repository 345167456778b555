// Puts the status feed together, from what this process has in memory: no request goes out for it.
import type { Claim } from '../apis/claim.ts';
import type { Guide } from '../apis/guide.ts';
import type { Inventory } from '../azure/inventory.ts';
import type { Gate } from '../claims/gate.ts';
import type { Clock } from '../clock.ts';
import type { Check } from '../runtime/health.ts';
import type { ArmBudget } from './arm-budget.ts';
import { claimRows } from './claim-rows.ts';
import type { ClaimRowContext } from './claim-rows.ts';
import type { Durations } from './durations.ts';
import type { FeedClaim, FeedGate, FeedGuide, FeedLack, FeedPool, StatusFeed } from './feed.ts';
import type { PoolBoard } from './pool-board.ts';

/** What the process knows of itself. */
export interface StatusIdentity {
  readonly build: string;
  readonly cluster: StatusFeed['cluster'];
  readonly budget: ArmBudget['now'];
}

export interface StatusBoardOptions {
  readonly clock: Clock;
  readonly instance: string;
  readonly leads: () => boolean;
  /** By the API server's clock, which conditions are stamped with. */
  readonly now: () => Date;
  readonly inventory: Pick<Inventory, 'ageMs' | 'health' | 'unknownWhy'>;
  readonly gate: () => Gate;
  /** Of `/readyz`. */
  readonly checks: () => readonly Check[];
  readonly claims: () => Iterable<Claim>;
  readonly timings: ClaimRowContext['timings'];
  readonly pools: Pick<PoolBoard, 'entries'>;
  readonly durations: Pick<Durations, 'expectations'>;
  readonly guideOf: (reason: string) => Guide | undefined;
}

// A cluster has 100 pools at most, so that more claims than this are refused ones; a megabyte of them helps nobody.
const claimsShown = 2000;
const poolsShown = 500;
// Whoever asks again within this gets the same answer: watchers cost what one of them costs.
const keptMs = 1000;

/** One for the process. */
export class StatusBoard {
  readonly #options: StatusBoardOptions;
  #kept: { readonly feed: StatusFeed; readonly atMs: number } | undefined;

  constructor(options: StatusBoardOptions) {
    this.#options = options;
  }

  /** As of a second ago at most. */
  feed(identity: StatusIdentity): StatusFeed {
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#kept === undefined || nowMs - this.#kept.atMs >= keptMs)
      this.#kept = { feed: this.#read(identity, nowMs), atMs: nowMs };
    return this.#kept.feed;
  }

  #read({ budget, build, cluster }: StatusIdentity, nowMs: number): StatusFeed {
    const { checks, durations, gate, instance, inventory, leads, now, timings } = this.#options;
    const at = now();
    const entries = this.#options.pools.entries();
    const claims = claimRows(this.#options.claims(), {
      now: at,
      timings,
      pools: new Map(
        entries.flatMap(({ entry: { owner, ownership }, pool }) =>
          owner !== undefined && ownership === 'owned' ? [[owner.uid, pool]] : [],
        ),
      ),
      poolsKnown: inventory.unknownWhy === undefined,
    });
    const pools = entries.map(({ entry, pool }): FeedPool => {
      const { count, owner, ownership, row, sinceMs, usdPerHour, vmSize, why } = entry;
      return {
        name: pool.name,
        ownership,
        ...(owner === undefined ? {} : { owner: { kind: owner.kind, name: owner.name, uid: owner.uid } }),
        ...(row === undefined ? {} : { row }),
        ...why,
        vmSize,
        count,
        state: pool.state,
        ageSeconds: Math.floor((nowMs - sinceMs) / 1000),
        ...(usdPerHour === undefined ? {} : { usdPerHour }),
      };
    });
    const shown = { claims: claims.slice(0, claimsShown), pools: pools.slice(0, poolsShown) };
    const feedGate = gateOf(gate());
    const lacks = lacksOf(checks());
    return {
      version: 1,
      at: at.toISOString(),
      instance,
      build,
      leads: leads(),
      cluster,
      azure: {
        ...inventory.health,
        ...(inventory.ageMs === undefined ? {} : { inventoryAgeSeconds: Math.floor(inventory.ageMs / 1000) }),
        ...budget(),
      },
      gate: feedGate,
      ...(lacks.length === 0 ? {} : { lacks }),
      ...shown,
      expectations: durations.expectations(),
      guides: this.#guides([feedGate, ...shown.claims, ...shown.pools]),
      omitted: { claims: claims.length - shown.claims.length, pools: pools.length - shown.pools.length },
    };
  }

  #guides(said: readonly Pick<FeedGate | FeedClaim | FeedPool, 'reason'>[]): Record<string, FeedGuide> {
    const reasons = new Set(said.flatMap(({ reason }) => (reason === undefined ? [] : [reason])));
    const known = [...reasons].flatMap((reason) => {
      const guide = this.#options.guideOf(reason);
      return guide === undefined ? [] : [[reason, { means: guide.means, todo: guide.todo }] as const];
    });
    return Object.fromEntries(known);
  }
}

/** Azure and the gate have a place of their own. */
const toldElsewhere: ReadonlySet<string> = new Set(['azure', 'gate']);

function lacksOf(checks: readonly Check[]): readonly FeedLack[] {
  return checks.flatMap((one) => {
    if (toldElsewhere.has(one.name)) return [];
    const { detail = '', ok } = one.check();
    return ok ? [] : [{ name: one.name, detail }];
  });
}

function gateOf(gate: Gate): FeedGate {
  return gate.state === 'open'
    ? { state: gate.state }
    : { state: gate.state, reason: gate.reason, message: gate.message };
}
