// Every refusal of the API server: a metav1.Status with the code, reason, details and wording of the real one.
import type { JsonObject } from './json.ts';

/** One entry of details.causes, in the words of field.Error. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

export interface ResourceName {
  readonly group: string;
  /** The plural, e.g. `machines`; Kubernetes puts it into details.kind. */
  readonly plural: string;
}

interface Details {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly Cause[];
  readonly retryAfterSeconds?: number;
}

/** An answer other than success. `code` is the Status reason; the HTTP status is `status`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly details: Details | undefined;

  constructor(status: number, code: string, message: string, details?: Details, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.code = code;
    this.details = details;
  }

  body(): JsonObject {
    const details: JsonObject = {};
    const { name, group, kind, uid, causes, retryAfterSeconds } = this.details ?? {};
    if (name) details['name'] = name;
    if (group) details['group'] = group;
    if (kind) details['kind'] = kind;
    if (uid) details['uid'] = uid;
    if (causes !== undefined && causes.length > 0) {
      details['causes'] = causes.map(({ reason, message, field }) => ({ reason, message, ...(field && { field }) }));
    }
    if (retryAfterSeconds !== undefined) details['retryAfterSeconds'] = retryAfterSeconds;
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.code !== '' && { reason: this.code }),
      ...((this.details !== undefined || Object.keys(details).length > 0) && { details }),
      code: this.status,
    };
  }
}

/** `machines.karpenter.sh`, or `pods` for the core group. */
export function qualified({ group, plural }: ResourceName): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function detailsOf(resource: ResourceName, name: string): Details {
  return { name, group: resource.group, kind: resource.plural };
}

export function notFound(resource: ResourceName, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${qualified(resource)} "${name}" not found`, detailsOf(resource, name));
}

/** Nothing is registered at this path: the mux of the real server answers with plain text. */
export class PathNotFound extends ApiError {
  constructor() {
    super(404, 'NotFound', '404 page not found');
  }
}

/** The path is nothing that is served here. */
export function noSuchPath(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** `existing` is the metadata of the object that is in the way. */
export function alreadyExists(
  resource: ResourceName,
  { name = '', deletionTimestamp }: { readonly name?: string; readonly deletionTimestamp?: string },
  { generated }: { readonly generated: boolean },
): ApiError {
  const going = deletionTimestamp === undefined ? '' : 'object is being deleted: ';
  const message = `${going}${qualified(resource)} "${name}" already exists`;
  const details = detailsOf(resource, name);
  if (!generated) return new ApiError(409, 'AlreadyExists', message, details);
  const more = ', the server was not able to generate a unique name for the object';
  return new ApiError(409, 'AlreadyExists', `${message}${more}`, { ...details, retryAfterSeconds: 1 });
}

export function conflict(resource: ResourceName, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`;
  return new ApiError(409, 'Conflict', message, detailsOf(resource, name));
}

export function modified(resource: ResourceName, name: string): ApiError {
  return conflict(
    resource,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

export function invalid(kind: { group: string; kind: string }, name: string, causes: readonly Cause[]): ApiError {
  const texts = [...new Set(causes.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)))];
  const all = texts.length === 1 ? `${texts[0]}` : `[${texts.join(', ')}]`;
  // Events are core's, whatever group they came by.
  const group = kind.group === 'events.k8s.io' ? '' : kind.group;
  const qualifiedKind = group === '' ? kind.kind : `${kind.kind}.${group}`;
  return new ApiError(422, 'Invalid', `${qualifiedKind} "${name}" is invalid${texts.length > 0 ? `: ${all}` : ''}`, {
    name,
    group,
    kind: kind.kind,
    causes,
  });
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

export function unauthorized(): ApiError {
  return new ApiError(401, 'Unauthorized', 'Unauthorized');
}

export function forbidden(resource: ResourceName, name: string, why: string): ApiError {
  const subject = name === '' ? qualified(resource) : `${qualified(resource)} "${name}"`;
  return new ApiError(403, 'Forbidden', `${subject} is forbidden: ${why}`, detailsOf(resource, name));
}

export function methodNotAllowed(): ApiError {
  return new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

export function notAcceptable(): ApiError {
  const accepted = 'application/json, application/yaml';
  return new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${accepted}`);
}

export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new ApiError(415, 'UnsupportedMediaType', message);
}

/** A content type that no PATCH takes, whatever the resource. */
export function unknownPatch(): ApiError {
  return new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

export function expired(message: string): ApiError {
  return new ApiError(410, 'Expired', message);
}

export function tooManyRequests(message: string, options: { retryAfterSeconds: number; cause?: Cause }): ApiError {
  return new ApiError(429, 'TooManyRequests', message, {
    ...(options.cause !== undefined && { causes: [options.cause] }),
    ...(options.retryAfterSeconds > 0 && { retryAfterSeconds: options.retryAfterSeconds }),
  });
}

export function internalError(message: string): ApiError {
  const cause: Cause = { reason: '', message, field: '' };
  return new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [cause] });
}

/** The answer to a deletion that removed the object at once. */
export function deleted(resource: ResourceName, name: string, uid: string): JsonObject {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(resource.group !== '' && { group: resource.group }), kind: resource.plural, uid },
  };
}
