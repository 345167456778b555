// What the tests of the API server talk to it with: plain requests over real sockets, and watches read line by line.
import { afterAll, beforeAll } from 'vitest';
import { at, isObject, parseJson, textAt, type Json, type JsonObject } from './json.ts';
import { startKubeApi, type KubeApi, type KubeApiOptions } from './server.ts';

export const patchTypes = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

export interface Sent {
  readonly body?: unknown;
  readonly type?: string;
  readonly token?: string;
  readonly accept?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: JsonObject;
}

export interface WatchLine {
  readonly type: string;
  readonly object: JsonObject;
}

/** The text at a path; empty when there is none. */
export function textIn(value: Json | undefined, ...path: readonly (string | number)[]): string {
  return textAt(value, ...path) ?? '';
}

/** A server for all tests of a file; started before them and closed after. */
export class TestApi {
  #api: KubeApi | undefined;

  constructor(options: KubeApiOptions = {}) {
    beforeAll(async () => {
      this.#api = await startKubeApi({ insecure: true, ...options });
    });
    afterAll(async () => this.#api?.close());
  }

  get server(): KubeApi {
    if (this.#api === undefined) throw new Error('The test server is not started');
    return this.#api;
  }

  async #send(
    method: string,
    path: string,
    { body, type, token, accept }: Sent,
    signal?: AbortSignal,
  ): Promise<Response> {
    return fetch(`${this.server.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token ?? this.server.token}`,
        'content-type': type ?? 'application/json',
        'user-agent': 'tester/1',
        ...(accept !== undefined && { accept }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal !== undefined && { signal }),
    });
  }

  async request(method: string, path: string, sent: Sent = {}): Promise<Answer> {
    const response = await this.#send(method, path, sent);
    const text = await response.text();
    const parsed: Json = text.startsWith('{') ? parseJson(text) : {};
    return { status: response.status, headers: response.headers, body: isObject(parsed) ? parsed : {} };
  }

  /** A request that must succeed; throws with the server's message when it does not. */
  async ok(method: string, path: string, sent: Sent = {}): Promise<JsonObject> {
    const { status, body } = await this.request(method, path, sent);
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${textIn(body, 'message')}`);
    return body;
  }

  patch(path: string, body: unknown, type: keyof typeof patchTypes = 'merge'): Promise<Answer> {
    return this.request('PATCH', path, { body, type: patchTypes[type] });
  }

  /** The events of a watch as they come; stop reading to end it. */
  async *watch(path: string, sent: Sent = {}): AsyncGenerator<WatchLine> {
    const stop = new AbortController();
    try {
      const response = await this.#send('GET', path, sent, stop.signal);
      let rest = '';
      for await (const chunk of response.body ?? []) {
        rest += Buffer.from(chunk).toString();
        const lines = rest.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const event: Json = parseJson(line);
          const object = at(event, 'object');
          if (isObject(object)) yield { type: textIn(event, 'type'), object };
        }
      }
    } finally {
      stop.abort();
    }
  }

  /** The next `count` events of a watch. */
  async events(path: string, count: number, sent: Sent = {}): Promise<WatchLine[]> {
    const events: WatchLine[] = [];
    for await (const event of this.watch(path, sent)) {
      events.push(event);
      if (events.length === count) break;
    }
    return events;
  }
}

/** `type name` of watch events, which is what most tests compare. */
export function brief(events: readonly WatchLine[]): string[] {
  return events.map(({ type, object }) => `${type} ${textIn(object, 'metadata', 'name')}`.trim());
}

export const configMaps = '/api/v1/namespaces/default/configmaps';
export const pods = '/api/v1/namespaces/default/pods';

export function aConfigMap(name: string, more: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...more };
}

export function aPod(name: string, labels: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: { containers: [{ name: 'main', image: 'image:1' }] },
  };
}

export const widgets = '/apis/example.org/v1/widgets';

/** A cluster-scoped custom resource with a status, a list map and an integer with a default. */
export const widgetDefinition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.org' },
  spec: {
    group: 'example.org',
    scope: 'Cluster',
    names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  size: { type: 'integer', minimum: 0, default: 1 },
                  parts: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: {
                      type: 'object',
                      required: ['name'],
                      properties: { name: { type: 'string' }, color: { type: 'string' } },
                    },
                  },
                },
              },
              status: { type: 'object', properties: { phase: { type: 'string' } } },
            },
          },
        },
      },
    ],
  },
};

export function aWidget(name: string, spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name, ...metadata }, spec };
}
