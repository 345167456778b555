// The last step before the wire, for every request of the SDK: fence, deadline, limiter, and the answer as it came.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ContainerServiceClientOptionalParams } from '@azure/arm-containerservice';
import type { Clock } from '../clock.ts';
import { DeadlineExceeded, deadlineAfter } from '../kube/deadline.ts';
import type { ArmAnswer } from './arm-answer.ts';
import { localCodes, type ArmCall } from './arm-errors.ts';
import type { ArmObserver, RemainingRequests } from './arm-observer.ts';
import type { ArmLimiter } from './limiter.ts';

type Policy = NonNullable<ContainerServiceClientOptionalParams['additionalPolicies']>[number];
type Headers = { get(name: string): string | undefined };

/**
 * One call of ours while it runs. The SDK hands options to the first request only, later pages of a LIST get none
 * (no deadline, no signal); the policy finds the call itself by the asynchronous context.
 */
export class RunningCall {
  readonly call: ArmCall;
  readonly signal: AbortSignal;
  readonly #beforeSend: () => void;
  /** The answers so far, as they came. */
  readonly answers: ArmAnswer[] = [];
  /** What `beforeSend` threw, so that no layer between can change it. */
  refusal: { readonly error: unknown } | undefined;
  sent = 0;

  constructor(call: ArmCall, options: { readonly signal: AbortSignal; readonly beforeSend?: () => void }) {
    this.call = call;
    this.signal = options.signal;
    this.#beforeSend = options.beforeSend ?? (() => {});
  }

  get lastAnswer(): ArmAnswer | undefined {
    return this.answers.at(-1);
  }

  /** Throws when the request must not leave. */
  fence(): void {
    this.signal.throwIfAborted();
    try {
      this.#beforeSend();
    } catch (error) {
      this.refusal = { error };
      throw error;
    }
  }
}

export interface PipelineOptions {
  readonly clock: Clock;
  readonly limiter: ArmLimiter;
  readonly observer: ArmObserver;
  /** For each request, from its first byte to the last of its answer. */
  readonly deadlineMs: number;
}

export interface Pipeline {
  /** Behind authentication and redirects, once for every request that goes out. */
  readonly policy: Policy;
  /** Runs the SDK on behalf of this call. */
  run<T>(call: RunningCall, work: () => Promise<T>): Promise<T>;
}

export function createPipeline({ clock, limiter, observer, deadlineMs }: PipelineOptions): Pipeline {
  const running = new AsyncLocalStorage<RunningCall>();

  const sendRequest: Policy['policy']['sendRequest'] = async (request, next) => {
    const call = running.getStore();
    if (call === undefined) throw new TypeError('A request to ARM was made outside of a call');
    if (call.sent > 0) limiter.charge(call.call);
    call.fence();
    call.sent += 1;
    using deadline = deadlineAfter(deadlineMs, { clock, signal: call.signal });
    request.abortSignal = deadline.signal;
    const { operation } = call.call;
    const note = (code: string, remaining: RemainingRequests = {}): void => {
      observer.observeRequest({ operation, code, remaining });
    };
    try {
      const response = await next(request);
      call.answers.push(answerOf(response));
      note(String(response.status), remainingIn(response.headers));
      return response;
    } catch (error) {
      if (deadline.exceeded) {
        note(localCodes.timeout);
        throw new DeadlineExceeded(deadlineMs);
      }
      note(codeIn(error));
      throw error;
    }
  };

  return {
    policy: { policy: { name: 'gpuProvisionerRequestPolicy', sendRequest }, position: 'perRetry' },
    run: (call, work) => running.run(call, work),
  };
}

function answerOf(response: { status: number; headers: Headers; bodyAsText?: string | null }): ArmAnswer {
  const { status, headers, bodyAsText } = response;
  return { status, header: (name) => headers.get(name), body: bodyAsText ?? '' };
}

function codeIn(error: unknown): string {
  if (!(error instanceof Error)) return localCodes.unknown;
  if (error.name === 'AbortError') return localCodes.aborted;
  return 'code' in error && typeof error.code === 'string' ? error.code : localCodes.unknown;
}

function remainingIn(headers: Headers): RemainingRequests {
  const read = (kind: string): number | undefined => {
    const value = Number(headers.get(`x-ms-ratelimit-remaining-subscription-${kind}`) ?? Number.NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  const found = { reads: read('reads'), writes: read('writes'), deletes: read('deletes') };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
