// What can go wrong with a call to the API server: one class per way that callers answer differently.

/** What the API server said beside its status code (the Status object of its answer). */
export interface StatusDetails {
  /** Kubernetes' word, such as `AlreadyExists`. */
  readonly reason?: string;
  /** From the Retry-After header, else from details.retryAfterSeconds; above 0 and five minutes at most. */
  readonly retryAfterMs?: number;
  /** What an answer blames: fields of an Invalid object, the budget that forbids an eviction. */
  readonly causes?: readonly StatusCause[];
}

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

export interface KubeErrorOptions extends StatusDetails {
  /** HTTP status, 0 where there was no answer. */
  readonly status: number;
  readonly cause?: unknown;
}

/** A call failed. `code` is stable; the subclasses say what a caller may conclude. */
export class KubeError extends Error {
  readonly code: string = 'KUBE_ERROR';
  readonly status: number;
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly causes: readonly StatusCause[];

  constructor(message: string, { status, reason, retryAfterMs, causes, cause }: KubeErrorOptions) {
    super(message, { cause });
    this.name = new.target.name;
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
    this.causes = causes ?? [];
  }
}

/** 400, 405, 406, 413, 415: the request itself is wrong, and so is the code that made it. */
export class BadRequest extends KubeError {
  override readonly code = 'KUBE_BAD_REQUEST';
}

/** 401, also with freshly read credentials. */
export class Unauthorized extends KubeError {
  override readonly code = 'KUBE_UNAUTHORIZED';
}

/** 403: RBAC, an admission plugin, or a namespace that is being deleted. */
export class Forbidden extends KubeError {
  override readonly code = 'KUBE_FORBIDDEN';
}

/** 404: the object is not there, or its resource is not served. */
export class NotFound extends KubeError {
  override readonly code = 'KUBE_NOT_FOUND';
}

/** 409: the object changed since it was read, or a precondition failed. Read it again and decide anew. */
export class Conflict extends KubeError {
  override readonly code: string = 'KUBE_CONFLICT';
}

/** 409 to a create. */
export class AlreadyExists extends Conflict {
  override readonly code = 'KUBE_ALREADY_EXISTS';
}

/** 410: the resourceVersion or continue token is too old. List again. */
export class Gone extends KubeError {
  override readonly code = 'KUBE_GONE';
}

/** 422: the object breaks its schema or a validation; `causes` has the fields. */
export class Invalid extends KubeError {
  override readonly code = 'KUBE_INVALID';
}

/** 429: the server is busy; for an eviction: a disruption budget forbids it, `causes` says which. */
export class TooManyRequests extends KubeError {
  override readonly code = 'KUBE_TOO_MANY_REQUESTS';
}

/** 5xx except 504: the server failed; whether a write happened is unknown. */
export class ServerError extends KubeError {
  override readonly code = 'KUBE_SERVER_ERROR';
}

/** Our deadline passed, or the server's own (504); whether a write happened is unknown. */
export class Timeout extends KubeError {
  override readonly code = 'KUBE_TIMEOUT';
}

/** No connection, or it broke before the answer was complete; whether a write happened is unknown. */
export class Unreachable extends KubeError {
  override readonly code = 'KUBE_UNREACHABLE';
}

/** The answer is not what an API server says (a proxy's page, cut JSON). */
export class MalformedAnswer extends KubeError {
  override readonly code = 'KUBE_MALFORMED_ANSWER';
}

/** Our own credentials could not be read: a missing token file, a failing exec plugin. Nothing was sent. */
export class CredentialsUnavailable extends KubeError {
  override readonly code = 'KUBE_CREDENTIALS_UNAVAILABLE';
}

/** The error for an answer with this status. `message` says what was tried and what the server said. */
export function kubeErrorFor(message: string, options: KubeErrorOptions): KubeError {
  const { status, reason } = options;
  if (status === 409)
    return reason === 'AlreadyExists' ? new AlreadyExists(message, options) : new Conflict(message, options);
  const kind = byStatus.get(status) ?? (status >= 500 ? ServerError : status >= 400 ? BadRequest : MalformedAnswer);
  return new kind(message, options);
}

/** The API server does not take a write as it is (a quota, an admission policy, a right or a field that cannot be so), until a person acts. */
export function isRefusedWrite(error: unknown): error is Invalid | BadRequest | Forbidden {
  return error instanceof Invalid || error instanceof BadRequest || error instanceof Forbidden;
}

const byStatus = new Map<number, new (message: string, options: KubeErrorOptions) => KubeError>([
  [401, Unauthorized],
  [403, Forbidden],
  [404, NotFound],
  [410, Gone],
  [422, Invalid],
  [429, TooManyRequests],
  [504, Timeout],
]);
