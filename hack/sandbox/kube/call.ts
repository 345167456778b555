// One request to a resource with all that its handling needs, and the parts of the server that it works on.
import type { User } from './access/tokens.ts';
import type { Registry } from './registry.ts';
import type { ResourceRequest } from './request.ts';
import type { Resource } from './resource.ts';
import type { Storage } from './storage.ts';
import { invalid } from './status.ts';
import { notSupported } from './field-error.ts';

export interface Env {
  readonly storage: Storage;
  readonly registry: Registry;
  /** How often a watch that asked for bookmarks gets one. */
  readonly bookmarkIntervalMs: number;
  readonly now: () => Date;
}

type FieldValidation = 'Ignore' | 'Strict' | 'Warn';

export interface Call {
  readonly resource: Resource;
  readonly request: ResourceRequest;
  readonly query: URLSearchParams;
  readonly user: User;
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: FieldValidation;
  /** Sent as Warning headers with the answer. */
  readonly warnings: string[];
}

export interface CallSource {
  readonly resource: Resource;
  readonly request: ResourceRequest;
  readonly query: URLSearchParams;
  readonly user: User;
  readonly userAgent: string;
}

const longestManager = 128;

/** Reads the options that all writes share. Throws what the real server answers to bad ones. */
export function callOf({ resource, request, query, user, userAgent }: CallSource): Call {
  const writes = !['get', 'list', 'watch'].includes(request.verb);
  const dryRun = query.getAll('dryRun');
  const options = { group: 'meta.k8s.io', kind: writeOptions(request.verb) };
  const odd = dryRun.find((value) => value !== 'All');
  if (writes && odd !== undefined) throw invalid(options, '', [notSupported('dryRun', [odd], ['All'])]);
  const fieldValidation = query.get('fieldValidation') ?? '';
  if (writes && !['', 'Ignore', 'Warn', 'Strict'].includes(fieldValidation)) {
    throw invalid(options, '', [notSupported('fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn'])]);
  }
  const fieldManager = query.get('fieldManager') ?? '';
  if (writes && fieldManager.length > longestManager) {
    const message = `Too long: may not be more than ${longestManager} bytes`;
    throw invalid(options, '', [{ reason: 'FieldValueTooLong', message, field: 'fieldManager' }]);
  }
  return {
    resource,
    request,
    query,
    user,
    dryRun: dryRun.length > 0,
    fieldManager: managerOf(query, userAgent),
    fieldValidation: fieldValidation === 'Ignore' || fieldValidation === 'Strict' ? fieldValidation : 'Warn',
    warnings: [],
  };
}

/** Who writes: as he says, or else the first word of his User-Agent. */
export function managerOf(query: URLSearchParams, userAgent = ''): string {
  return query.get('fieldManager') || (userAgent.split('/')[0] ?? '') || 'unknown';
}

function writeOptions(verb: ResourceRequest['verb']): string {
  if (verb === 'create') return 'CreateOptions';
  if (verb === 'update') return 'UpdateOptions';
  return verb === 'patch' ? 'PatchOptions' : 'DeleteOptions';
}
