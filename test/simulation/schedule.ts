// The schedule of a simulation as data: everything that is done to the world, and when. A seed makes it (generate.ts), and
// shrinking takes pieces out of it.
import type { Policies } from '../../src/claims/policies.ts';
import type { Supply } from './arm-operations.ts';

export type ReplicaName = 'a' | 'b';

/** Row P2 for every claim: `--pause` or `--report-only`. */
export type Restriction = 'paused' | 'reportOnly';

/** A crash waits for the `skip`-th such moment after its time. */
export type CrashMoment = 'now' | 'armSent' | 'armDone' | 'patchSent' | 'patchDone' | 'readDone';

type Fault =
  | {
      readonly what: 'crash';
      readonly replica: ReplicaName;
      readonly on: CrashMoment;
      readonly skip: number;
      /** Requests that had left its process are lost with its machine. */
      readonly dropInFlight: boolean;
      readonly downMs: number;
    }
  /** Told to stop; another one is started in its place at once. */
  | { readonly what: 'rollout'; readonly replica: ReplicaName }
  /** Both replicas are replaced by ones that may change nothing, and when `ms` have passed by ones that may again. */
  | { readonly what: 'restrict'; readonly how: Restriction; readonly ms: number }
  | { readonly what: 'freeze'; readonly replica: ReplicaName; readonly ms: number }
  | { readonly what: 'clockJump'; readonly replica: ReplicaName; readonly ms: number }
  | {
      readonly what: 'apiOutage';
      readonly ms: number;
      readonly how: 'refused' | 'silent' | 'errors';
      /** Absent: nobody reaches it. */
      readonly replica?: ReplicaName;
    }
  /** A share of requests fails, some of them after they were carried out. */
  | { readonly what: 'apiTrouble'; readonly ms: number; readonly share: number }
  | { readonly what: 'watchLag'; readonly replica: ReplicaName; readonly ms: number; readonly lagMs: number }
  | { readonly what: 'watchBreak'; readonly plural: string; readonly how: 'reset' | 'gone' | 'stall' }
  | { readonly what: 'leaseTaken' }
  | { readonly what: 'leaseDeleted' }
  | { readonly what: 'crdGone'; readonly plural: string; readonly ms: number }
  | {
      readonly what: 'armOutage';
      readonly ms: number;
      readonly how: 'unavailable' | 'silent' | 'throttled' | 'forbidden' | 'parentGone';
      readonly replica?: ReplicaName;
    }
  /** What becomes of the next write of this kind. */
  | {
      readonly what: 'armWrite';
      readonly operation: 'create' | 'delete';
      readonly how: 'lost' | 'answerLost' | 'late' | 'error' | 'errorAfter' | 'throttled' | 'conflict';
      readonly lateMs: number;
    }
  | { readonly what: 'armReads'; readonly operation: 'list' | 'get'; readonly count: number }
  | { readonly what: 'supply'; readonly supply: Supply; readonly ms: number };

/** invalid: it names no size. foreign: another provisioner's. expiring: a NodeClaim that says when it is too old. */
export type ClaimLike = 'usual' | 'startupTaint' | 'invalid' | 'foreign' | 'expiring';

export type ClaimKindName = 'machines' | 'nodeclaims';

type Users =
  | {
      readonly what: 'createClaim';
      readonly name: string;
      readonly plural: ClaimKindName;
      readonly like: ClaimLike;
    }
  | { readonly what: 'deleteClaim'; readonly name: string }
  /** Deleted, and made again under its name as soon as that is free. */
  | { readonly what: 'recreateClaim'; readonly name: string }
  | { readonly what: 'stripClaim'; readonly name: string }
  | {
      readonly what: 'editClaim';
      readonly name: string;
      readonly edit: 'label' | 'finalizer' | 'annotations' | 'spec' | 'pause' | 'forceRelease' | 'adopt' | 'hold';
      readonly ms: number;
    }
  | { readonly what: 'deleteNode'; readonly pool: string }
  | { readonly what: 'pod'; readonly pool: string; readonly like: 'plain' | 'budget' | 'doNotDisrupt' | 'gpu' }
  | { readonly what: 'retag'; readonly pool: string; readonly how: 'drop' | 'foreign' | 'earlier' | 'dropAndRelabel' }
  | { readonly what: 'relabelPool'; readonly pool: string }
  | { readonly what: 'scale'; readonly pool: string; readonly count: number; readonly ms: number }
  /** Its count moves by itself, from 0 to 3, until the autoscaler is taken off again. */
  | { readonly what: 'autoscale'; readonly pool: string; readonly ms: number }
  | { readonly what: 'stopPool'; readonly pool: string; readonly ms: number }
  | { readonly what: 'deletePool'; readonly pool: string }
  | { readonly what: 'foreignPool'; readonly pool: string }
  | { readonly what: 'goPool'; readonly pool: string; readonly plural: ClaimKindName }
  | { readonly what: 'leakedPool'; readonly pool: string; readonly gpuPod: boolean };

type Platform =
  | { readonly what: 'upgradePool'; readonly pool: string }
  | { readonly what: 'upgradeCluster' }
  | { readonly what: 'stopCluster'; readonly ms: number }
  | { readonly what: 'nodeDown'; readonly pool: string; readonly ms: number; readonly reimage: boolean }
  | { readonly what: 'poolFails'; readonly pool: string }
  /** The cloud controller manager deletes the Node of a machine that it has not heard of yet, should one join within `ms`. */
  | { readonly what: 'youngNode'; readonly pool: string; readonly ms: number }
  | { readonly what: 'instanceGone'; readonly pool: string }
  /** The machine and its Node are gone for a while and both come back: what a storm of the CCM looks like. */
  | { readonly what: 'nodeStorm' };

type Kaito = {
  readonly what: 'kaito';
  readonly version: '0.3.0' | '0.4.1' | '0.4.6' | '0.12.0';
  readonly workspace: string;
  readonly count: number;
  /** Its Workspace is deleted when this has passed; absent: never. */
  readonly ms?: number;
};

export type Act = Fault | Users | Platform | Kaito;
export type Item = { readonly atMs: number } & Act;

export interface Schedule {
  readonly seed: number;
  /** Wall clocks of the two replicas, ahead of the true time. */
  readonly skewMs: Readonly<Record<ReplicaName, number>>;
  /** Waits are shorter by this, so that rare rows fit into a run. */
  readonly hurry: number;
  readonly policies: Partial<Policies>;
  /** When the last item has ended; from then on nothing goes wrong any more. */
  readonly faultsEndMs: number;
  readonly items: readonly Item[];
}

/** For a person: one line an item. */
export function describe({ atMs, what, ...rest }: Item): string {
  const details = Object.entries(rest).map(([key, value]) => `${key}=${String(value)}`);
  return `${(atMs / 1000).toFixed(1).padStart(8)} s  ${what} ${details.join(' ')}`.trimEnd();
}
