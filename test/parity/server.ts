// One of the two API servers under comparison, as raw HTTP: what came over the wire and nothing that a client made of it.
import { Agent, request } from 'undici';
import type { Request } from './case.ts';

export interface ServerAddress {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed when it is JSON. */
  readonly body: unknown;
}

export interface OpenWatch {
  readonly status: number;
  /** The next line, parsed, or undefined when the server ended the watch. */
  next(): Promise<unknown>;
  close(): void;
}

// Headers that clients act upon.
const comparedHeaders = ['content-type', 'warning', 'retry-after'] as const;

// Becomes the name of the field manager.
const userAgent = 'parity/1.0';

export class Server {
  readonly #address: ServerAddress;
  readonly #agent: Agent;

  constructor(address: ServerAddress) {
    this.#address = address;
    // HTTP/1.1 on both sides: what HTTP/2 does to a connection is not under comparison.
    this.#agent = new Agent({ connect: { ca: address.ca }, allowH2: false });
  }

  async send(asked: Request, options: { readonly signal: AbortSignal }): Promise<Answer> {
    const { statusCode, headers, body } = await this.#request(asked, options.signal);
    const text = await body.text();
    return { status: statusCode, headers: pick(headers), body: parsed(text) };
  }

  async watch(asked: Request, options: { readonly signal: AbortSignal }): Promise<OpenWatch> {
    const closing = new AbortController();
    const { statusCode, body } = await this.#request(asked, AbortSignal.any([options.signal, closing.signal]));
    const lines = linesOf(body);
    return {
      status: statusCode,
      async next(): Promise<unknown> {
        const { value, done } = await lines.next();
        return done === true ? undefined : parsed(value);
      },
      close: () => closing.abort(),
    };
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #request(asked: Request, signal: AbortSignal): ReturnType<typeof request> {
    const { method, path, body, text, contentType, accept, authorization } = asked;
    const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const credentials = authorization ?? `Bearer ${this.#address.token}`;
    return request(`${this.#address.url}${path}`, {
      dispatcher: this.#agent,
      method,
      ...(content !== undefined && { body: content }),
      signal,
      headers: {
        'user-agent': userAgent,
        accept: accept ?? 'application/json',
        ...(content !== undefined && { 'content-type': contentType ?? 'application/json' }),
        ...(credentials !== '' && { authorization: credentials }),
      },
    });
  }
}

function pick(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of comparedHeaders) {
    const value = headers[name];
    if (value !== undefined) found[name] = [value].flat().join('\n');
  }
  return found;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Health checks and a few refusals are plain text.
    return text;
  }
}

async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<string, undefined> {
  let rest = '';
  for await (const chunk of body) {
    const parts = `${rest}${chunk.toString('utf8')}`.split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) if (line !== '') yield line;
  }
  if (rest !== '') yield rest;
  return undefined;
}
