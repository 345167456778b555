// One request to the API server at a time: throttled, authorised, with a deadline, its body always read to the end.
import { type Dispatcher, request as send } from 'undici';
import type { Clock } from '../clock.ts';
import type { Metrics } from '../observability/metrics.ts';
import { type Attempt, errorOfAnswer } from './answer.ts';
import { Connections, type Lane } from './connections.ts';
import type { Credentials, Grant } from './credentials.ts';
import { type Deadline, deadlineAfter, unlessAborted } from './deadline.ts';
import {
  CredentialsUnavailable,
  KubeError,
  ServerError,
  Timeout,
  TooManyRequests,
  Unauthorized,
  Unreachable,
} from './errors.ts';
import { ServerTime } from './server-time.ts';
import { TokenBucket } from './token-bucket.ts';

export interface TransportOptions {
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Requests per second over time, and at once; leases are not counted. */
  readonly qps: number;
  readonly burst: number;
  readonly userAgent: string;
}

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the server's address, with its query. */
  readonly path: string;
  readonly attempt: Attempt;
  readonly lane: Lane;
  readonly signal: AbortSignal;
  readonly body?: { readonly type: string; readonly value: unknown };
  /** A 429 is an answer, not a call for patience: evictions. */
  readonly impatient?: boolean;
}

// What client-go calls use for reads and writes alike; the API server gives up on a request after 60 s.
const deadlineMs = 30_000;
// Longer waits are the queue's: a worker is not to be held by a server that says "in a minute".
const longestPatienceMs = 10_000;
// Four renewals a second at most, however often leases fail.
const leaseLimit = { perSecond: 4, burst: 10 } as const;

export class Transport {
  readonly #credentials: Credentials;
  readonly #clock: Clock;
  readonly #metrics: Metrics['client'];
  readonly #userAgent: string;
  readonly #connections = new Connections();
  readonly #limits: Readonly<Record<Lane, TokenBucket>>;
  readonly #time: ServerTime;

