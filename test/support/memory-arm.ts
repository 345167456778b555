// Azure in memory, for tests of the lifecycle: pools that stay as they are until a test says otherwise.
import type { ArmClient, ArmDeleteOptions, ArmWriteOptions, ManagedCluster } from '../../src/azure/arm-client.ts';
import { ArmError, type ArmFailure, type ArmOperation } from '../../src/azure/arm-errors.ts';
import type { AgentPoolBody } from '../../src/azure/pool-body.ts';
import type { AgentPool, PoolMachine } from '../../src/azure/pool.ts';
import { poolIdOf } from './claim-builders.ts';

/** `before`: the request is lost; `after`: it is carried out and its answer is lost; else ARM's answer. */
export type Fault = 'before' | 'after' | ArmFailure;

const noAnswer: ArmFailure = { code: 'ECONNRESET', armMessage: 'socket hang up' };

export class MemoryArm implements ArmClient {
  readonly pools = new Map<string, AgentPool>();
  /** What `machines` shows of a pool; a pool that is not named here has as many as its count says. */
  readonly machinesOf = new Map<string, readonly string[]>();
  managed: ManagedCluster = { power: 'running', state: 'Succeeded' };
  /** `create a`, `delete a`, `get a`, `machines a`, `list`, `cluster`, in the order of their arrival. */
  readonly calls: string[] = [];
  /** What becomes of the call that comes now; nothing: it succeeds. */
  fault: (call: string) => Fault | undefined = () => undefined;
  #etag = 0;

  put(pool: AgentPool): void {
    this.#etag += 1;
    this.pools.set(pool.name, { ...pool, etag: `etag-${this.#etag}` });
  }

  change(name: string, change: Partial<AgentPool>): void {
    const pool = this.pools.get(name);
    if (pool === undefined) throw new RangeError(`There is no pool "${name}"`);
    this.put({ ...pool, ...change });
  }

  async list(): Promise<readonly AgentPool[]> {
    return this.#call('list', undefined, () => [...this.pools.values()]);
  }

  async get(name: string): Promise<AgentPool | undefined> {
    return this.#call('get', name, () => this.pools.get(name));
  }

  async create(name: string, body: AgentPoolBody, { beforeSend }: ArmWriteOptions): Promise<AgentPool> {
    beforeSend();
    return this.#call('create', name, () => {
      if (this.pools.has(name))
        throw new ArmError(
          { operation: 'create', pool: name },
          { status: 412, code: 'PreconditionFailed', armMessage: 'exists' },
        );
      const { nodeLabels, nodeTaints, tags, vmSize } = body;
      const kind = { phase: 'creating', state: 'Creating', power: 'running', mode: 'User' } as const;
      this.put({
        name,
        id: poolIdOf(name),
        ...kind,
        vmSize,
        count: 1,
        autoscaled: false,
        nodeLabels,
        nodeTaints,
        tags,
      });
      return this.#present(name);
    });
  }

  async delete(name: string, { beforeSend, etag }: ArmDeleteOptions): Promise<'accepted' | 'absent'> {
    beforeSend();
    return this.#call('delete', name, () => {
      const pool = this.pools.get(name);
      if (pool === undefined) return 'absent';
      if (pool.etag !== etag)
        throw new ArmError(
          { operation: 'delete', pool: name },
          { status: 412, code: 'EtagMismatch', armMessage: 'changed' },
        );
      this.change(name, { phase: 'deleting', state: 'Deleting' });
      return 'accepted';
    });
  }

  async cluster(): Promise<ManagedCluster> {
    return this.#call('cluster', undefined, () => this.managed);
  }

  async machines(name: string): Promise<readonly PoolMachine[]> {
    return this.#call('machines', name, () => {
      const pool = this.pools.get(name);
      if (pool === undefined)
        throw new ArmError(
          { operation: 'machines', pool: name },
          { status: 404, code: 'NotFound', armMessage: 'Agent Pool not found' },
        );
      const usual = Array.from({ length: pool.count }, (_, i) => `aks-${name}-00000000-vmss00000${i}`);
      return (this.machinesOf.get(name) ?? usual).map((machine) => ({ name: machine }));
    });
  }

  #present(name: string): AgentPool {
    const pool = this.pools.get(name);
    if (pool === undefined) throw new RangeError(`There is no pool "${name}"`);
    return pool;
  }

  async #call<T>(operation: ArmOperation, pool: string | undefined, run: () => T): Promise<T> {
    const call = pool === undefined ? operation : `${operation} ${pool}`;
    this.calls.push(call);
    const fault = this.fault(call);
    await Promise.resolve();
    if (fault === undefined) return run();
    if (fault === 'after') run();
    throw new ArmError({ operation, pool }, typeof fault === 'string' ? noAnswer : fault);
  }
}
