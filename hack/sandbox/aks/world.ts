// What the emulated region holds: the cluster, its pools, their machines, and the operations under way.
import { randomUUID } from 'node:crypto';
import type { Scheduled, Timeline } from '../timeline.ts';
import type { PoolSpec } from './pool-spec.ts';
import type { AksScript, Failure, PoolPlan, Timing } from './script.ts';
import { usualTiming } from './script.ts';

export interface ClusterIdentity {
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly cluster: string;
  readonly location: string;
  /** The group that holds the machines, `MC_<group>_<cluster>_<location>`. */
  readonly nodeResourceGroup: string;
}

type OperationStatus = 'InProgress' | 'Succeeded' | 'Failed' | 'Canceled';

export interface Operation {
  readonly id: string;
  /** As provisioningState names it: Creating, Deleting, ... */
  readonly what: string;
  readonly startTime: Date;
  /** Its URL never says that it ended. */
  readonly hangs: boolean;
  status: OperationStatus;
  endTime?: Date;
  error?: ProvisioningFailure;
}

export type ProvisioningFailure = Pick<Failure, 'code' | 'message'>;

/** A virtual machine of a pool: it may exist long before its node joins, and without it. */
export interface Machine {
  readonly nodeName: string;
  readonly index: number;
  readonly providerID: string;
  readonly vmSize: string;
  readonly zone: string | undefined;
  bootId: string;
  /** An upgrade's own, gone when that ends. */
  readonly surge: boolean;
  /** Whether its kubelet has a Node to look after. */
  joined: boolean;
  readonly timers: Set<Scheduled>;
}

export interface Pool {
  readonly name: string;
  readonly plan: PoolPlan;
  spec: PoolSpec;
  /** provisioningState. */
  state: string;
  power: 'Running' | 'Stopped';
  etag: string;
  error: ProvisioningFailure | undefined;
  machines: Machine[];
  /** The operation that holds the pool; absent when it is idle. */
  busy: { readonly operation: Operation; readonly timers: Set<Scheduled> } | undefined;
  /** An upgrade was aborted half-way; the next PUT takes it up again. */
  upgradeInterrupted: boolean;
  failedDeletions: number;
}

export interface Cluster {
  state: string;
  power: 'Running' | 'Stopped';
  etag: string;
  version: string;
  patchVersion: string;
  error: ProvisioningFailure | undefined;
  busy: { readonly operation: Operation; readonly timers: Set<Scheduled> } | undefined;
}

export interface World {
  readonly identity: ClusterIdentity;
  readonly timeline: Timeline;
  readonly cluster: Cluster;
  readonly pools: Map<string, Pool>;
  readonly operations: Map<string, Operation>;
  /** What is asked of the region now; replaced at run time. */
  script: AksScript;
  /** Plans used up so far, and capacity taken, by size and zone in lower case. */
  readonly planUses: Map<PoolPlan, number>;
  /** Next machine number by pool, where numbers are not used again. */
  readonly nextIndex: Map<string, number>;
}

export function aWorld(identity: ClusterIdentity, timeline: Timeline, script: AksScript): World {
  return {
    identity,
    timeline,
    script,
    cluster: {
      state: 'Succeeded',
      power: 'Running',
      etag: randomUUID(),
      version: '1.34',
      patchVersion: '1.34.4',
      error: undefined,
      busy: undefined,
    },
    pools: new Map(),
    operations: new Map(),
    planUses: new Map(),
    nextIndex: new Map(),
  };
}

export function timingOf(world: World): Timing {
  return { ...usualTiming, ...world.script.timing };
}

/** The plan that a new pool follows; counts as one use of it. */
export function takePlan(world: World, pool: string, vmSize: string): PoolPlan {
  for (const plan of world.script.plans ?? []) {
    if (plan.pool !== undefined && plan.pool !== pool) continue;
    if (plan.vmSize !== undefined && plan.vmSize.toLowerCase() !== vmSize.toLowerCase()) continue;
    const uses = world.planUses.get(plan) ?? 0;
    if (uses >= (plan.times ?? Number.POSITIVE_INFINITY)) continue;
    world.planUses.set(plan, uses + 1);
    return plan;
  }
  return {};
}

/** Runs `fn` later; whoever holds the set may drop it. */
export function schedule(world: World, timers: Set<Scheduled>, seconds: number, fn: () => void): void {
  const scheduled = world.timeline.after(seconds, () => {
    timers.delete(scheduled);
    fn();
  });
  timers.add(scheduled);
}

export function drop(timers: Set<Scheduled>): void {
  for (const timer of timers) timer.cancel();
  timers.clear();
}
