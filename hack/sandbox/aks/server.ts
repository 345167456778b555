// The socket side: a request is read, logged, hit by faults, answered, and the answer is written.
import { randomUUID } from 'node:crypto';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { ServerCertificate } from '../tls.ts';
import { ArmRefusal, refusalAnswer, type Answer } from './answer.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  /** Scheme and host as the client wrote them. */
  readonly origin: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** Closes the connection without an answer. */
  readonly cut: () => void;
}

/** Undefined: no answer will come. */
export type Handler = (request: HttpRequest) => Promise<Answer | RawAnswer | HalfAnswer | undefined>;

/** An answer that is not JSON. */
export interface RawAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text: string;
}

/** An answer that breaks off after its first half: the connection is cut, or stays open in silence. */
export interface HalfAnswer {
  readonly whole: Answer;
  readonly end: 'cut' | 'stall';
  readonly encoding?: 'gzip';
}

export interface Listening {
  readonly origin: string;
  close(): Promise<void>;
}

const largestBody = 4 * 1024 * 1024;

/** Listens on loopback; port 0 takes a free one. */
export async function listen(
  handler: Handler,
  options: { readonly port: number; readonly certificate: ServerCertificate | undefined },
): Promise<Listening> {
  const { certificate, port } = options;
  const scheme = certificate === undefined ? 'http' : 'https';
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    void serve(handler, scheme, request, response);
  };
  const server =
    certificate === undefined
      ? createHttp(onRequest)
      : createHttps({ cert: certificate.cert, key: certificate.key }, onRequest);
  // Longer than pooled clients keep an idle connection: none shall meet one that we are closing.
  server.keepAliveTimeout = 120_000;
  await listening(server, port);
  const address = addressOf(server);
  return {
    origin: `${scheme}://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

async function serve(
  handler: Handler,
  scheme: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const origin = `${scheme}://${request.headers.host ?? '127.0.0.1'}`;
    const answer = await handler({
      method: request.method ?? 'GET',
      url: new URL(request.url ?? '/', origin),
      origin,
      headers: request.headers,
      text: await textOf(request),
      cut: () => request.socket.resetAndDestroy(),
    });
    if (answer === undefined) return;
    if ('whole' in answer) writeHalf(response, answer);
    else write(response, answer);
  } catch (error) {
    if (response.headersSent || request.destroyed) return;
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    write(
      response,
      error instanceof ArmRefusal
        ? refusalAnswer(error.text)
        : { status: 500, body: { error: { code: 'EmulatorDefect', message } } },
    );
  }
}

function write(response: ServerResponse, answer: Answer | RawAnswer): void {
  if (response.destroyed) return;
  const text = bodyOf(answer);
  response.writeHead(answer.status, { ...headersOf(answer), 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/** Without a length, so that even of an empty body the end is missing. */
function writeHalf(response: ServerResponse, { whole, end, encoding }: HalfAnswer): void {
  if (response.destroyed) return;
  const plain = Buffer.from(bodyOf(whole) || ' ');
  const bytes = encoding === 'gzip' ? gzipSync(plain) : plain;
  const encoded = encoding === undefined ? {} : { 'content-encoding': encoding };
  response.writeHead(whole.status, { ...headersOf(whole), ...encoded });
  response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => {
    if (end === 'cut') response.destroy();
  });
}

function bodyOf(answer: Answer | RawAnswer): string {
  if ('text' in answer) return answer.text;
  return answer.body === undefined ? '' : JSON.stringify(answer.body);
}

function headersOf(answer: Answer | RawAnswer): Readonly<Record<string, string>> {
  const isJson = !('text' in answer) && answer.body !== undefined;
  return {
    'cache-control': 'no-cache',
    ...(isJson ? { 'content-type': 'application/json; charset=utf-8' } : {}),
    'x-ms-request-id': randomUUID(),
    ...answer.headers,
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > largestBody) throw new RangeError('Request body exceeds 4 MiB');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function listening(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('Server does not listen on a port');
  return address;
}
