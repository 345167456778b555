// A request to a resource: authorization, the verb's work, and the answer in the form that was asked for.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerToReview } from './access/reviews.ts';
import { allows } from './access/rules.ts';
import type { User } from './access/tokens.ts';
import { mediaType, parseBody, parseJsonBody, parseYaml } from './body.ts';
import { callOf, managerOf, type Call } from './call.ts';
import { decodeObject } from './decode.ts';
import type { Json } from './json.ts';
import type { ResourceRequest } from './request.ts';
import { formOf, readBody, respond, respondError } from './respond.ts';
import type { Site } from './router.ts';
import { subresourcesOf } from './subresource-list.ts';
import { bind } from './subresources/binding.ts';
import { evict } from './subresources/eviction.ts';
import { finalizeNamespace } from './subresources/finalize.ts';
import { requestToken } from './subresources/token-request.ts';
import { ApiError, methodNotAllowed, noSuchPath, notFound, PathNotFound, qualified } from './status.ts';
import { sendList, sendObject, sendStatus, sendWatch } from './views.ts';
import { createObject } from './verbs/create.ts';
import { answerToDelete, deleteOptions } from './verbs/delete.ts';
import { deleteCollection } from './verbs/delete-collection.ts';
import { patchObject } from './verbs/patch.ts';
import { listObjects, readObject, storedObject } from './verbs/read.ts';
import { replaceObject } from './verbs/replace.ts';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly asked: ResourceRequest;
  readonly query: URLSearchParams;
  readonly user: User;
}

/** Throws a 403 with the real server's words. */
export function authorize({ asked, user }: Pick<Exchange, 'asked' | 'user'>): void {
  const { verb, group, plural, namespace, name = '', subresource = '' } = asked;
  if (user.rules === undefined || allows(user.rules, { verb, group, resource: plural, subresource, name })) return;
  const target = subresource === '' ? plural : `${plural}/${subresource}`;
  const scope = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const why = `User "${user.name}" cannot ${verb} resource "${target}" in API group "${group}" ${scope}`;
  const subject =
    name === '' ? qualified({ group, plural: target }) : `${qualified({ group, plural: target })} "${name}"`;
  throw new ApiError(403, 'Forbidden', `${subject} is forbidden: ${why}`, { name, group, kind: plural });
}

async function bodyOf({ request }: Exchange, kind: string): Promise<Json> {
  const type = mediaType(request.headers['content-type']);
  return parseBody(type, await readBody(request), kind);
}

async function patchBody({ request }: Exchange): Promise<{ type: string; patch: Json }> {
  const type = mediaType(request.headers['content-type']);
  const text = await readBody(request);
  // Whether the type is that of a patch at all is for the resource to say.
  if (!/^application\/.*patch\+(?:json|yaml)$/.test(type)) return { type, patch: null };
  return { type, patch: type.endsWith('+yaml') ? parseYaml(text) : parseJsonBody(text, 'error decoding patch: ') };
}

/** Throws what is to be answered when something is wrong. */
export async function handleResource(site: Site, exchange: Exchange): Promise<void> {
  const { asked, query, user, request } = exchange;
  const { env } = site;
  authorize(exchange);
  const resource = env.registry.find(asked.group, asked.version, asked.plural);
  if (resource === undefined) {
    await answerReview(site, exchange);
    return;
  }
  if (asked.namespace !== undefined && !resource.namespaced) throw noSuchPath();
  const needsNamespace = asked.name !== undefined || asked.verb === 'create';
  if (resource.namespaced && asked.namespace === undefined && needsNamespace) {
    throw asked.name === undefined ? methodNotAllowed() : noSuchPath();
  }
  const userAgent = request.headers['user-agent'] ?? '';
  const call = callOf({ resource, request: asked, query, user, userAgent });
  try {
    if (asked.subresource === undefined || (asked.subresource === 'status' && resource.hasStatus)) {
      await answer(site, exchange, call);
      return;
    }
    if (!subresourcesOf(resource).some(({ name }) => name === asked.subresource)) {
      throw resource.custom === undefined ? noSuchPath() : notFound(resource, asked.name ?? '');
    }
    await answerSubresource(site, exchange, call);
  } catch (error) {
    respondError(exchange.response, error, call.warnings);
  }
}

