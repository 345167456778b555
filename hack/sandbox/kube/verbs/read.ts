// Reading one object, and lists with selectors, pages and the state of an earlier revision.
import type { Call, Env } from '../call.ts';
import { parseJson, textAt, numberAt, type Json } from '../json.ts';
import { keyOf, type KubeObject } from '../object.ts';
import { fieldMatcher, labelMatcher, type Matcher } from '../selectors.ts';
import { ApiError, badRequest, expired, invalid, notFound } from '../status.ts';
import { flag } from '../request.ts';
import { forbiddenField, notSupported } from '../field-error.ts';

/** The stored object that the request names; throws a 404. */
export function storedObject(env: Env, { resource, request }: Call): KubeObject {
  const { namespace, name = '' } = request;
  const key = keyOf({ name, ...(namespace !== undefined && { namespace }) });
  const found = env.storage.get(resource.bucket, key);
  if (found === undefined) throw notFound(resource, name);
  return found;
}

export function readObject(env: Env, call: Call): KubeObject {
  requestedRevision(env, call.query);
  return call.resource.fromStored(storedObject(env, call));
}

/** Whether an object (in its own version) belongs to what the request selects. */
export function selection({ resource, request, query }: Call): Matcher {
  const label = labelMatcher(query.get('labelSelector') ?? '');
  const field = fieldMatcher(query.get('fieldSelector') ?? '', resource);
  const { namespace, name } = request;
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    (name === undefined || object.metadata.name === name) &&
    label(object) &&
    field(object);
}

/** The resourceVersion of the query as a number; undefined when it is absent. Throws on what cannot be one. */
export function requestedRevision(env: Env, query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion') ?? '';
  if (text === '') return undefined;
  if (!/^\d+$/.test(text)) {
    const why = `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`;
    // A watch meets it later in the real server, where nobody turns it into a 400.
    throw flag(query, 'watch') && query.has('watch')
      ? new ApiError(500, '', why)
      : badRequest(`invalid resource version: ${why}`);
  }
  const revision = Number(text);
  // A watch waits for what is yet to come; reads time out, here at once.
  if (revision > env.storage.revision && !(query.has('watch') && flag(query, 'watch'))) {
    throw new ApiError(
      504,
      'Timeout',
      `Timeout: Too large resource version: ${revision}, current: ${env.storage.revision}`,
      {
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version', field: '' }],
        retryAfterSeconds: 1,
      },
    );
  }
  return revision;
}

interface Position {
  readonly revision: number;
  /** The page begins after this key. */
  readonly after: string;
}

const expiredPage =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted ' +
  'between the time the first chunk was returned and now may show up in the list.';

function positionOf(token: string): Position {
  try {
    const value: Json = parseJson(Buffer.from(token, 'base64url').toString());
    const revision = numberAt(value, 'rv');
    const after = textAt(value, 'start');
    if (revision !== undefined && after !== undefined) return { revision, after };
  } catch {
    // Not JSON: refused below, like JSON of another shape.
  }
  throw badRequest('invalid continue token: continue key is not valid: unrecognized key');
}

const token = (position: Position): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: position.revision, start: position.after })).toString(
    'base64url',
  );

export interface ListPage {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

function forbiddenMatch(field: string, detail: string): ApiError {
  return invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [forbiddenField(field, detail)]);
}

function checkMatch(query: URLSearchParams): void {
  const match = query.get('resourceVersionMatch') ?? '';
  const version = query.get('resourceVersion') ?? '';
  if (query.has('sendInitialEvents')) {
    throw forbiddenMatch('sendInitialEvents', 'sendInitialEvents is forbidden for list');
  }
  if (match === '') return;
  const field = 'resourceVersionMatch';
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [
      notSupported(field, match, ['Exact', 'NotOlderThan', '']),
    ]);
  }
  if (version === '')
    throw forbiddenMatch(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided');
  if (query.get('continue')) throw forbiddenMatch(field, 'resourceVersionMatch is forbidden when continue is provided');
  if (match === 'Exact' && version === '0') {
    throw forbiddenMatch(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
}

/** One page of the objects that the request selects, in the resource's version. */
export function listObjects(env: Env, call: Call): ListPage {
  const { query, resource, request } = call;
  checkMatch(query);
  const asked = requestedRevision(env, query);
  const askedLimit = Number(query.get('limit') ?? '0');
  if (!Number.isInteger(askedLimit))
    throw badRequest(`strconv.ParseInt: parsing "${query.get('limit')}": invalid syntax`);
  const continueToken = query.get('continue') ?? '';
  // What the cache may answer comes in one piece.
  const limit = asked === 0 && continueToken === '' ? 0 : askedLimit;
  const from = continueToken === '' ? undefined : positionOf(continueToken);
  if (from !== undefined && asked !== undefined && asked > 0) {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  const exact =
    query.get('resourceVersionMatch') === 'Exact' ||
    (limit > 0 && asked !== undefined && asked > 0 && !query.get('resourceVersionMatch'));
  const revision = from !== undefined && from.revision > 0 ? from.revision : exact ? asked : undefined;
  const snapshot = env.storage.list(resource.bucket, revision);
  if (snapshot === undefined) {
    if (from === undefined) throw expired(`The resourceVersion for the provided list is too old.`);
    throw new ExpiredPage(token({ revision: -1, after: from.after }));
  }
  const matches = selection(call);
  const rest: KubeObject[] = [];
  for (const stored of snapshot.objects) {
    if (request.namespace !== undefined && stored.metadata.namespace !== request.namespace) continue;
    if (from !== undefined && keyOf(stored.metadata) <= from.after) continue;
    const object = resource.fromStored(stored);
    if (matches(object)) rest.push(object);
  }
  const page = { resourceVersion: `${snapshot.revision}` };
  const last = limit > 0 && rest.length > limit ? rest[limit - 1] : undefined;
  if (last === undefined) return { ...page, items: rest };
  const selects = Boolean(query.get('labelSelector') ?? query.get('fieldSelector'));
  return {
    ...page,
    items: rest.slice(0, limit),
    continue: token({ revision: snapshot.revision, after: keyOf(last.metadata) }),
    ...(!selects && { remainingItemCount: rest.length - limit }),
  };
}

/** A page that cannot be had any more; carries a token for the rest as it is now. */
class ExpiredPage extends ApiError {
  readonly token: string;

  constructor(continueToken: string) {
    super(410, 'Expired', expiredPage);
    this.token = continueToken;
  }

  override body(): ReturnType<ApiError['body']> {
    return { ...super.body(), metadata: { continue: this.token } };
  }
}
