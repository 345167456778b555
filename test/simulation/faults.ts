// Which requests fail, and how: windows and single faults that the schedule opens, drawn for each request.
import type { ArmCall } from '../../src/azure/arm-errors.ts';
import { ServerError, TooManyRequests, Unreachable } from '../../src/kube/errors.ts';
import type { ArmFaults } from './arm-connection.ts';
import { ArmRefusal } from './arm-pools.ts';
import type { KubeCall, KubeFaults } from './kube-connection.ts';
import type { SimProcess } from './process.ts';
import type { Random } from './random.ts';
import type { Item, ReplicaName } from './schedule.ts';
import type { Scheduler } from './scheduler.ts';
import type { Fate } from './wire.ts';

type Of<W extends Item['what']> = Extract<Item, { readonly what: W }>;
type Window = Of<'apiOutage' | 'apiTrouble' | 'watchLag' | 'armOutage'>;

const normal: Fate = { fate: 'normal' };

export function replicaOf(process: SimProcess): ReplicaName {
  return process.name.startsWith('a') ? 'a' : 'b';
}

export class Faults implements KubeFaults, ArmFaults {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #windows = new Set<Window>();
  readonly #writes: Of<'armWrite'>[] = [];
  readonly #reads: { readonly operation: string; left: number }[] = [];

  constructor({ scheduler, random }: { readonly scheduler: Scheduler; readonly random: Random }) {
    this.#scheduler = scheduler;
    this.#random = random;
  }

  open(window: Window): void {
    this.#windows.add(window);
    this.#scheduler.after(window.ms, () => this.#windows.delete(window));
  }

  failWrite(write: Of<'armWrite'>): void {
    this.#writes.push(write);
  }

  failReads({ operation, count }: Of<'armReads'>): void {
    this.#reads.push({ operation, left: count });
  }

  /** Single faults that waited in vain. */
  end(): void {
    this.#writes.length = 0;
    this.#reads.length = 0;
  }

  /** Nobody reaches the API server: its own control plane stands still too. */
  get apiIsUp(): boolean {
    return !this.#some('apiOutage', (one) => one.replica === undefined);
  }

  /** Something disturbs this replica's calls to the API server now. */
  troubles(replica: ReplicaName): boolean {
    return (
      this.#some('apiTrouble', () => true) ||
      this.#some('watchLag', (one) => one.replica === replica) ||
      this.#some('apiOutage', (one) => (one.replica ?? replica) === replica)
    );
  }

  armFails(replica: ReplicaName): boolean {
    return (
      this.#reads.some(({ left }) => left > 0) || this.#some('armOutage', (one) => (one.replica ?? replica) === replica)
    );
  }

  fateOf(process: SimProcess, call: KubeCall | ArmCall): Fate {
    return 'verb' in call ? this.#kube(process, call) : this.#arm(process, call);
  }

  watchLagMs(process: SimProcess): number {
    const replica = replicaOf(process);
    for (const one of this.#windows) if (one.what === 'watchLag' && one.replica === replica) return one.lagMs;
    return 0;
  }

  #kube(process: SimProcess, { verb }: KubeCall): Fate {
    const replica = replicaOf(process);
    const random = this.#random;
    for (const one of this.#windows) {
      if (one.what === 'apiOutage' && (one.replica ?? replica) === replica) {
        if (one.how === 'silent') return { fate: 'lost' };
        const error =
          one.how === 'refused'
            ? new Unreachable('connect ECONNREFUSED', { status: 0 })
            : new ServerError('etcdserver: leader changed', { status: 500 });
        return { fate: 'refused', error, afterMs: random.between(1, 50) };
      }
      if (one.what === 'apiTrouble' && random.chance(one.share))
        return this.#trouble(verb !== 'get' && verb !== 'list');
    }
    return random.chance(0.02)
      ? { fate: 'slow', toMs: random.between(0, 400), backMs: random.between(0, 1500) }
      : normal;
  }

