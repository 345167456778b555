// An answer of ARM's as it came, and the failure that it tells of: two envelopes, details within details, or HTML.
import { localCodes, type ArmFailure } from './arm-errors.ts';
import { isObject, parseJson, type JsonObject } from './json.ts';

/** What of an answer is kept: never the operation URL, which is signed. */
export interface ArmAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

// Azure answers with pages of HTML now and then; a condition, an event and a log line need the beginning.
const longestText = 2000;
const deepestDetail = 3;
// The words of a page stand behind its styles; but a page may be megabytes, or nothing but brackets.
const longestPage = 16_384;

/** The failure that an answer tells of, whatever its envelope. */
export function failureOf(answer: ArmAnswer, now: Date): ArmFailure {
  const body = parseJson(answer.body);
  const wrapped = isObject(body) && isObject(body['error']);
  const error = wrapped ? body['error'] : body;
  const retryAfterMs = retryAfterOf(answer, now);
  const ids = idsOf(answer);
  const fromGateway = answer.header('x-ms-failure-cause') === 'gateway';
  const common = {
    status: answer.status,
    fromGateway,
    ...ids,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  if (!isObject(error)) {
    return { ...common, code: `Http${answer.status}`, armMessage: cleanText(wordsOf(answer.body)) };
  }
  const { code, details, message } = errorTextOf(error);
  const subcode = textIn(error, 'subcode');
  return {
    ...common,
    code: code ?? `Http${answer.status}`,
    ...(subcode === undefined ? {} : { subcode }),
    detailCodes: details.flatMap((detail) => detail.code ?? []),
    armMessage: cleanText(
      [message, ...details.map((detail) => detail.message)].flatMap((text) => text ?? []).join('; '),
    ),
  };
}

interface ErrorText {
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/** What an error of ARM's says, and what the details say that it wraps, each before those that it wraps itself. */
export function errorTextOf(error: JsonObject): ErrorText & { readonly details: readonly ErrorText[] } {
  return { ...levelOf(error), details: detailsOf(error, deepestDetail).map(levelOf) };
}

function levelOf(error: JsonObject): ErrorText {
  return { code: textIn(error, 'code'), message: textIn(error, 'message') };
}

/**
 * AKS's own word that a pool does not exist: bare, not wrapped, and about the pool. Every other 404 is about a parent,
 * and says nothing of the pool.
 */
export function isPoolNotFound({ status, body }: ArmAnswer): boolean {
  if (status !== 404) return false;
  const error = parseJson(body);
  if (!isObject(error) || textIn(error, 'code') !== 'NotFound') return false;
  return /^\s*agent ?pool\b.*\bnot found/i.test(textIn(error, 'message') ?? '');
}

/** Of failures that carry no answer: which socket error, which bug. */
export function failureOfError(error: unknown): ArmFailure {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    code: code ?? localCodes.unknown,
    armMessage: cleanText(error instanceof Error ? error.message : String(error)),
  };
}

/** One line, bounded, without the query of any URL: signatures live there. */
export function cleanText(text: string): string {
  return text
    .slice(0, longestText)
    .replaceAll(/(https?:\/\/[^\s?"']+)\?[^\s"']*/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** What a page of HTML says, without its marks. */
function wordsOf(page: string): string {
  return page.slice(0, longestPage).replaceAll(/<style[^<]*<\/style>|<[^<>]*>/gi, ' ');
}

function idsOf({ header }: ArmAnswer): Pick<ArmFailure, 'requestId' | 'correlationId'> {
  const requestId = header('x-ms-request-id');
  const correlationId = header('x-ms-correlation-request-id');
  return {
    ...(requestId === undefined ? {} : { requestId }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}

/** Seconds, an HTTP date, or Azure's own headers in milliseconds; `undefined` when there is none that can be read. */
function retryAfterOf({ header }: ArmAnswer, now: Date): number | undefined {
  const inMs = Number(header('retry-after-ms') ?? header('x-ms-retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(inMs) && inMs >= 0) return inMs;
  const text = header('retry-after')?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text)) * 1000;
  // Date.parse finds a date in nearly everything: in `-1` one of 2001.
  const date = /^(mon|tue|wed|thu|fri|sat|sun)/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}

function detailsOf(error: JsonObject, depth: number): readonly JsonObject[] {
  const details = error['details'];
  if (depth === 0 || !Array.isArray(details)) return [];
  return details.filter(isObject).flatMap((detail) => [detail, ...detailsOf(detail, depth - 1)]);
}

function textIn(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
