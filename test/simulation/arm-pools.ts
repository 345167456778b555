// Azure's state: agent pools with versions, instances and operations that take their time, and the cluster they are in.
import type { AgentPool, ProvisioningError } from '../../src/azure/pool.ts';
import type { ArmFailure } from '../../src/azure/arm-errors.ts';

export interface SimInstance {
  /** Also the name of its Node. */
  readonly name: string;
  readonly providerId: string;
  readonly pool: string;
  /** Of the pool that it was made for: pools of one name are told apart by it. */
  readonly incarnation: number;
  /** up: its kubelet runs. down: it is there and its kubelet is not. */
  state: 'booting' | 'up' | 'down';
  /** Its kubelet has registered since it began; a Node that is deleted after that does not come back. */
  registered: boolean;
  /** Its kubelet registers and never becomes Ready. */
  sick: boolean;
}

export interface SimPool {
  readonly incarnation: number;
  /** Of the claim that it was made for, by our tag when it was made; a tag that changes later changes nothing here. */
  readonly madeFor: string | undefined;
  /** Who made it: a replica or a user. */
  readonly madeBy: string;
  readonly madeAtMs: number;
  readonly instances: SimInstance[];
  view: AgentPool;
  /** Every version that it had, by eTag. */
  readonly versions: Map<string, AgentPool>;
  /** The operation under way; an outdated token means that another one took its place. */
  operation: number;
}

export interface SimCluster {
  power: 'running' | 'stopped';
  state: string;
  readonly nodeGroup: string;
}

/** Azure says no; the connection makes the client's error of it. */
export class ArmRefusal extends Error {
  readonly code: string;
  readonly failure: ArmFailure;

  constructor(failure: ArmFailure) {
    super(failure.armMessage);
    this.name = 'ArmRefusal';
    this.code = failure.code;
    this.failure = failure;
  }
}

export type PoolNews = 'made' | 'changed' | 'gone';

export class ArmPools {
  readonly cluster: SimCluster = {
    power: 'running',
    state: 'Succeeded',
    nodeGroup: '/subscriptions/s/resourcegroups/mc_rg',
  };
  readonly #pools = new Map<string, SimPool>();
  readonly #listeners: ((pool: SimPool, news: PoolNews, by: string) => void)[] = [];
  readonly #timesMade = new Map<string, number>();
  #etags = 0;
  #incarnations = 0;

  /** Told after each change of a pool's view. */
  subscribe(listener: (pool: SimPool, news: PoolNews, by: string) => void): void {
    this.#listeners.push(listener);
  }

  /** How many pools were ever made for the claim of this uid. */
  timesMadeFor(uid: string): number {
    return this.#timesMade.get(uid) ?? 0;
  }

  find(name: string): SimPool | undefined {
    return this.#pools.get(name);
  }

  all(): readonly SimPool[] {
    return [...this.#pools.values()];
  }

  make(view: Omit<AgentPool, 'etag' | 'id'>, { by, nowMs }: { readonly by: string; readonly nowMs: number }): SimPool {
    this.#incarnations += 1;
    const tags = view.tags;
    const pool: SimPool = {
      incarnation: this.#incarnations,
      madeFor: tags['gpu-provisioner-uid'],
      madeBy: by,
      madeAtMs: nowMs,
      instances: [],
      view: { ...view, id: poolId(view.name) },
      versions: new Map(),
      operation: 0,
    };
    if (pool.madeFor !== undefined) this.#timesMade.set(pool.madeFor, this.timesMadeFor(pool.madeFor) + 1);
    this.#pools.set(view.name, pool);
    this.#version(pool);
    this.#tell(pool, 'made', by);
    return pool;
  }

  /** Every change brings a new eTag. */
  change(pool: SimPool, change: Partial<AgentPool>, by: string): void {
    const { error: _earlier, ...view } = pool.view;
    pool.view = { ...view, ...change };
    this.#version(pool);
    this.#tell(pool, 'changed', by);
  }

  remove(pool: SimPool, by: string): void {
    if (this.#pools.get(pool.view.name) !== pool) return;
    this.#pools.delete(pool.view.name);
    pool.operation += 1;
    this.#tell(pool, 'gone', by);
  }

  addInstance(pool: SimPool, index: number): SimInstance {
    const { name } = pool.view;
    const set = `aks-${name}-${String(10_000_000 + pool.incarnation)}-vmss`;
    const instance: SimInstance = {
      name: `${set}${index.toString(36).padStart(6, '0')}`,
      providerId: `azure:///subscriptions/s/resourceGroups/mc_rg/providers/Microsoft.Compute/virtualMachineScaleSets/${set}/virtualMachines/${index}`,
      pool: name,
      incarnation: pool.incarnation,
      state: 'booting',
      registered: false,
      sick: false,
    };
    pool.instances.push(instance);
    return instance;
  }

  removeInstance(instance: SimInstance): void {
    for (const pool of this.#pools.values()) {
      const at = pool.instances.indexOf(instance);
      if (at !== -1) pool.instances.splice(at, 1);
    }
  }

  /** The instance behind a providerID, if its machine exists. */
  instanceOf(providerId: string): SimInstance | undefined {
    for (const pool of this.#pools.values())
      for (const instance of pool.instances) if (instance.providerId === providerId) return instance;
    return undefined;
  }

  #version(pool: SimPool): void {
    this.#etags += 1;
    const etag = `e${this.#etags}`;
    pool.view = { ...pool.view, etag };
    pool.versions.set(etag, pool.view);
  }

  #tell(pool: SimPool, news: PoolNews, by: string): void {
    for (const listener of this.#listeners) listener(pool, news, by);
  }
}

/** Azure does nothing with it, and it runs. */
export function isAtRest({ view }: SimPool): boolean {
  return view.phase === 'settled' && view.power === 'running';
}

/** Of the next machine of its scale set. */
export function nextIndexOf({ instances }: SimPool): number {
  return instances.reduce((most, { providerId }) => Math.max(most, Number(providerId.split('/').at(-1)) + 1), 0);
}

function poolId(name: string): string {
  return `/subscriptions/s/resourcegroups/rg/providers/Microsoft.ContainerService/managedClusters/mc/agentPools/${name}`;
}

export function failedWith(error: ProvisioningError): Pick<AgentPool, 'phase' | 'state' | 'error'> {
  return { phase: 'failed', state: 'Failed', error };
}

export function settled(): Pick<AgentPool, 'phase' | 'state'> {
  return { phase: 'settled', state: 'Succeeded' };
}