  #trouble(isWrite: boolean): Fate {
    const random = this.#random;
    const afterMs = random.between(1, 200);
    const kind = random.below(isWrite ? 5 : 3);
    if (kind === 0) {
      const error = new TooManyRequests('too many requests', { status: 429, retryAfterMs: 1000 });
      return { fate: 'refused', error, afterMs };
    }
    if (kind === 1) return { fate: 'refused', error: new ServerError('internal error', { status: 500 }), afterMs };
    if (kind === 2) return { fate: 'slow', toMs: random.between(0, 5000), backMs: random.between(0, 8000) };
    const error = new Unreachable('read ECONNRESET', { status: 0 });
    return {
      fate: 'answerLost',
      error,
      afterMs: random.between(20, 400),
      lateMs: kind === 3 ? 0 : random.between(0, 2000),
    };
  }

  #arm(process: SimProcess, { operation }: ArmCall): Fate {
    const replica = replicaOf(process);
    const random = this.#random;
    for (const one of this.#windows)
      if (one.what === 'armOutage' && (one.replica ?? replica) === replica) return armOutage(one.how, random);
    const read = this.#reads.find((one) => one.operation === operation && one.left > 0);
    if (read !== undefined) {
      read.left -= 1;
      // A page of it came, the next one did not: the call as a whole has failed.
      return { fate: 'refused', error: new ArmRefusal(serverFault), afterMs: random.between(50, 2000) };
    }
    const at = this.#writes.findIndex((one) => one.operation === operation);
    const [write] = at === -1 ? [] : this.#writes.splice(at, 1);
    if (write !== undefined) return armWrite(write, random);
    if (random.chance(0.03)) return { fate: 'slow', toMs: random.between(0, 4000), backMs: random.between(0, 9000) };
    return normal;
  }

  #some<W extends Window['what']>(what: W, holds: (one: Extract<Window, { readonly what: W }>) => boolean): boolean {
    for (const one of this.#windows) if (isOf(one, what) && holds(one)) return true;
    return false;
  }
}

function isOf<W extends Window['what']>(one: Window, what: W): one is Extract<Window, { readonly what: W }> {
  return one.what === what;
}

const serverFault = {
  status: 500,
  code: 'InternalServerError',
  armMessage: 'Encountered internal server error.',
} as const;
const reset = { code: 'ECONNRESET', armMessage: 'socket hang up' } as const;

function armOutage(how: Of<'armOutage'>['how'], random: Random): Fate {
  const afterMs = random.between(20, 500);
  switch (how) {
    case 'silent':
      return { fate: 'lost' };
    case 'unavailable':
      return {
        fate: 'refused',
        error: new ArmRefusal({ ...serverFault, status: 503, code: 'ServiceUnavailable' }),
        afterMs,
      };
    case 'throttled':
      return { fate: 'refused', error: new ArmRefusal(throttled(random.between(10, 90))), afterMs };
    case 'forbidden':
      return {
        fate: 'refused',
        error: new ArmRefusal({ status: 403, code: 'AuthorizationFailed', armMessage: 'does not have authorization' }),
        afterMs,
      };
    case 'parentGone':
      return {
        fate: 'refused',
        error: new ArmRefusal({ status: 404, code: 'ResourceGroupNotFound', armMessage: 'group could not be found' }),
        afterMs,
      };
  }
}

function armWrite({ how, lateMs }: Of<'armWrite'>, random: Random): Fate {
  const afterMs = random.between(20, 500);
  switch (how) {
    case 'lost':
      return { fate: 'lost' };
    case 'answerLost':
      return { fate: 'answerLost', error: new ArmRefusal(reset), afterMs: afterMs + 1000, lateMs: 0 };
    // The client gives up at its deadline, and Azure carries it out as late as a minute after that.
    case 'late':
      return {
        fate: 'answerLost',
        error: new ArmRefusal({ code: 'RequestTimeout', armMessage: 'Not done' }),
        afterMs: 30_000,
        lateMs,
      };
    case 'error':
      return { fate: 'refused', error: new ArmRefusal(serverFault), afterMs };
    case 'errorAfter':
      return { fate: 'answerLost', error: new ArmRefusal(serverFault), afterMs: afterMs + 1000, lateMs: 0 };
    case 'throttled':
      return { fate: 'refused', error: new ArmRefusal(throttled(random.between(5, 60))), afterMs };
    case 'conflict':
      return {
        fate: 'refused',
        error: new ArmRefusal({
          status: 409,
          code: 'OperationNotAllowed',
          armMessage: 'Operation is not allowed: Another operation (Updating) is in progress, please wait',
        }),
        afterMs,
      };
  }
}

function throttled(seconds: number): { status: number; code: string; armMessage: string; retryAfterMs: number } {
  return { status: 429, code: 'Throttled', armMessage: 'please retry again', retryAfterMs: seconds * 1000 };
}
