// What Azure does when asked: creations and deletions of pools, with their rules, durations and refusals.
import type { AgentPoolBody } from '../../src/azure/pool-body.ts';
import type { AgentPool, PoolMachine } from '../../src/azure/pool.ts';
import { ArmRefusal, failedWith, settled, type ArmPools, type SimPool } from './arm-pools.ts';
import type { Fleet } from './fleet.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** What Azure has to give at the moment. */
export type Supply = 'plenty' | 'noCapacity' | 'noQuota' | 'nodesFail' | 'nodesLate' | 'nodesMissing' | 'deletionsFail';

export interface ArmOperationsOptions {
  readonly pools: ArmPools;
  readonly fleet: Fleet;
  readonly scheduler: Scheduler;
  readonly random: Random;
}

export class ArmOperations {
  supply: Supply = 'plenty';
  readonly #options: ArmOperationsOptions;

  constructor(options: ArmOperationsOptions) {
    this.#options = options;
  }

  list(): readonly AgentPool[] {
    return this.#options.pools.all().map(({ view }) => view);
  }

  get(name: string): AgentPool | undefined {
    return this.#options.pools.find(name)?.view;
  }

  machines(name: string): readonly PoolMachine[] {
    const pool = this.#options.pools.find(name);
    if (pool === undefined) throw new ArmRefusal(notFound);
    return pool.instances.map((instance) => ({ name: instance.name, resourceId: instance.providerId.slice(8) }));
  }

  /** `overwrite`: the request came without If-None-Match. */
  create(name: string, body: AgentPoolBody, { by, overwrite }: { by: string; overwrite: boolean }): AgentPool {
    const { pools, scheduler } = this.#options;
    this.#clusterTakesWrites();
    const present = pools.find(name);
    if (present !== undefined) {
      if (!overwrite) throw this.#exists(present);
      // AKS takes it as an update: what the body leaves out is reset, and an upgrade that was stopped goes on.
      pools.change(present, { ...viewOf(body), phase: 'busy', state: 'Updating' }, by);
      this.finish(present, 20_000, () => pools.change(present, settled(), 'aks'));
      return present.view;
    }
    if (this.supply === 'noQuota')
      throw new ArmRefusal({
        status: 400,
        code: 'ErrCode_InsufficientVCPUQuota',
        armMessage:
          'Insufficient vcpu quota requested 24, remaining 0 for family StandardNCADSA100v4Family for region eastus.',
      });
    const made = { name, ...viewOf(body), phase: 'creating', state: 'Creating', power: 'running' } as const;
    const pool = pools.make(made, { by, nowMs: scheduler.nowMs });
    this.#build(pool);
    return pool.view;
  }

  delete(name: string, etag: string, by: string): 'accepted' | 'absent' {
    const { pools } = this.#options;
    const pool = pools.find(name);
    if (pool === undefined) return 'absent';
    this.#clusterTakesWrites();
    if (pool.view.etag !== etag)
      throw new ArmRefusal({ status: 412, code: 'PreconditionFailed', armMessage: 'The eTag does not match.' });
    if (pool.view.phase === 'deleting') return 'accepted';
    if (pool.view.phase === 'busy') throw busy(name, pool.view.state);
    this.takeAway(pool, by);
    return 'accepted';
  }

  /** The pool goes, whoever asked. */
  takeAway(pool: SimPool, by: string): void {
    const { pools, fleet, random } = this.#options;
    pools.change(pool, { phase: 'deleting', state: 'Deleting' }, by);
    const ms = random.between(40_000, 180_000);
    const fails = this.supply === 'deletionsFail';
    if (fails) {
      this.finish(pool, ms, () => {
        const error = { code: 'ReconcileVMSSAgentPoolFailed', message: 'Code: InternalServerError; try again' };
        pools.change(pool, failedWith(error), 'aks');
      });
      return;
    }
    this.finish(pool, ms / 2, () => {
      fleet.destroyAll(pool);
      this.finish(pool, ms / 2, () => pools.remove(pool, 'aks'));
    });
  }

  /** Runs when the time has passed, unless another operation took the pool's place meanwhile. */
  finish(pool: SimPool, ms: number, run: () => void): void {
    pool.operation += 1;
    const token = pool.operation;
    this.#options.scheduler.after(ms, () => {
      if (pool.operation === token) run();
    });
  }

  #build(pool: SimPool): void {
    const { pools, fleet, random } = this.#options;
    const { supply } = this;
    const ms = random.between(40_000, 240_000);
    if (supply === 'noCapacity') {
      this.finish(pool, ms, () => {
        const message =
          'Code: AllocationFailed; Allocation failed. We do not have sufficient capacity for the requested VM size in this region.';
        pools.change(pool, failedWith({ code: 'ReconcileVMSSAgentPoolFailed', message }), 'aks');
      });
      return;
    }
    const instance = pools.addInstance(pool, 0);
    const joinMs = supply === 'nodesLate' ? ms + random.between(60_000, 300_000) : ms * (0.5 + random.next());
    if (supply === 'nodesMissing') instance.state = 'down';
    else fleet.boot(instance, joinMs);
    instance.sick = supply === 'nodesFail' && random.chance(0.5);
    this.finish(pool, ms, () => {
      const message = 'Code: VMExtensionProvisioningTimeout; the node did not come up';
      const failed = supply === 'nodesFail' || supply === 'nodesLate';
      pools.change(pool, failed ? failedWith({ code: 'VMExtensionProvisioningTimeout', message }) : settled(), 'aks');
      if (supply === 'nodesFail' && !instance.sick) fleet.halt(instance);
    });
  }

  #exists({ view }: SimPool): ArmRefusal {
    const { random } = this.#options;
    if (view.phase !== 'settled' && random.chance(0.5)) return busy(view.name, view.state);
    return new ArmRefusal({ status: 412, code: 'PreconditionFailed', armMessage: 'The agent pool exists already.' });
  }

  #clusterTakesWrites(): void {
    const { cluster } = this.#options.pools;
    if (cluster.power === 'stopped')
      throw conflict('Operation is not allowed: the managed cluster is stopped. Please start the cluster first.');
    if (cluster.state !== 'Succeeded')
      throw conflict(`Operation is not allowed: Another operation (${cluster.state}) is in progress, please wait`);
  }
}

const notFound = { status: 404, code: 'NotFound', armMessage: 'Agent Pool not found' } as const;

function viewOf({
  vmSize,
  count,
  nodeLabels,
  nodeTaints,
  tags,
  enableAutoScaling,
}: AgentPoolBody): Omit<AgentPool, 'name' | 'id' | 'phase' | 'state' | 'power'> {
  return { vmSize, count, nodeLabels, nodeTaints, tags, autoscaled: enableAutoScaling, mode: 'User' };
}

function conflict(armMessage: string): ArmRefusal {
  return new ArmRefusal({ status: 409, code: 'OperationNotAllowed', armMessage });
}

function busy(name: string, state: string): ArmRefusal {
  return conflict(
    state === 'Deleting'
      ? `Unable to perform 'Creating' operation on '${name}' since deletion was issued on '${name}'.`
      : `Operation is not allowed: Another agentpool operation (${name} - ${state}) is in progress, please wait`,
  );
}
