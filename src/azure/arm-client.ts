// What the project asks of Azure Resource Manager: five calls on agent pools, one on their cluster, nothing else.
import type { AgentPoolBody } from './pool-body.ts';
import type { AgentPool, PoolMachine } from './pool.ts';

export interface ArmCallOptions {
  readonly signal: AbortSignal;
}

export interface ArmWriteOptions extends ArmCallOptions {
  /** Called right before the request leaves, after limiter and credential; what it throws is thrown, and nothing is sent. */
  readonly beforeSend: () => void;
}

export interface ArmDeleteOptions extends ArmWriteOptions {
  /** The version whose ownership was proved; ARM answers 412 when the pool has another one by now. */
  readonly etag: string;
  readonly ignorePodDisruptionBudget: boolean;
}

export interface ManagedCluster {
  readonly power: 'running' | 'stopped';
  /** provisioningState as ARM wrote it. */
  readonly state: string;
  /** Where AKS keeps its machines, as `/subscriptions/S/resourcegroups/G` in lower case; undefined where ARM does not say. */
  readonly nodeGroup?: string;
}

/**
 * Each method throws an ArmError, or an ArmNotNow (a RetryLater) when ARM or our own limiter asks for patience; `causeOf`
 * says what either means. Every request has a deadline of 30 s. An aborted signal rejects with its reason, except that a
 * write which has already left throws an ArmError, because its outcome is unknown.
 */
export interface ArmClient {
  /** Every pool of the cluster, from every page; a page that fails fails the call. Two requests, as AKS always pages. */
  list(options: ArmCallOptions): Promise<readonly AgentPool[]>;
  /** `undefined` only for AKS's own 404 "Agent Pool not found"; a missing cluster or group throws. */
  get(name: string, options: ArmCallOptions): Promise<AgentPool | undefined>;
  /** Exactly one PUT that never overwrites (`If-None-Match: *`); resolves when ARM has accepted it. */
  create(name: string, body: AgentPoolBody, options: ArmWriteOptions): Promise<AgentPool>;
  /** Exactly one DELETE, resolved when ARM has accepted it. */
  delete(name: string, options: ArmDeleteOptions): Promise<'accepted' | 'absent'>;
  cluster(options: ArmCallOptions): Promise<ManagedCluster>;
  /**
   * The machines of a pool, from every page; a page that fails fails the call. Every 404 throws, AKS's own "Agent Pool not
   * found" too: only of a pool that is there may "no machines" be said.
   */
  machines(name: string, options: ArmCallOptions): Promise<readonly PoolMachine[]>;
}
