// The answers of an API server, read and checked: JSON of the right shape, or the error that it means.
import type { Resource } from '../apis/resource.ts';
import type { KubeObject } from '../apis/wire.ts';
import { type KubeError, kubeErrorFor, MalformedAnswer, type StatusCause, type StatusDetails } from './errors.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a request was about, in the words of its error: `Cannot patch machines "a"`. */
export type Attempt = string;

export function isJsonObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Throws MalformedAnswer for what is not JSON. */
export function parseJson(text: string, attempt: Attempt): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (cause) {
    throw new MalformedAnswer(`${attempt}: the answer is not JSON: "${beginningOf(text)}"`, { status: 0, cause });
  }
}

/**
 * Every object that an API server sends has a name and a version, and says no other kind than it was asked for; the rest
 * it has validated. Throws MalformedAnswer.
 */
export function checkObject<T extends KubeObject>(value: unknown, resource: Resource<T>, attempt: Attempt): T {
  if (isStored(value, resource)) return value;
  throw new MalformedAnswer(`${attempt}: the answer is not a ${resource.kind} with a name and a resourceVersion`, {
    status: 0,
  });
}

function isStored<T extends KubeObject>(value: unknown, { kind }: Resource<T>): value is T {
  if (!isJsonObject(value) || !isJsonObject(value['metadata'])) return false;
  const { name, resourceVersion } = value['metadata'];
  return (value['kind'] ?? kind) === kind && typeof name === 'string' && typeof resourceVersion === 'string';
}

/** The error that an answer of this status and text means. The text is a Status, or anything that a proxy says. */
export function errorOfAnswer(
  attempt: Attempt,
  status: number,
  text: string,
  retryAfter: string | undefined,
): KubeError {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // Not from the API server itself; the status alone counts.
  }
  const headerMs = retryAfterMs(retryAfter);
  const header = headerMs === undefined ? {} : { retryAfterMs: headerMs };
  if (!isJsonObject(body)) {
    return kubeErrorFor(`${attempt}: status ${status}: ${beginningOf(text)}`, { status, ...header });
  }
  return errorOfStatus(attempt, body, { status, ...header });
}

/** The error that a Status object means, from an answer or from a watch. */
export function errorOfStatus(
  attempt: Attempt,
  body: Json,
  known: StatusDetails & { readonly status?: number } = {},
): KubeError {
  const status = known.status ?? (typeof body['code'] === 'number' ? body['code'] : 500);
  const message = typeof body['message'] === 'string' ? body['message'] : `status ${status}`;
  return kubeErrorFor(`${attempt}: ${beginningOf(message)}`, { ...detailsOf(body), ...known, status });
}

function detailsOf(body: Json): StatusDetails {
  const details = isJsonObject(body['details']) ? body['details'] : {};
  const seconds = details['retryAfterSeconds'];
  const causes = Array.isArray(details['causes']) ? details['causes'].filter(isJsonObject).map(causeOf) : [];
  return {
    ...(typeof body['reason'] === 'string' ? { reason: body['reason'] } : {}),
    ...(typeof seconds === 'number' && seconds > 0 ? { retryAfterMs: boundedMs(seconds) } : {}),
    causes,
  };
}

function causeOf({ reason, message, field }: Json): StatusCause {
  return {
    ...(typeof reason === 'string' ? { reason } : {}),
    ...(typeof message === 'string' ? { message } : {}),
    ...(typeof field === 'string' ? { field } : {}),
  };
}

// A proxy may ask for a day; a cache that is behind and a claim that waits cannot do without an answer for so long.
const longestRetryMs = 300_000;

/** Seconds, as the API server sends them. What asks for no wait at all is left to the caller's own backoff. */
function retryAfterMs(header: string | undefined): number | undefined {
  const text = header?.trim() ?? '';
  const seconds = /^[0-9]+$/.test(text) ? Number(text) : 0;
  return seconds > 0 ? boundedMs(seconds) : undefined;
}

function boundedMs(seconds: number): number {
  return Math.min(longestRetryMs, seconds * 1000);
}

// Of an HTML page the first line is enough to recognise it; a Status for many fields can be long.
function beginningOf(text: string): string {
  return text.length > 2000 ? `${text.slice(0, 2000)}…` : text;
}
