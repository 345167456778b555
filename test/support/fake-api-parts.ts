// What the fake API server is made of: paths, objects, merge patches and answers.
import type { ServerResponse } from 'node:http';

export type FakeObject = Readonly<Record<string, unknown>> & {
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string };
};

export function reply(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

export function refuse(response: ServerResponse, code: number, reason: string): void {
  reply(response, code, { kind: 'Status', status: 'Failure', code, reason, message: `refused: ${reason}` });
}

/** `/apis/group/version/namespaces/ns/plural/name`: the collection is what is left without namespace and name. */
export function placeOf(path: string): {
  readonly collection: string;
  readonly key?: string;
  readonly subresource?: string;
} {
  const parts = path.split('/').slice(1);
  const root = parts.splice(0, parts[0] === 'api' ? 2 : 3).join('/');
  const namespace = parts[0] === 'namespaces' && parts.length > 2 ? parts.splice(0, 2)[1] : undefined;
  const [plural, name, subresource] = parts;
  return {
    collection: `/${root}/${plural ?? ''}`,
    ...(name === undefined ? {} : { key: namespace === undefined ? name : `${namespace}/${name}` }),
    ...(subresource === undefined || subresource === 'status' ? {} : { subresource }),
  };
}

export function keyOf({
  metadata: { name, namespace },
}: {
  readonly metadata: { readonly name: string; readonly namespace?: unknown };
}): string {
  return typeof namespace === 'string' ? `${namespace}/${name}` : name;
}

export function isFakeObject(value: unknown): value is FakeObject {
  return isRecord(value) && isRecord(value['metadata']) && typeof value['metadata']['name'] === 'string';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function merged(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  }
  return result;
}
