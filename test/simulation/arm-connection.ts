// One replica's way to Azure: the project's ArmClient over the shared state, behind the project's own limiter.
import type { AgentPoolBody } from '../../src/azure/pool-body.ts';
import type { ArmClient, ArmDeleteOptions, ArmWriteOptions, ManagedCluster } from '../../src/azure/arm-client.ts';
import { ArmError, ArmNotNow, type ArmCall, localCodes } from '../../src/azure/arm-errors.ts';
import { ArmLimiter } from '../../src/azure/limiter.ts';
import type { AgentPool, PoolMachine } from '../../src/azure/pool.ts';
import { ArmRefusal, type ArmPools } from './arm-pools.ts';
import type { ArmOperations } from './arm-operations.ts';
import type { SimProcess } from './process.ts';
import type { Random } from './random.ts';
import type { Fate, Wire } from './wire.ts';

export interface ArmFaults {
  fateOf(process: SimProcess, call: ArmCall): Fate;
}

/** A write to Azure as the checks see it: when it left, and what its client knew. */
export interface ArmWrite {
  readonly operation: 'create' | 'delete';
  readonly pool: string;
  readonly by: string;
  readonly etag: string | undefined;
  readonly body: AgentPoolBody | undefined;
}

export interface ArmWatch {
  /** Right before a write leaves. */
  leaves(write: ArmWrite): void;
  /** Right before it is carried out; the answer to it is still open. */
  arrives(write: ArmWrite): void;
  /** Its client has an answer, an error, or has given up. */
  ends(write: ArmWrite): void;
  /** Any request leaves. */
  asks(by: string, call: ArmCall): void;
  /** Azure asked this client for patience in this lane. */
  throttled(by: string, call: ArmCall, retryAfterMs: number): void;
}

export interface ArmConnectionOptions {
  readonly operations: ArmOperations;
  readonly pools: ArmPools;
  readonly process: SimProcess;
  readonly wire: Wire;
  readonly faults: ArmFaults;
  readonly random: Random;
  readonly watch: ArmWatch;
}

const deadlineMs = 30_000;

export class ArmConnection implements ArmClient {
  readonly #options: ArmConnectionOptions;
  readonly #limiter: ArmLimiter;
  /** For a bug that is planted: nothing that Azure asks for is heeded. */
  impatient = false;

  constructor(options: ArmConnectionOptions) {
    this.#options = options;
    this.#limiter = new ArmLimiter({ clock: options.process.clock });
  }

  list({ signal }: { readonly signal: AbortSignal }): Promise<readonly AgentPool[]> {
    return this.#read({ operation: 'list' }, signal, () => this.#options.operations.list());
  }

  get(name: string, { signal }: { readonly signal: AbortSignal }): Promise<AgentPool | undefined> {
    return this.#read({ operation: 'get', pool: name }, signal, () => this.#options.operations.get(name));
  }

  machines(name: string, { signal }: { readonly signal: AbortSignal }): Promise<readonly PoolMachine[]> {
    return this.#read({ operation: 'machines', pool: name }, signal, () => this.#options.operations.machines(name));
  }

  cluster({ signal }: { readonly signal: AbortSignal }): Promise<ManagedCluster> {
    return this.#read({ operation: 'cluster' }, signal, () => ({ ...this.#options.pools.cluster }));
  }

  create(name: string, body: AgentPoolBody, options: ArmWriteOptions): Promise<AgentPool> {
    return this.put(name, body, { ...options, overwrite: false });
  }

  /** For a bug that is planted: a PUT without If-None-Match. */
  put(
    name: string,
    body: AgentPoolBody,
    { signal, beforeSend, overwrite }: ArmWriteOptions & { readonly overwrite: boolean },
  ): Promise<AgentPool> {
    const by = this.#options.process.name;
    const write: ArmWrite = { operation: 'create', pool: name, by, etag: undefined, body };
    return this.#write(write, { signal, beforeSend }, () =>
      this.#options.operations.create(name, body, { by, overwrite }),
    );
  }

  delete(name: string, { signal, beforeSend, etag }: ArmDeleteOptions): Promise<'accepted' | 'absent'> {
    const by = this.#options.process.name;
    const write: ArmWrite = { operation: 'delete', pool: name, by, etag, body: undefined };
    return this.#write(write, { signal, beforeSend }, () => this.#options.operations.delete(name, etag, by));
  }

  #read<T>(call: ArmCall, signal: AbortSignal, carryOut: () => T): Promise<T> {
    return this.#send(call, { signal, aborted: () => signal.reason }, carryOut);
  }

  async #write<T>(
    write: ArmWrite,
    { signal, beforeSend }: Pick<ArmWriteOptions, 'signal' | 'beforeSend'>,
    carryOut: () => T,
  ): Promise<T> {
    const { watch } = this.#options;
    const call: ArmCall = { operation: write.operation, pool: write.pool };
    signal.throwIfAborted();
    this.#admit(call);
    beforeSend();
    watch.leaves(write);
    const gaveUp = new ArmError(call, {
      code: localCodes.aborted,
      armMessage: 'Given up while Azure had not answered',
    });
    const run = (): T => {
      watch.arrives(write);
      return carryOut();
    };
    try {
      return await this.#settle(call, this.#request(call, { signal, aborted: () => gaveUp }, run));
    } finally {
      watch.ends(write);
    }
  }

  async #send<T>(
    call: ArmCall,
    options: { readonly signal: AbortSignal; readonly aborted: () => unknown },
    carryOut: () => T,
  ): Promise<T> {
    options.signal.throwIfAborted();
    this.#admit(call);
    return this.#settle(call, this.#request(call, options, carryOut));
  }

  #admit(call: ArmCall): void {
    if (!this.impatient) this.#limiter.admit(call);
  }

  #request<T>(
    call: ArmCall,
    { signal, aborted }: { readonly signal: AbortSignal; readonly aborted: () => unknown },
    carryOut: () => T,
  ): Promise<T> {
    const { process, wire, faults, random, watch } = this.#options;
    watch.asks(process.name, call);
    return wire.send({
      label: `arm ${call.operation}${call.pool === undefined ? '' : ` ${call.pool}`}`,
      fate: faults.fateOf(process, call),
      toMs: random.between(20, 300),
      backMs: random.between(20, 600),
      signal,
      deadlineMs,
      carryOut,
      aborted,
      timedOut: () => new ArmRefusal({ code: localCodes.timeout, armMessage: 'Not done within 30000 ms' }),
    });
  }

  /** As the adapter does: its limiter hears of every answer, and one that asks for patience becomes an ArmNotNow. */
  async #settle<T>(call: ArmCall, answer: Promise<T>): Promise<T> {
    try {
      const result = await answer;
      this.#limiter.noteAnswer(call, undefined);
      return result;
    } catch (thrown) {
      if (!(thrown instanceof ArmRefusal)) throw thrown;
      const { failure } = thrown;
      const error = new ArmError(call, failure);
      if (failure.status === 429)
        this.#options.watch.throttled(this.#options.process.name, call, failure.retryAfterMs ?? 0);
      if (this.impatient) throw new ArmError(call, { ...failure, retryAfterMs: 0 });
      const closedMs = this.#limiter.noteAnswer(call, error);
      throw closedMs > 0 ? new ArmNotNow(error.message, { retryAfterMs: closedMs, answer: error }) : error;
    }
  }
}
