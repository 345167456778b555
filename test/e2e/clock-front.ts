// Stands before the real API server and shows its timestamps in the world's time, as if both had the same clock.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import { Transform, type TransformCallback } from 'node:stream';
import { objectAt, textAt } from '../../hack/sandbox/aks/json.ts';
import type { ApiTarget } from '../../hack/sandbox/nodes/api.ts';

export interface ClockFront {
  readonly url: string;
  close(): Promise<void>;
}

export interface ClockFrontOptions {
  readonly target: ApiTarget;
  /** The world's time. */
  readonly now: () => Date;
  /** Real time between the bookmarks that a watch gets here, since the server's own come at the real pace. */
  readonly bookmarkMs: number;
}

// The server's timestamps have whole seconds, and a busy machine shows them late: what is this young happened just now.
const justNowMs = 5000;

/** Plain http on loopback; the bearer tokens of its clients go on to the server. */
export async function startClockFront({ target, now, bookmarkMs }: ClockFrontOptions): Promise<ClockFront> {
  // The API server closes a connection that was idle for 90 s; a request must not be on its way then.
  const agent = new Agent({ keepAlive: true, ca: target.ca, timeout: 60_000 });
  const times = new Times(now);
  const server = createServer((incoming, outgoing) => {
    forward(incoming, outgoing, { url: new URL(incoming.url ?? '/', target.url), agent, times, now, bookmarkMs });
  });
  // Watches stay open for as long as their clients want them.
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`,
    async close() {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

interface Forwarding {
  readonly url: URL;
  readonly agent: Agent;
  readonly times: Times;
  readonly now: () => Date;
  readonly bookmarkMs: number;
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, forwarding: Forwarding): void {
  const { url, agent, times, now } = forwarding;
  const { 'accept-encoding': _readable, ...headers } = incoming.headers;
  const upstream = request(
    url,
    { method: incoming.method, headers: { ...headers, host: url.host }, agent },
    (answer) => {
      const { 'content-length': _changes, ...shown } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 502, { ...shown, date: now().toUTCString() });
      // A watch that has nothing to tell yet has begun all the same.
      outgoing.flushHeaders();
      const lines = url.searchParams.get('allowWatchBookmarks') === 'true' ? watchLines(forwarding) : plainLines(times);
      answer.pipe(lines).pipe(outgoing);
      outgoing.on('close', () => lines.destroy());
      // A half answer must not look like a whole one.
      answer.on('error', () => outgoing.destroy());
    },
  );
  upstream.on('error', () => outgoing.destroy());
  outgoing.on('close', () => upstream.destroy());
  incoming.pipe(upstream);
}

function plainLines(times: Times): Lines {
  return new Lines((line) => {
    const value = parsed(line);
    // The text of a health check stays as it is.
    return value === undefined ? line : JSON.stringify(times.inWorld(value));
  });
}

/** Between the events come bookmarks that repeat the version of the last one. */
function watchLines({ url, times, bookmarkMs }: Forwarding): Lines {
  let version = url.searchParams.get('resourceVersion') ?? '';
  const lines = new Lines((line) => {
    const value = parsed(line);
    version = textAt(objectAt(objectAt(value, 'object'), 'metadata'), 'resourceVersion') ?? version;
    return value === undefined ? line : JSON.stringify(times.inWorld(value));
  });
  const bookmark = setInterval(() => {
    const object = { metadata: { resourceVersion: version } };
    if (version !== '' && version !== '0') lines.push(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  }, bookmarkMs);
  lines.once('close', () => clearInterval(bookmark));
  return lines;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** An answer is one line, a watch one line for each event; only whole ones go out. */
class Lines extends Transform {
  readonly #edit: (line: string) => string;
  readonly #decoder = new TextDecoder();
  #rest = '';

  constructor(edit: (line: string) => string) {
    super();
    this.#edit = edit;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split('\n');
    this.#rest = lines.pop() ?? '';
    done(null, lines.map((line) => `${this.#edit(line)}\n`).join(''));
  }

  override _flush(done: TransformCallback): void {
    done(null, this.#edit(this.#rest));
  }
}

/** The world's time of each timestamp that the server gave an object, from when it was first seen. */
class Times {
  readonly #now: () => Date;
  readonly #known = new Map<string, string>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** A list, the event of a watch, or an object. */
  inWorld(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if ('items' in value && Array.isArray(value.items))
      return { ...value, items: value.items.map((item: unknown) => this.inWorld(item)) };
    if ('type' in value && 'object' in value && Object.keys(value).length === 2)
      return { ...value, object: this.inWorld(value.object) };
    if (!('metadata' in value) || typeof value.metadata !== 'object' || value.metadata === null) return value;
    return { ...value, metadata: this.#metadata(value.metadata) };
  }

  #metadata(metadata: object): object {
    const stamps = Object.entries(metadata).filter(
      ([key, value]) => (key === 'creationTimestamp' || key === 'deletionTimestamp') && typeof value === 'string',
    );
    if (!('uid' in metadata)) return metadata;
    const shown = stamps.map(([key, value]) => [key, this.#worldTime(`${String(metadata.uid)} ${key}`, String(value))]);
    return { ...metadata, ...Object.fromEntries(shown) };
  }

  #worldTime(what: string, stamp: string): string {
    // A deletion may be asked for again, with less grace.
    const key = `${what} ${stamp}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const ageMs = Date.now() - Date.parse(stamp);
    const world = new Date(this.#now().getTime() - (ageMs >= 0 && ageMs < justNowMs ? 0 : ageMs));
    const text = world.toISOString().replace(/\.\d+Z$/u, 'Z');
    this.#known.set(key, text);
    return text;
  }
}
