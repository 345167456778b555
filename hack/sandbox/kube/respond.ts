// Answers: JSON or YAML as the client accepts it, tables for kubectl, a Status for every refusal.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { stringify } from 'yaml';
import { bodyText, mediaType } from './body.ts';
import { ApiError, badRequest, internalError, notAcceptable, PathNotFound } from './status.ts';

export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** The form of an answer: what `Accept` asks for first among the things that are spoken here. */
export interface Form {
  readonly media: 'application/json' | 'application/yaml';
  readonly as: 'Object' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | 'APIGroupDiscoveryList';
}

const jsonForm: Form = { media: 'application/json', as: 'Object' };

/** Throws a 406 when nothing that the client takes can be given. */
export function formOf(accept: string | undefined): Form {
  if (accept === undefined || accept.trim() === '') return jsonForm;
  for (const clause of accept.split(',')) {
    const [type = '', ...rest] = clause.split(';').map((part) => part.trim());
    const parameters = new Map(rest.map((part) => [part.split('=')[0] ?? '', part.split('=')[1] ?? '']));
    const media = type === 'application/yaml' ? type : 'application/json';
    const known = ['application/json', 'application/yaml', '*/*', 'application/*'].includes(type);
    if (!known || parameters.has('stream')) continue;
    const as = parameters.get('as');
    const [group, version] = [parameters.get('g'), parameters.get('v')];
    if (as === undefined) return { media, as: 'Object' };
    if (as === 'APIGroupDiscoveryList' && group === 'apidiscovery.k8s.io' && version === 'v2') return { media, as };
    if (group !== 'meta.k8s.io' || version !== 'v1') continue;
    if (as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return { media, as };
  }
  throw notAcceptable();
}

export interface Answer {
  readonly status?: number;
  readonly body: object;
  readonly form?: Form;
  /** Content type, when it is not the form's. */
  readonly contentType?: string;
  readonly warnings?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

export function respond(response: ServerResponse, { status = 200, body, form = jsonForm, ...more }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  const text = form.media === 'application/yaml' ? stringify(body) : `${JSON.stringify(body)}\n`;
  response.statusCode = status;
  response.setHeader('Content-Type', more.contentType ?? form.media);
  for (const warning of more.warnings ?? []) {
    response.appendHeader('Warning', `299 - "${warning.replaceAll('\\', '\\\\').replaceAll('"', String.raw`\"`)}"`);
  }
  for (const [name, value] of Object.entries(more.headers ?? {})) response.setHeader(name, value);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}

export function respondText(response: ServerResponse, text: string, status = 200): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(text);
}

/** Any error as an answer; one that is no ApiError is a defect of this server and says so. */
export function respondError(response: ServerResponse, error: unknown, warnings: readonly string[] = []): void {
  if (error instanceof PathNotFound) {
    respondText(response, `${error.message}\n`, error.status);
    return;
  }
  const refusal =
    error instanceof ApiError
      ? error
      : internalError(error instanceof Error ? (error.stack ?? error.message) : 'unknown');
  const retryAfter = refusal.details?.retryAfterSeconds;
  respond(response, {
    status: refusal.status,
    body: refusal.body(),
    warnings,
    ...(retryAfter !== undefined && { headers: { 'Retry-After': `${retryAfter}` } }),
  });
}

// The limit of the real server for a resource request.
const largestBodyBytes = 3 * 1024 * 1024;

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw badRequest('the body is not binary');
    size += chunk.length;
    if (size > largestBodyBytes) {
      throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${largestBodyBytes}`);
    }
    chunks.push(chunk);
  }
  return bodyText(mediaType(request.headers['content-type']), Buffer.concat(chunks));
}
