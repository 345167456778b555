// The few calls that stand-ins make to an API server, over one pooled agent: status and JSON, no types of the project.
import { Agent, request, type Dispatcher } from 'undici';
import { isObject, numberAt, objectAt, textAt, type JsonObject } from '../aks/json.ts';

export interface ApiTarget {
  readonly url: string;
  /** PEM of the authority to trust; absent or empty: plain http, or a public one. */
  readonly ca?: string;
  readonly token: string;
}

export interface Reply {
  readonly status: number;
  readonly body: JsonObject;
}

export interface WatchEvent {
  readonly type: string;
  readonly object: JsonObject;
}

/** The API server refused: `status` is the HTTP status, `code` the reason. */
export class ApiRefusal extends Error {
  readonly code: string;
  readonly status: number;

  constructor(what: string, { status, body }: Reply) {
    super(`Cannot ${what}: the API server answered ${status} ${textAt(body, 'message') ?? ''}`);
    this.name = 'ApiRefusal';
    this.code = textAt(body, 'reason') ?? 'Unknown';
    this.status = status;
  }
}

/** Real time. A request that gets lost must not hold up the life of a pod or a node; whoever made it tries again. */
const deadlineMs = 30_000;
const mergePatch = 'application/merge-patch+json';
const strategicPatch = 'application/strategic-merge-patch+json';

export class Api {
  readonly #target: ApiTarget;
  readonly #agent: Agent;

  constructor(target: ApiTarget) {
    const { ca = '' } = target;
    this.#target = target;
    this.#agent = new Agent({ ...(ca === '' ? {} : { connect: { ca } }), connections: 16, bodyTimeout: 0 });
  }

  get(path: string, signal: AbortSignal): Promise<Reply> {
    return this.#call('GET', path, { signal });
  }

  post(path: string, body: object, signal: AbortSignal): Promise<Reply> {
    return this.#call('POST', path, { signal, body, type: 'application/json' });
  }

  /** RFC 7386; put metadata.resourceVersion into it to lock. */
  merge(path: string, body: object, signal: AbortSignal): Promise<Reply> {
    return this.#call('PATCH', path, { signal, body, type: mergePatch });
  }

  /** For conditions and addresses, whose lists are merged by key. */
  strategic(path: string, body: object, signal: AbortSignal): Promise<Reply> {
    return this.#call('PATCH', path, { signal, body, type: strategicPatch });
  }

  delete(path: string, body: object, signal: AbortSignal): Promise<Reply> {
    return this.#call('DELETE', path, { signal, body, type: 'application/json' });
  }

  /** Events from this version on; ends when the server ends it, throws when the version is too old. */
  async *watch(path: string, resourceVersion: string, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${encodeURIComponent(resourceVersion)}`;
    const response = await this.#send('GET', `${path}?${query}`, { signal });
    if (response.statusCode !== 200) {
      throw new ApiRefusal(`watch ${path}`, { status: response.statusCode, body: parsed(await response.body.text()) });
    }
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield eventOf(path, line);
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #call(method: Dispatcher.HttpMethod, path: string, options: CallOptions): Promise<Reply> {
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(deadlineMs)]);
    const response = await this.#send(method, path, { ...options, signal });
    return { status: response.statusCode, body: parsed(await response.body.text()) };
  }

  #send(
    method: Dispatcher.HttpMethod,
    path: string,
    { signal, body, type }: CallOptions,
  ): Promise<Dispatcher.ResponseData> {
    return request(new URL(path, this.#target.url), {
      dispatcher: this.#agent,
      method,
      signal,
      headers: {
        authorization: `Bearer ${this.#target.token}`,
        accept: 'application/json',
        'user-agent': 'sandbox-nodes',
        ...(type === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

interface CallOptions {
  readonly signal: AbortSignal;
  readonly body?: object;
  readonly type?: string;
}

/** Throws ApiRefusal unless the reply has one of these statuses. */
export function expectStatus(reply: Reply, what: string, ...allowed: readonly number[]): Reply {
  if (!allowed.includes(reply.status)) throw new ApiRefusal(what, reply);
  return reply;
}

export function itemsOf(list: JsonObject): readonly JsonObject[] {
  const { items } = list;
  return Array.isArray(items) ? items.filter(isObject) : [];
}

export function resourceVersionOf(object: JsonObject): string {
  return textAt(objectAt(object, 'metadata'), 'resourceVersion') ?? '0';
}

function eventOf(path: string, line: string): WatchEvent {
  const event = parsed(line);
  const type = textAt(event, 'type') ?? '';
  const object = objectAt(event, 'object');
  if (type === 'ERROR')
    throw new ApiRefusal(`watch ${path}`, { status: numberAt(object, 'code') ?? 500, body: object });
  return { type, object };
}

function parsed(text: string): JsonObject {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return { message: text.slice(0, 200) }; // a proxy's page, or a broken line
  }
}
