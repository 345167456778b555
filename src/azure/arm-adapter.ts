// The ARM client on Azure's SDK: the SDK makes the requests, this project decides when, how often, and what answers mean.
import pRetry from 'p-retry';
import type { Clock } from '../clock.ts';
import { isPoolNotFound, type ArmAnswer } from './arm-answer.ts';
import type { ArmClient } from './arm-client.ts';
import { ArmError, ArmNotNow, type ArmCall } from './arm-errors.ts';
import { armErrorOf, isSocketError } from './arm-failures.ts';
import { causeOf } from './causes.ts';
import { noObserver, type ArmObserver } from './arm-observer.ts';
import { createPipeline, RunningCall } from './arm-pipeline.ts';
import { MalformedAnswer, parseJson } from './json.ts';
import { ArmLimiter, type ArmLimits } from './limiter.ts';
import { readAgentPool, readAgentPoolPage, readMachinePage, readManagedCluster } from './pool-read.ts';
import { createSdkClient, sdkBodyOf, type SdkClientOptions } from './sdk-client.ts';

export interface ArmClientOptions extends SdkClientOptions {
  readonly resourceGroup: string;
  readonly clusterName: string;
  readonly clock: Clock;
  readonly observer?: ArmObserver;
  readonly limits?: Partial<ArmLimits>;
  /** Of each request; a write may still be carried out after it. */
  readonly deadlineMs?: number;
}

// A cluster has 100 pools, a pool 1,000 machines; whoever links more pages links them in a circle.
const mostPages = 100;
const standardDeadlineMs = 30_000;
const renewalMs = 60_000;
// Three tries of a GET within five seconds, and only after errors of the socket: all else is the queue's to repeat.
const getRetries = { retries: 2, minTimeout: 200, factor: 3, randomize: true, maxRetryTime: 5000 } as const;

interface Work<T> {
  readonly call: ArmCall;
  readonly signal: AbortSignal;
  readonly beforeSend?: () => void;
  readonly send: () => Promise<unknown>;
  /** What AKS's own "Agent Pool not found" means here; an error where this is absent. */
  readonly notFound?: () => T;
  readonly read: (answers: readonly ArmAnswer[]) => T;
}

