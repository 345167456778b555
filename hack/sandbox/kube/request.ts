// What a request asks for, read from its method, path and query as the real server's RequestInfo does.
import { badRequest } from './status.ts';

type RequestVerb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

export interface ResourceRequest {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** Absent: cluster-scoped, or all namespaces. */
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  readonly verb: RequestVerb;
}

function truthy(value: string | null): boolean {
  return value !== null && ['', '1', 'true', 'True', 'TRUE', 't', 'T'].includes(value);
}

/** A boolean of the query; anything unknown counts as false, as the real decoder has it. */
export function flag(query: URLSearchParams, name: string): boolean {
  return truthy(query.get(name));
}

function verbOf(method: string, named: boolean, query: URLSearchParams): RequestVerb | undefined {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (named) return 'get';
      return query.has('watch') && flag(query, 'watch') ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return named ? 'delete' : 'deletecollection';
    default:
      return undefined;
  }
}

/** Reads `/api/v1/...` and `/apis/{group}/{version}/...`; undefined for every other path. */
export function resourceRequest(method: string, path: string, query: URLSearchParams): ResourceRequest | undefined {
  const parts = path.split('/').slice(1).map(decode);
  if (parts.at(-1) === '') parts.pop();
  const root = parts.shift();
  if (root !== 'api' && root !== 'apis') return undefined;
  const group = root === 'api' ? '' : parts.shift();
  const version = parts.shift();
  const first = parts.shift();
  if (group === undefined || version === undefined || first === undefined) return undefined;
  if (first === 'watch' && method === 'GET') {
    // The old form of a watch's path.
    const prefix = root === 'api' ? [root, version] : [root, group, version];
    const asked = resourceRequest(method, ['', ...prefix, ...parts].join('/'), query);
    return asked === undefined ? undefined : { ...asked, verb: 'watch' };
  }
  const where = { group, version };
  if (first === 'namespaces' && parts.length >= 2 && parts[1] !== 'status' && parts[1] !== 'finalize') {
    const [namespace = '', plural = '', name, subresource] = parts;
    const verb = verbOf(method, name !== undefined, query);
    if (verb === undefined || parts.length > 4) return undefined;
    return {
      ...where,
      namespace,
      plural,
      verb,
      ...(name !== undefined && { name }),
      ...(subresource && { subresource }),
    };
  }
  const [name, subresource] = parts;
  const verb = verbOf(method, name !== undefined, query);
  if (verb === undefined || parts.length > 2) return undefined;
  return { ...where, plural: first, verb, ...(name !== undefined && { name }), ...(subresource && { subresource }) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    throw badRequest(`invalid URL escape: ${error instanceof Error ? error.message : 'unknown'}`);
  }
}
