// Objects, lists and watches in the form that the client asked for: whole, as a Table, or their metadata alone.
import type { Call, Env } from './call.ts';
import { textAt, type JsonObject } from './json.ts';
import type { KubeObject } from './object.ts';
import { apiVersionOf, listItem } from './resource.ts';
import { formOf, respond, type Form, type IncludeObject } from './respond.ts';
import type { Exchange } from './resource-handler.ts';
import { ApiError } from './status.ts';
import { badRequest } from './status.ts';
import { tableOf } from './tables/table.ts';
import { startWatch } from './verbs/watch.ts';
import type { ListPage } from './verbs/read.ts';

const metaVersion = 'meta.k8s.io/v1';

function includeOf(query: URLSearchParams): IncludeObject {
  const asked = query.get('includeObject');
  if (asked === 'None' || asked === 'Object') return asked;
  if (asked === null || asked === '' || asked === 'Metadata') return 'Metadata';
  throw badRequest(`unrecognized includeObject value: ${asked}`);
}

function tableFor(
  env: Env,
  call: Call,
  page: Pick<ListPage, 'items' | 'resourceVersion' | 'continue'>,
  noHeaders = false,
): object {
  const { resource, query } = call;
  const { resourceVersion, continue: next } = page;
  return tableOf({
    resource,
    ...(resource.custom !== undefined && { columns: resource.custom.columns }),
    items: page.items,
    listMeta: { resourceVersion, ...(next !== undefined && { continue: next }) },
    includeObject: includeOf(query),
    now: env.now(),
    noHeaders,
  });
}

function metadataOnly({ metadata }: { readonly metadata: KubeObject['metadata'] }): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: metaVersion, metadata };
}

interface Shown {
  readonly object: KubeObject;
  readonly status?: number;
}

export function sendObject(
  env: Env,
  { request, response }: Exchange,
  call: Call,
  { object, status = 200 }: Shown,
): void {
  const form = formOf(request.headers.accept);
  if (form.as === 'PartialObjectMetadataList') {
    const why = `you requested PartialObjectMetadataList, but the requested object is not a list (*core.${call.resource.kind})`;
    throw new ApiError(406, 'NotAcceptable', why);
  }
  respond(response, { status, body: inForm(env, call, form, object), form, warnings: call.warnings });
}

function inForm(env: Env, call: Call, form: Form, object: KubeObject): object {
  if (form.as === 'Table')
    return tableFor(env, call, { items: [object], resourceVersion: object.metadata.resourceVersion ?? '' });
  return form.as === 'PartialObjectMetadata' ? metadataOnly(object) : object;
}

export function sendStatus({ request, response }: Exchange, call: Call, body: JsonObject): void {
  respond(response, { body, form: formOf(request.headers.accept), warnings: call.warnings });
}

export function sendList(env: Env, { request, response }: Exchange, call: Call, page: ListPage): void {
  const form = formOf(request.headers.accept);
  const { items, ...metadata } = page;
  if (form.as === 'Table') {
    respond(response, { body: tableFor(env, call, page), form });
    return;
  }
  if (form.as === 'PartialObjectMetadataList') {
    const body = { kind: form.as, apiVersion: metaVersion, metadata, items: items.map(metadataOnly) };
    respond(response, { body, form });
    return;
  }
  const { resource } = call;
  respond(response, {
    body: {
      kind: resource.listKind,
      apiVersion: apiVersionOf(resource),
      // Lists of custom resources carry the token even when there is none.
      metadata: resource.custom === undefined ? metadata : { continue: '', ...metadata },
      items: items.map((item) => listItem(resource, item)),
    },
    form,
  });
}

const mostUnreadBytes = 64 * 1024 * 1024;

/** Streams a watch until the client or the timeout ends it. Throws before the first byte only. */
export function sendWatch(env: Env, { request, response }: Exchange, call: Call): void {
  const form = formOf(request.headers.accept);
  const early: string[] = [];
  let started = false;
  let ended = false;
  let first = true;
  const shown = (type: string, object: JsonObject): object => {
    if (type === 'ERROR') return object;
    if (form.as === 'PartialObjectMetadata') {
      return { kind: form.as, apiVersion: metaVersion, metadata: object['metadata'] };
    }
    if (form.as !== 'Table') return object;
    const resourceVersion = textAt(object, 'metadata', 'resourceVersion') ?? '';
    const items = type === 'BOOKMARK' ? [] : [object];
    const table = tableOf({
      resource: call.resource,
      ...(call.resource.custom !== undefined && { columns: call.resource.custom.columns }),
      items,
      listMeta: { resourceVersion },
      includeObject: includeOf(call.query),
      now: env.now(),
      noHeaders: !first,
    });
    first = false;
    return table;
  };
  const write = (line: string): void => {
    response.write(line);
    // A client that does not keep up loses its watch, as it would with the real server, and lists again.
    if (response.writableLength > mostUnreadBytes) response.destroy();
  };
  const stop = startWatch(env, call, {
    send(type, object) {
      const line = `${JSON.stringify({ type, object: shown(type, object) })}\n`;
      if (started) write(line);
      else early.push(line);
    },
    end: () => {
      ended = true;
      if (started) response.end();
    },
  });
  response.statusCode = 200;
  response.setHeader('Content-Type', 'application/json');
  response.flushHeaders();
  started = true;
  for (const line of early) response.write(line);
  if (ended) response.end();
  response.on('close', stop);
}
