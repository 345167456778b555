// From an HTTP request to its answer: who asks, whether he may, and which part of the server knows.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Tokens } from './access/tokens.ts';
import type { Env } from './call.ts';
import { aggregatedDiscovery, apiGroup, apiGroups, apiResources, apiVersions } from './discovery.ts';
import { openApiV2, openApiV3, openApiV3Index } from './openapi/openapi.ts';
import { authorize, handleResource } from './resource-handler.ts';
import { formOf, respond, respondError, respondText } from './respond.ts';
import { resourceRequest } from './request.ts';
import { proxyRequest, proxyToService } from './subresources/service-proxy.ts';
import { methodNotAllowed, PathNotFound, unauthorized } from './status.ts';

export interface Site {
  readonly env: Env;
  readonly tokens: Tokens;
  readonly url: string;
  /** Of the tokens of ServiceAccounts. */
  readonly issuer: string;
}

const version = {
  major: '1',
  minor: '34',
  gitVersion: 'v1.34.0',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: 'node',
  platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
};

const open = new Set(['/healthz', '/livez', '/readyz']);
const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Answers one request; never throws and never rejects. */
export async function handle(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const url = new URL(request.url ?? '/', site.url);
    const user = site.tokens.userOf(request.headers.authorization);
    const anonymous = !request.headers.authorization && open.has(url.pathname);
    if (user === undefined && !anonymous) throw unauthorized();
    const method = request.method ?? 'GET';
    const proxied = proxyRequest(url);
    if (proxied !== undefined && user !== undefined) {
      const verb = method === 'GET' ? 'get' : 'create';
      const { namespace, name } = proxied;
      const proxying = {
        group: '',
        version: 'v1',
        plural: 'services',
        namespace,
        name,
        subresource: 'proxy',
        verb,
      } as const;
      authorize({ asked: proxying, user });
      proxyToService(site.env, proxied, request, response);
      return;
    }
    const asked = resourceRequest(method, url.pathname, url.searchParams);
    if (asked !== undefined && user !== undefined) {
      await handleResource(site, { request, response, asked, query: url.searchParams, user });
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed();
    answerPath(site, url, request, response);
  } catch (error) {
    respondError(response, error);
  }
}

function answerPath(
  { env, issuer, url: own }: Site,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const path = url.pathname.length > 1 ? url.pathname.replace(/\/$/, '') : url.pathname;
  const resources = env.registry.all();
  if (path === '/healthz' || path === '/livez' || path === '/readyz' || /^\/(livez|readyz|healthz)\//.test(path)) {
    respondText(response, 'ok');
    return;
  }
  if (path === '/version') {
    respond(response, { body: version });
    return;
  }
  if (path === '/.well-known/openid-configuration') {
    respond(response, { body: discovery(issuer, own) });
    return;
  }
  const body = documentAt(path, { url: own, resources });
  const form = path.startsWith('/api') ? formOf(request.headers.accept) : formOf(undefined);
  if ((path === '/api' || path === '/apis') && form.as === 'APIGroupDiscoveryList') {
    const root = path === '/api' ? 'api' : 'apis';
    respond(response, { body: aggregatedDiscovery(root, resources), contentType: aggregatedType });
    return;
  }
  if (body === undefined) throw new PathNotFound();
  respond(response, { body, form });
}

/** As pkg/serviceaccount/openidmetadata.go writes it. */
function discovery(issuer: string, own: string): object {
  return {
    issuer,
    jwks_uri: `${own}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}

interface Served {
  readonly url: string;
  readonly resources: ReturnType<Env['registry']['all']>;
}

function documentAt(path: string, { url, resources }: Served): object | undefined {
  if (path === '/api') return apiVersions(url);
  if (path === '/apis') return apiGroups(resources);
  if (path === '/api/v1') return apiResources('v1', resources);
  if (path === '/openapi/v2') return openApiV2(resources);
  if (path === '/openapi/v3') return openApiV3Index(resources);
  if (path === '/openapi/v3/api/v1') return openApiV3('v1', resources);
  if (path === '/')
    return { paths: ['/api', '/apis', '/healthz', '/livez', '/openapi/v2', '/openapi/v3', '/readyz', '/version'] };
  const parts = path.split('/').slice(1);
  if (parts[0] === 'openapi' && parts[2] === 'apis' && parts.length === 5) {
    return openApiV3(`${parts[3]}/${parts[4]}`, resources);
  }
  if (parts[0] !== 'apis') return undefined;
  if (parts.length === 2) return apiGroup(parts[1] ?? '', resources);
  return parts.length === 3 ? apiResources(`${parts[1]}/${parts[2]}`, resources) : undefined;
}
