// An inventory on an ARM that a test plays by hand, and on a clock that stands still.
import { onTestFinished } from 'vitest';
import type { ArmClient } from '../../src/azure/arm-client.ts';
import { ArmError } from '../../src/azure/arm-errors.ts';
import { Inventory, type InventoryHealth } from '../../src/azure/inventory.ts';
import type { AgentPoolBody } from '../../src/azure/pool-body.ts';
import type { AgentPool, PoolPhase, PoolMachine } from '../../src/azure/pool.ts';
import { FakeClock, settle } from './fake-clock.ts';

export const body: AgentPoolBody = {
  vmSize: 'Standard_NC4as_T4_v3',
  count: 1,
  enableAutoScaling: false,
  mode: 'User',
  type: 'VirtualMachineScaleSets',
  osType: 'Linux',
  nodeLabels: {},
  nodeTaints: [],
  tags: {},
};

export function pool(name: string, phase: PoolPhase = 'settled'): AgentPool {
  const id = `/pools/${name}`;
  const { vmSize, nodeLabels, nodeTaints, tags } = body;
  const fixed = { state: phase, power: 'running', mode: 'User', count: 1, autoscaled: false } as const;
  return { name, id, phase, vmSize, nodeLabels, nodeTaints, tags, etag: 'e-1', ...fixed };
}

export const refusedBy = (status: number): ArmError =>
  new ArmError({ operation: 'create', pool: 'a' }, { status, code: 'QuotaExceeded', armMessage: 'x' });
export const timedOut = (): ArmError =>
  new ArmError({ operation: 'create', pool: 'a' }, { code: 'RequestTimeout', armMessage: 'x' });

/** Calls of one kind that wait for the test to answer them, the oldest first. */
class Waiting<T> {
  readonly #calls: PromiseWithResolvers<T>[] = [];

  wait(): Promise<T> {
    const call = Promise.withResolvers<T>();
    this.#calls.push(call);
    return call.promise;
  }

  async answer(answer: T): Promise<void> {
    this.#next().resolve(answer);
    await settle();
  }

  async fail(error: Error): Promise<void> {
    this.#next().reject(error);
    await settle();
  }

  #next(): PromiseWithResolvers<T> {
    const call = this.#calls.shift();
    if (call === undefined) throw new Error('Nobody waits for an answer');
    return call;
  }
}

/** ARM by hand. */
class ScriptedArm implements ArmClient {
  readonly listTimes: number[] = [];
  readonly lists = new Waiting<readonly AgentPool[]>();
  readonly gets = new Waiting<AgentPool | undefined>();
  readonly creates = new Waiting<AgentPool>();
  readonly deletes = new Waiting<'accepted' | 'absent'>();
  readonly machineLists = new Waiting<readonly PoolMachine[]>();
  /** What every LIST shows or throws; else it waits in `lists`. */
  pools: readonly AgentPool[] | Error | 'wait' = [];
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  async list(): Promise<readonly AgentPool[]> {
    this.listTimes.push(this.#clock.monotonicMs());
    if (this.pools === 'wait') return this.lists.wait();
    if (this.pools instanceof Error) throw this.pools;
    return this.pools;
  }

  get(): Promise<AgentPool | undefined> {
    return this.gets.wait();
  }

  create(): Promise<AgentPool> {
    return this.creates.wait();
  }

  delete(): Promise<'accepted' | 'absent'> {
    return this.deletes.wait();
  }

  machines(): Promise<readonly PoolMachine[]> {
    return this.machineLists.wait();
  }

  cluster(): Promise<{ power: 'running' | 'stopped'; state: string }> {
    return Promise.resolve({ power: 'running', state: 'Succeeded' });
  }
}

export const thrownBy = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'nothing',
    (error: unknown) => error,
  );

/** `run` lists until the test ends. */
export function playInventory(): {
  readonly clock: FakeClock;
  readonly arm: ScriptedArm;
  readonly inventory: Inventory;
  readonly told: string[];
  readonly health: InventoryHealth[];
  readonly signal: AbortSignal;
  readonly run: () => Promise<void>;
} {
  const clock = new FakeClock();
  const arm = new ScriptedArm(clock);
  const health: InventoryHealth[] = [];
  const inventory = new Inventory({ arm, clock, onHealth: (one) => health.push(one) });
  const told: string[] = [];
  inventory.subscribe((name) => told.push(name));
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  return { clock, arm, inventory, told, health, signal: stop.signal, run: () => inventory.run(stop.signal) };
}

export const write = { signal: new AbortController().signal, beforeSend: () => {} };
export const remove = { ...write, etag: 'e-1', ignorePodDisruptionBudget: true };