export function createArmClient(options: ArmClientOptions): ArmClient {
  const { clock, resourceGroup, clusterName, limits = {} } = options;
  const { observer = noObserver, deadlineMs = standardDeadlineMs } = options;
  const limiter = new ArmLimiter({ clock, limits });
  observer.observeLanes(() => limiter.lanes());
  const pipeline = createPipeline({ clock, limiter, observer, deadlineMs });
  let sdk = createSdkClient(options, pipeline.policy);
  let renewedAtMs = Number.NEGATIVE_INFINITY;

  /** The SDK's client keeps the token that Azure has just refused. A clock that is wrong, or a wrong tenant, must not ask without end. */
  const renewToken = (): void => {
    if (clock.monotonicMs() - renewedAtMs < renewalMs) return;
    renewedAtMs = clock.monotonicMs();
    options.credential.renew?.();
    sdk = createSdkClient(options, pipeline.policy);
  };

  const carryOut = async <T>(work: Work<T>): Promise<T> => {
    const { call } = work;
    work.signal.throwIfAborted();
    limiter.admit(call);
    const running = new RunningCall(call, work);
    const startedMs = clock.monotonicMs();
    const note = (error?: ArmError): void => {
      const durationMs = clock.monotonicMs() - startedMs;
      const failed = error === undefined ? {} : { error: error.code, reason: causeOf(error).reason };
      observer.observeCall({ operation: call.operation, durationMs, ...failed });
    };
    try {
      const result = await runAndRead(work, running);
      limiter.noteAnswer(call, undefined);
      note();
      return result;
    } catch (thrown) {
      const error = armErrorOf(running, thrown, clock.now());
      if (!(error instanceof ArmError)) throw error;
      note(error);
      if (error.status === 401) renewToken();
      const closedMs = limiter.noteAnswer(call, error);
      throw closedMs > 0 ? new ArmNotNow(error.message, { retryAfterMs: closedMs, answer: error }) : error;
    }
  };

  const runAndRead = async <T>({ send, notFound, read }: Work<T>, running: RunningCall): Promise<T> => {
    try {
      await pipeline.run(running, send);
    } catch (error) {
      const { lastAnswer } = running;
      if (notFound === undefined || lastAnswer === undefined || !isPoolNotFound(lastAnswer)) throw error;
      return notFound();
    }
    return read(running.answers);
  };

  return {
    list: ({ signal }) =>
      carryOut({
        call: { operation: 'list' },
        signal,
        send: () => everyPage(sdk.agentPools.list(resourceGroup, clusterName, { abortSignal: signal }), signal),
        read: (answers) => answers.flatMap((answer) => readAgentPoolPage(parseJson(answer.body))),
      }),

    get: (name, { signal }) =>
      carryOut({
        call: { operation: 'get', pool: name },
        signal,
        send: () =>
          afterSocketErrors(
            () => sdk.agentPools.get(resourceGroup, clusterName, name, { abortSignal: signal }),
            signal,
          ),
        notFound: () => undefined,
        read: (answers) => readAgentPool(bodyOf(answers)),
      }),

    create: (name, body, { signal, beforeSend }) =>
      carryOut({
        call: { operation: 'create', pool: name },
        signal,
        beforeSend,
        // The poller is thenable: awaiting it, or returning it from an async function, would poll to the operation's end.
        send: () =>
          sdk.agentPools
            .createOrUpdate(resourceGroup, clusterName, name, sdkBodyOf(body), {
              abortSignal: signal,
              ifNoneMatch: '*',
            })
            .submitted(),
        read: (answers) => readAgentPool(bodyOf(answers)),
      }),

    delete: (name, { signal, beforeSend, etag, ignorePodDisruptionBudget }) =>
      carryOut<'accepted' | 'absent'>({
        call: { operation: 'delete', pool: name },
        signal,
        beforeSend,
        send: () =>
          sdk.agentPools
            .delete(resourceGroup, clusterName, name, { abortSignal: signal, ifMatch: etag, ignorePodDisruptionBudget })
            .submitted(),
        notFound: () => 'absent',
        read: (answers) => (answers.at(-1)?.status === 204 ? 'absent' : 'accepted'),
      }),

    cluster: ({ signal }) =>
      carryOut({
        call: { operation: 'cluster' },
        signal,
        send: () =>
          afterSocketErrors(() => sdk.managedClusters.get(resourceGroup, clusterName, { abortSignal: signal }), signal),
        read: (answers) => readManagedCluster(bodyOf(answers)),
      }),

    machines: (name, { signal }) =>
      carryOut({
        call: { operation: 'machines', pool: name },
        signal,
        send: () => everyPage(sdk.machines.list(resourceGroup, clusterName, name, { abortSignal: signal }), signal),
        read: (answers) => answers.flatMap((answer) => readMachinePage(parseJson(answer.body))),
      }),
  };
}

/** Turns every page; the answers are kept as they come. */
async function everyPage(list: { byPage(): AsyncIterator<unknown> }, signal: AbortSignal): Promise<void> {
  const pages = list.byPage();
  for (let turned = 0; (await pages.next()).done !== true; turned += 1) {
    signal.throwIfAborted();
    if (turned === mostPages) throw new MalformedAnswer('its pages have no end');
  }
}

/** The last answer is the one that counts: before it there are only lost tries. */
function bodyOf(answers: readonly ArmAnswer[]): unknown {
  return parseJson(answers.at(-1)?.body ?? '');
}

function afterSocketErrors<T>(get: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return pRetry(get, { ...getRetries, signal, shouldRetry: ({ error }) => isSocketError(error) });
}
