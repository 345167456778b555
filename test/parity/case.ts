// The words that parity cases are written in: requests as data, sent in order to both API servers.

/**
 * Strings may hold placeholders. `{ns}` is a namespace of the case's own, made before its first step; `{id}` is a DNS
 * label of its own, for names of cluster-scoped objects; `{0.metadata.uid}` is a field of the answer to step 0.
 */
export interface Request {
  readonly kind: 'request';
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Instead of `body`: sent as it is. */
  readonly text?: string;
  readonly contentType?: string;
  readonly accept?: string;
  /** Of the Authorization header; the admin's bearer token when absent, no header when empty. */
  readonly authorization?: string;
}

/** A watch that is open while `during` runs, read until it has said `events` things or the server ends it. */
export interface Watch {
  readonly kind: 'watch';
  readonly path: string;
  readonly accept?: string;
  readonly during: readonly Request[];
  readonly events: number;
}

/** A GET that is repeated until it answers with `status` or the field has the value: for what controllers do. */
export interface Until {
  readonly kind: 'until';
  readonly path: string;
  readonly status?: number;
  /** JSON by dotted path. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

export type Step = Request | Watch | Until;

export interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
}

export interface Area {
  readonly area: string;
  readonly cases: readonly Case[];
}

/** Stands in a body for the answer to a step, with a merge patch (RFC 7386) applied: read, change, write back. */
export interface Edit {
  readonly $step: number;
  readonly $change: object;
}

export function edited(step: number, change: object): Edit {
  return { $step: step, $change: change };
}

export function get(path: string): Request {
  return { kind: 'request', method: 'GET', path };
}

/** As kubectl asks for lists and single objects. */
export function table(path: string): Request {
  return { ...get(path), accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
}

/** The form that controllers use which need names and labels alone. */
export function metadataOnly(path: string): Request {
  const as = path.includes('/{id}') ? 'PartialObjectMetadata' : 'PartialObjectMetadataList';
  return { ...get(path), accept: `application/json;as=${as};v=v1;g=meta.k8s.io` };
}

export function post(path: string, body: unknown): Request {
  return { kind: 'request', method: 'POST', path, body };
}

export function put(path: string, body: unknown): Request {
  return { kind: 'request', method: 'PUT', path, body };
}

export function del(path: string, options?: object): Request {
  return { kind: 'request', method: 'DELETE', path, ...(options !== undefined && { body: options }) };
}

export function merge(path: string, body: unknown): Request {
  return patch(path, 'application/merge-patch+json', body);
}

export function json(path: string, body: unknown): Request {
  return patch(path, 'application/json-patch+json', body);
}

export function strategic(path: string, body: unknown): Request {
  return patch(path, 'application/strategic-merge-patch+json', body);
}

/** Server-side apply; the path's query names the field manager. */
export function apply(path: string, body: unknown): Request {
  return patch(path, 'application/apply-patch+yaml', body);
}

function patch(path: string, contentType: string, body: unknown): Request {
  return { kind: 'request', method: 'PATCH', path, contentType, body };
}

export function watch(path: string, options: { readonly during?: readonly Request[]; readonly events: number }): Watch {
  return { kind: 'watch', path, during: options.during ?? [], events: options.events };
}

export function until(path: string, fields: Readonly<Record<string, unknown>>): Until {
  return { kind: 'until', path, fields };
}

export function untilStatus(path: string, status: number): Until {
  return { kind: 'until', path, status };
}
