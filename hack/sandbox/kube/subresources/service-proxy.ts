// services/proxy: the way to a pod behind a Service for whoever can reach the API server alone.
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Env } from '../call.ts';
import { isObject, listAt, numberAt, textAt } from '../json.ts';
import { keyOf, type KubeObject } from '../object.ts';
import { ApiError, notFound } from '../status.ts';

export interface ProxyRequest {
  readonly namespace: string;
  readonly name: string;
  /** By name or number; absent: the only one. */
  readonly port: string | undefined;
  /** Of the pod's own server, with its query. */
  readonly path: string;
}

const pattern = /^\/api\/v1\/namespaces\/([^/]+)\/services\/(?:https?:)?([^/:]+)(?::([^/:]*))?\/proxy(\/.*)?$/;

/** Undefined for every other path. */
export function proxyRequest(url: URL): ProxyRequest | undefined {
  const [, namespace, name, port, path = '/'] = pattern.exec(url.pathname) ?? [];
  if (namespace === undefined || name === undefined) return undefined;
  return { namespace, name, port: port === '' ? undefined : port, path: `${path}${url.search}` };
}

/** Passes the request on to a ready pod. Throws the ApiError of a Service that is not there or has nobody behind it. */
export function proxyToService(
  env: Env,
  asked: ProxyRequest,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const target = targetOf(env, asked);
  const { host: _host, authorization: _token, ...headers } = request.headers;
  const onward = httpRequest(
    { host: target.address, port: target.port, path: asked.path, method: request.method, headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on('error', (error) => {
    if (response.headersSent) response.destroy();
    else {
      response.writeHead(503, { 'Content-Type': 'text/plain' });
      response.end(`error trying to reach service: ${error.message}`);
    }
  });
  request.pipe(onward);
}

function targetOf(
  env: Env,
  { namespace, name, port }: ProxyRequest,
): { readonly address: string; readonly port: number } {
  const service = env.storage.get('services', keyOf({ namespace, name }));
  if (service === undefined) throw notFound({ group: '', plural: 'services' }, name);
  const ports = listAt(service['spec'], 'ports').filter(isObject);
  const found = ports.find(
    (each) => port === undefined || textAt(each, 'name') === port || `${numberAt(each, 'port')}` === port,
  );
  const selector = selectorOf(service);
  const pod = env.storage
    .objects('pods')
    .find((each) => each.metadata.namespace === namespace && isBehind(each, selector));
  const address = textAt(pod?.['status'], 'podIP');
  if (found === undefined || address === undefined)
    throw new ApiError(503, 'ServiceUnavailable', `no endpoints available for service "${name}"`);
  return { address, port: numberAt(found, 'targetPort') ?? numberAt(found, 'port') ?? 0 };
}

function selectorOf(service: KubeObject): readonly (readonly [string, unknown])[] {
  const spec = service['spec'];
  const selector = isObject(spec) ? spec['selector'] : undefined;
  return isObject(selector) ? Object.entries(selector) : [];
}

function isBehind(pod: KubeObject, selector: readonly (readonly [string, unknown])[]): boolean {
  const labels = pod.metadata.labels ?? {};
  const ready = listAt(pod['status'], 'conditions').some(
    (condition) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
  );
  return ready && selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
}
