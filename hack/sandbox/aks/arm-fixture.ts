// For tests: an emulator whose time stands still, and requests to it without any library in between.
import { ManualClock } from '../manual-clock.ts';
import { startAks, type Aks, type AksOptions } from './aks.ts';
import { isObject, objectAt, type JsonObject } from './json.ts';
import type { AksScript } from './script.ts';

export interface ArmReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Empty when the body is no JSON object. */
  readonly body: JsonObject;
  readonly properties: JsonObject;
}

export interface ArmFixture {
  readonly aks: Aks;
  readonly clock: ManualClock;
  /** Under the cluster: `/agentPools/ws1`. An absolute URL is taken as it is. */
  send(method: string, path: string, options?: SendOptions): Promise<ArmReply>;
  put(name: string, properties?: JsonObject, headers?: Readonly<Record<string, string>>): Promise<ArmReply>;
  get(name: string): Promise<ArmReply>;
  delete(name: string, headers?: Readonly<Record<string, string>>): Promise<ArmReply>;
  /** What the operation's URL of an answer says now. */
  operation(reply: ArmReply): Promise<JsonObject>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface SendOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export const clusterPath =
  '/subscriptions/sub/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/mc';
export const apiVersion = 'api-version=2026-06-01';

/** A pool that any region takes. */
export const gpuSize = 'Standard_NC24ads_A100_v4';
export const gpuPool: JsonObject = { count: 1, vmSize: gpuSize, mode: 'User' };

export async function anArm(script: AksScript = {}, options: Partial<AksOptions> = {}): Promise<ArmFixture> {
  const clock = new ManualClock();
  const account = { subscription: 'sub', resourceGroup: 'rg', cluster: 'mc' };
  const aks = await startAks({ ...account, clock, script, ...options });
  const send = async (method: string, path: string, { body, headers, signal }: SendOptions = {}): Promise<ArmReply> => {
    const url = path.startsWith('http') ? path : `${aks.url}${clusterPath}${withVersion(path)}`;
    const response = await fetch(url, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    const text = await response.text();
    const parsed = jsonObject(text);
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: parsed,
      properties: objectAt(parsed, 'properties'),
    };
  };
  return {
    aks,
    clock,
    send,
    put: (name, properties = gpuPool, headers = {}) =>
      send('PUT', `/agentPools/${name}`, { body: { properties }, headers }),
    get: (name) => send('GET', `/agentPools/${name}`),
    delete: (name, headers = {}) => send('DELETE', `/agentPools/${name}`, { headers }),
    operation: async (reply) => (await send('GET', reply.headers.get('azure-asyncoperation') ?? '')).body,
    [Symbol.asyncDispose]: () => aks.close(),
  };
}

function withVersion(path: string): string {
  if (path.includes('api-version')) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${apiVersion}`;
}

function jsonObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {}; // an HTML page or nothing, which the test reads as text
  }
}