async function answerReview({ env, tokens }: Site, exchange: Exchange): Promise<void> {
  const { asked, user, request, response } = exchange;
  const body = asked.verb === 'create' && asked.name === undefined ? await bodyOf(exchange, asked.plural) : null;
  const answered = answerToReview(asked, body, {
    user,
    tokens,
    now: env.now(),
    manager: managerOf(exchange.query, request.headers['user-agent']),
  });
  if (answered === undefined) {
    if (/^authenti|^authori/.test(asked.group) && asked.plural.endsWith('reviews')) throw methodNotAllowed();
    const served = env.registry
      .all()
      .some((other) => other.custom === undefined && other.group === asked.group && other.version === asked.version);
    throw served ? noSuchPath() : new PathNotFound();
  }
  respond(response, { status: 201, body: answered, form: formOf(request.headers.accept) });
}

async function answerSubresource({ env, tokens }: Site, exchange: Exchange, call: Call): Promise<void> {
  const { asked, request, response } = exchange;
  const wanted = asked.subresource === 'finalize' ? 'update' : 'create';
  if (asked.verb !== wanted) throw methodNotAllowed();
  const body = await bodyOf(exchange, call.resource.kind);
  const form = formOf(request.headers.accept);
  switch (asked.subresource) {
    case 'binding':
      respond(response, { status: 201, body: bind(env, call, body), form });
      return;
    case 'eviction':
      respond(response, { status: 201, body: evict(env, call, body), form });
      return;
    case 'token':
      respond(response, { status: 201, body: requestToken(env, tokens, call, body), form });
      return;
    case undefined:
    default:
      respond(response, { body: finalizeNamespace(env, call, body), form });
  }
}

async function answer({ env }: Site, exchange: Exchange, call: Call): Promise<void> {
  const { asked } = exchange;
  switch (asked.verb) {
    case 'get':
      sendObject(env, exchange, call, { object: readObject(env, call) });
      return;
    case 'list':
      sendList(env, exchange, call, listObjects(env, call));
      return;
    case 'watch':
      sendWatch(env, exchange, call);
      return;
    case 'create': {
      if (asked.name !== undefined) throw methodNotAllowed();
      const object = decodeObject(call, await bodyOf(exchange, call.resource.kind));
      sendObject(env, exchange, call, { object: createObject(env, call, object), status: 201 });
      return;
    }
    case 'update': {
      if (asked.name === undefined) throw methodNotAllowed();
      const body = await bodyOf(exchange, call.resource.kind);
      sendObject(env, exchange, call, replaceObject(env, call, body));
      return;
    }
    case 'patch': {
      if (asked.name === undefined) throw methodNotAllowed();
      const { type, patch } = await patchBody(exchange);
      sendObject(env, exchange, call, patchObject(env, call, type, patch));
      return;
    }
    case 'delete': {
      const options = await optionsOf(exchange);
      sendStatus(exchange, call, answerToDelete(env, call, storedObject(env, call), options));
      return;
    }
    case 'deletecollection':
      if (!call.resource.verbs.includes('deletecollection')) throw methodNotAllowed();
      sendStatus(exchange, call, deleteCollection(env, call, await optionsOf(exchange)));
      return;
  }
}

async function optionsOf(exchange: Exchange): Promise<ReturnType<typeof deleteOptions>> {
  const text = await readBody(exchange.request);
  const type = mediaType(exchange.request.headers['content-type']);
  return deleteOptions(text === '' ? undefined : parseBody(type, text, 'DeleteOptions'), exchange.query);
}
