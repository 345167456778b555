// Errors of Azure Resource Manager, mapped once: everything that was ever true of a failed call, and nothing secret.
import { RetryLater } from '../runtime/controller.ts';

export type ArmOperation = 'list' | 'get' | 'create' | 'delete' | 'cluster' | 'machines';

/** What an answer, a socket or a credential said went wrong. */
export interface ArmFailure {
  /** Absent: no answer came. */
  readonly status?: number;
  /** ARM's code, a socket's (`ECONNRESET`), or one of ours (`localCodes`). */
  readonly code: string;
  readonly subcode?: string;
  /** Codes of the error's details: ARM wraps the real one in a general one. */
  readonly detailCodes?: readonly string[];
  /** The text of the error and of its details; bounded. */
  readonly armMessage: string;
  readonly requestId?: string;
  readonly correlationId?: string;
  /** When the answer said so; a 429 or 503 does. */
  readonly retryAfterMs?: number;
  /** The gateway of ARM answered, not AKS behind it. */
  readonly fromGateway?: boolean;
}

/** Codes that this project gives where ARM gave none. */
export const localCodes = {
  timeout: 'RequestTimeout',
  aborted: 'RequestAborted',
  malformed: 'MalformedAnswer',
  credential: 'CredentialFailed',
  unknown: 'UnknownError',
} as const;

/** Subcodes of `localCodes.credential`: why there is no token, where that is known. */
export const tokenCodes = {
  notSet: 'IdentityNotSet',
  file: 'TokenFileUnreadable',
  unreachable: 'TokenEndpointUnreachable',
} as const;

const verbs: Readonly<Record<ArmOperation, string>> = {
  list: 'list the agent pools',
  get: 'get agent pool',
  create: 'create agent pool',
  delete: 'delete agent pool',
  cluster: 'get the managed cluster',
  machines: 'list the machines of agent pool',
};

export interface ArmCall {
  readonly operation: ArmOperation;
  /** The pool's name; absent for calls about all pools or the cluster. */
  readonly pool?: string | undefined;
}

/** A call that failed. `causeOf` says what it means; `code` is ARM's own word. */
export class ArmError extends Error implements ArmFailure, ArmCall {
  readonly code: string;
  readonly status?: number;
  readonly subcode?: string;
  readonly detailCodes: readonly string[];
  readonly armMessage: string;
  readonly requestId?: string;
  readonly correlationId?: string;
  readonly retryAfterMs?: number;
  readonly fromGateway: boolean;
  readonly operation: ArmOperation;
  readonly pool?: string;

  constructor(call: ArmCall, failure: ArmFailure, options: { readonly cause?: unknown } = {}) {
    const what = call.pool === undefined ? verbs[call.operation] : `${verbs[call.operation]} "${call.pool}"`;
    const status = failure.status === undefined ? '' : ` (${failure.status})`;
    super(`Cannot ${what}: ${failure.code}${status}: ${failure.armMessage}`, options);
    this.name = new.target.name;
    this.code = failure.code;
    this.armMessage = failure.armMessage;
    this.detailCodes = failure.detailCodes ?? [];
    this.fromGateway = failure.fromGateway ?? false;
    this.operation = call.operation;
    if (call.pool !== undefined) this.pool = call.pool;
    if (failure.status !== undefined) this.status = failure.status;
    if (failure.subcode !== undefined) this.subcode = failure.subcode;
    if (failure.requestId !== undefined) this.requestId = failure.requestId;
    if (failure.correlationId !== undefined) this.correlationId = failure.correlationId;
    if (failure.retryAfterMs !== undefined) this.retryAfterMs = failure.retryAfterMs;
  }
}

/**
 * Azure, or our own limiter on its behalf, asks for patience. The queue comes back after `retryAfterMs`.
 * `answer` is what ARM said; absent when nothing was sent because the limiter is closed.
 */
export class ArmNotNow extends RetryLater {
  override readonly code: string = 'ARM_NOT_NOW';
  readonly answer?: ArmError;

  constructor(message: string, options: { readonly retryAfterMs: number; readonly answer?: ArmError }) {
    super(message, { retryAfterMs: options.retryAfterMs, cause: options.answer });
    if (options.answer !== undefined) this.answer = options.answer;
  }
}

/** Whether ARM answered this call with an error; of a write that a 5xx ended the outcome may be unknown all the same (`causeOf`). */
export function wasAnswered(error: unknown): boolean {
  const answer = error instanceof ArmNotNow ? error.answer : error;
  return answer instanceof ArmError && answer.status !== undefined && answer.code !== localCodes.malformed;
}
