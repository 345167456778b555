// Watches: what happened since a revision and from then on, with bookmarks, for as long as the client listens.
import type { Call, Env } from '../call.ts';
import { badRequest, expired, invalid } from '../status.ts';
import { forbiddenField, notSupported } from '../field-error.ts';
import type { Json, JsonObject } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { apiVersionOf } from '../resource.ts';
import { flag } from '../request.ts';
import type { Matcher } from '../selectors.ts';
import type { StoredEvent } from '../storage.ts';
import { requestedRevision, selection } from './read.ts';

type WatchType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

export interface WatchSink {
  send(type: WatchType, object: JsonObject): void;
  /** The answer is complete. */
  end(): void;
}

/** How many seconds a watch lasts when the client does not say: half an hour, as --min-request-timeout has it. */
const defaultTimeoutSeconds = 1800;

/** What one client sees of a change: a selector turns changes into arrivals and departures. */
function shown(
  event: StoredEvent,
  { resource }: Call,
  matches: Matcher,
): { type: WatchType; object: KubeObject } | undefined {
  const object = resource.fromStored(event.object);
  const previous = event.previous === undefined ? undefined : resource.fromStored(event.previous);
  const before = previous !== undefined && matches(previous);
  const after = event.type !== 'DELETED' && matches(object);
  if (before && after) return { type: 'MODIFIED', object };
  if (after) return { type: 'ADDED', object };
  if (!before || previous === undefined) return undefined;
  // The last state that the selector knew, under the revision of its departure.
  const last = event.type === 'DELETED' ? object : previous;
  return { type: 'DELETED', object: { ...last, metadata: { ...last.metadata, resourceVersion: `${event.revision}` } } };
}

function checkInitialEvents(query: URLSearchParams): void {
  const options = { group: 'meta.k8s.io', kind: 'ListOptions' };
  const match = query.get('resourceVersionMatch') ?? '';
  const initial = query.has('sendInitialEvents');
  if (match !== '' && !initial) {
    throw invalid(options, '', [
      forbiddenField(
        'resourceVersionMatch',
        'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      ),
    ]);
  }
  if (initial && match !== 'NotOlderThan') {
    const why = 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
    const causes = [forbiddenField('resourceVersionMatch', why)];
    if (match !== '') causes.push(notSupported('resourceVersionMatch', match, ['NotOlderThan']));
    throw invalid(options, '', causes);
  }
}

/**
 * Starts a watch and returns the way to stop it. Throws when the request is wrong; a revision that is forgotten is an
 * ERROR event, as the real server sends it.
 */
export function startWatch(env: Env, call: Call, sink: WatchSink): () => void {
  const { query, resource } = call;
  checkInitialEvents(query);
  const asked = requestedRevision(env, query);
  const timeoutSeconds = Number(query.get('timeoutSeconds') ?? '') || defaultTimeoutSeconds;
  if (!Number.isFinite(timeoutSeconds)) throw badRequest('timeoutSeconds must be a number');
  const matches = selection(call);
  const bookmarks = flag(query, 'allowWatchBookmarks') && query.has('allowWatchBookmarks');
  const initial = query.has('sendInitialEvents')
    ? flag(query, 'sendInitialEvents')
    : asked === undefined || asked === 0;
  const replay = initial || asked === undefined || asked === 0 ? [] : env.storage.since(resource.bucket, asked);
  if (replay === undefined) {
    sink.send('ERROR', expired(`too old resource version: ${asked} (${env.storage.compacted})`).body());
    sink.end();
    return () => {};
  }
  const bookmark = (annotations?: { [key: string]: string }): void => {
    sink.send('BOOKMARK', {
      kind: resource.kind,
      apiVersion: apiVersionOf(resource),
      metadata: {
        resourceVersion: `${env.storage.revision}`,
        ...(resource.custom === undefined && { creationTimestamp: null }),
        ...(annotations && { annotations }),
      },
      ...emptyBodies(resource.custom === undefined, resource.kind),
    });
  };
  if (initial) {
    for (const stored of env.storage.list(resource.bucket)?.objects ?? []) {
      const object = resource.fromStored(stored);
      if (matches(object)) sink.send('ADDED', object);
    }
    if (query.has('sendInitialEvents') && bookmarks) bookmark({ 'k8s.io/initial-events-end': 'true' });
  }
  const pass = (event: StoredEvent): void => {
    // A watch may begin at a revision that is yet to come.
    if (event.bucket !== resource.bucket || event.revision <= (asked ?? 0)) return;
    const seen = shown(event, call, matches);
    if (seen !== undefined) sink.send(seen.type, seen.object);
  };
  for (const event of replay) pass(event);
  const unsubscribe = env.storage.subscribe(pass);
  const ticker = bookmarks ? setInterval(() => bookmark(), env.bookmarkIntervalMs) : undefined;
  const end = setTimeout(() => {
    stop();
    sink.end();
  }, timeoutSeconds * 1000);
  const stop = (): void => {
    unsubscribe();
    clearInterval(ticker);
    clearTimeout(end);
  };
  return stop;
}

/** Typed bookmarks carry the empty structs of their Go types. */
function emptyBodies(builtin: boolean, kind: string): { [key: string]: Json } {
  if (!builtin || !['Pod', 'Node', 'Namespace'].includes(kind)) return {};
  return kind === 'Pod' ? { spec: { containers: null }, status: {} } : { spec: {}, status: {} };
}