  constructor({ credentials, clock, metrics, qps, burst, userAgent }: TransportOptions) {
    this.#credentials = credentials;
    this.#clock = clock;
    this.#metrics = metrics.client;
    this.#userAgent = userAgent;
    this.#limits = {
      main: new TokenBucket({ clock, perSecond: qps, burst }),
      lease: new TokenBucket({ clock, ...leaseLimit }),
    };
    this.#time = new ServerTime(clock);
  }

  serverNow(): Date {
    return this.#time.now();
  }

  /** The text of a good answer. Throws a KubeError, or the signal's reason. */
  async text(request: KubeRequest): Promise<string> {
    await this.#throttle(request);
    using deadline = deadlineAfter(deadlineMs, { clock: this.#clock, signal: request.signal });
    try {
      const answer = await this.#patiently(request, deadline.signal);
      return await answer.body.text();
    } catch (error) {
      throw this.#explain(error, request, deadline);
    }
  }

  /**
   * The chunks of a good answer that may take hours. Throws as `text` does, and Timeout when nothing comes for `idleMs`;
   * the time that the consumer takes for a chunk is not counted. Ending the iteration closes the connection.
   */
  async *chunks(request: KubeRequest, idleMs: number): AsyncGenerator<Uint8Array, void, void> {
    await this.#throttle(request);
    using deadline = deadlineAfter(idleMs, { clock: this.#clock, signal: request.signal });
    let body: Dispatcher.ResponseData['body'] | undefined;
    try {
      ({ body } = await this.#patiently(request, deadline.signal));
      // A body that is destroyed before its end emits an error that nobody else listens for.
      body.on('error', () => undefined);
      deadline.restart();
      for await (const chunk of body) {
        deadline.pause();
        yield chunk;
        deadline.restart();
      }
    } catch (error) {
      throw this.#explain(error, request, deadline);
    } finally {
      body?.destroy();
    }
  }

  /** Ends all connections and what runs on them. */
  async close(): Promise<void> {
    await this.#connections.close();
  }

  async #throttle({ lane, signal }: KubeRequest): Promise<void> {
    signal.throwIfAborted();
    const limit = this.#limits[lane];
    const waitMs = limit.take();
    if (waitMs === 0) return;
    try {
      await this.#clock.sleep(waitMs, { signal });
      this.#metrics.throttledSeconds.inc(waitMs / 1000);
    } catch (error) {
      limit.giveBack();
      throw error;
    }
  }

  /** One more try when the server says when; the wait counts against the deadline. */
  async #patiently(request: KubeRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    try {
      return await this.#authorised(request, signal);
    } catch (error) {
      const busy = error instanceof TooManyRequests || (error instanceof ServerError && error.status === 503);
      if (!busy || request.impatient === true) throw error;
      if (error.retryAfterMs === undefined || error.retryAfterMs > longestPatienceMs) throw error;
      await this.#clock.sleep(error.retryAfterMs, { signal });
      return this.#authorised(request, signal);
    }
  }

  /** One more try with credentials read anew when the server does not know us. */
  async #authorised(request: KubeRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const grant = await this.#grant(request.attempt, () => this.#credentials.current({ signal }));
    try {
      return await this.#send(request, grant, signal);
    } catch (error) {
      if (!(error instanceof Unauthorized)) throw error;
      const fresh = await this.#grant(request.attempt, () => this.#credentials.renew(grant, { signal }));
      return this.#send(request, fresh, signal);
    }
  }

  async #grant(attempt: Attempt, read: () => Promise<Grant>): Promise<Grant> {
    try {
      return await read();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new CredentialsUnavailable(`${attempt}: no credentials: ${why}`, { status: 0, cause });
    }
  }

  /** Throws the error of an answer that is not good, its body read. */
  async #send(request: KubeRequest, grant: Grant, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { method, path, lane, body, attempt } = request;
    const { server } = this.#credentials;
    const { host } = server;
    const sentAt = this.#clock.now();
    const startMs = this.#clock.monotonicMs();
    let code = '<error>';
    try {
      const sending = send(`${server.origin}${server.pathname.replace(/\/$/, '')}${path}`, {
        dispatcher: this.#connections.dispatcher(grant.route, lane),
        method,
        headers: {
          accept: 'application/json',
          'user-agent': this.#userAgent,
          ...grant.headers,
          ...(body === undefined ? {} : { 'content-type': body.type }),
        },
        body: body === undefined ? null : JSON.stringify(body.value),
        signal,
        // Our own deadline covers both.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      // undici hears an abort only on a connection; until there is one, TLS or a proxy may keep silent. It sends nothing then.
      const answer = await unlessAborted(sending, signal);
      code = `${answer.statusCode}`;
      const { date, 'retry-after': retryAfter } = answer.headers;
      if (typeof date === 'string') this.#time.saw(date, sentAt);
      if (answer.statusCode < 300) return answer;
      const text = await answer.body.text();
      throw errorOfAnswer(attempt, answer.statusCode, text, typeof retryAfter === 'string' ? retryAfter : undefined);
    } finally {
      this.#metrics.requests.inc({ code, method, host });
      this.#metrics.seconds.observe({ verb: method, host }, (this.#clock.monotonicMs() - startMs) / 1000);
    }
  }

  /** What to throw: the caller's own reason when the caller aborted, else one of ours. */
  #explain(error: unknown, { attempt, signal }: KubeRequest, deadline: Deadline): unknown {
    if (signal.aborted) return signal.reason;
    if (deadline.exceeded) return new Timeout(`${attempt}: no answer in time`, { status: 0, cause: error });
    if (error instanceof KubeError) return error;
    const why = error instanceof Error ? error.message : String(error);
    return new Unreachable(`${attempt}: ${why}`, { status: 0, cause: error });
  }
}
