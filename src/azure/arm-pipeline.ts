// The last step before the wire, for every request of the SDK: fence, deadline, limiter, and the answer as it came.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ContainerServiceClientOptionalParams } from '@azure/arm-containerservice';
import type { Clock } from '../clock.ts';
import { DeadlineExceeded, deadlineAfter, unlessAborted } from '../kube/deadline.ts';
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
  #sent = 0;
  #isAnswered = false;

  constructor(call: ArmCall, options: { readonly signal: AbortSignal; readonly beforeSend?: () => void }) {
    this.call = call;
    this.signal = options.signal;
    this.#beforeSend = options.beforeSend ?? (() => {});
  }

  get sent(): number {
    return this.#sent;
  }

  /** The answer to the last request that was sent; undefined when that one got none, whatever came before it. */
  get lastAnswer(): ArmAnswer | undefined {
    return this.#isAnswered ? this.answers.at(-1) : undefined;
  }

  /** A request leaves. */
  began(): void {
    this.#sent += 1;
    this.#isAnswered = false;
  }

  /** Its answer has come to its end. */
  answered(answer: ArmAnswer): void {
    this.answers.push(answer);
    this.#isAnswered = true;
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

/** The connection was lost in the middle of an answer, which the SDK calls a parse error. */
class AnswerCut extends Error {
  readonly code = 'ECONNRESET';

  constructor(options: { readonly cause: unknown }) {
    super('The connection was lost in the middle of the answer', options);
    this.name = 'AnswerCut';
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
    call.began();
    using deadline = deadlineAfter(deadlineMs, { clock, signal: call.signal });
    request.abortSignal = deadline.signal;
    // The SDK's gunzip is deaf to a socket that breaks: half of a compressed answer would be waited for until the deadline.
    request.headers.set('accept-encoding', 'identity');
    const { operation } = call.call;
    const note = (code: string, remaining: RemainingRequests = {}): void => {
      observer.observeRequest({ operation, code, remaining });
    };
    try {
      // Not all that the SDK waits for ends with its signal.
      const response = await unlessAborted(next(request), deadline.signal);
      call.answered(answerOf(response));
      note(String(response.status), remainingIn(response.headers));
      return response;
    } catch (error) {
      if (deadline.exceeded) {
        note(localCodes.timeout);
        throw new DeadlineExceeded(deadlineMs);
      }
      const met = codeIn(error) === 'PARSE_ERROR' ? new AnswerCut({ cause: error }) : error;
      note(deadline.signal.aborted ? localCodes.aborted : codeIn(met));
      throw met;
    }
  };

  return {
    policy: { policy: { name: 'gpuProvisionerRequestPolicy', sendRequest }, position: 'perRetry' },
    // A token is waited for by all calls together, so that the end of one must not be its end.
    run: (call, work) => unlessAborted(running.run(call, work), call.signal),
  };
}

function answerOf(response: { status: number; headers: Headers; bodyAsText?: string | null }): ArmAnswer {
  const { status, headers, bodyAsText } = response;
  return { status, header: (name) => headers.get(name), body: bodyAsText ?? '' };
}

function codeIn(error: unknown): string {
  if (!(error instanceof Error)) return localCodes.unknown;
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
