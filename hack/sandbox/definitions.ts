// The project's custom resource definitions, brought to an API server as `kubectl create -f crds/` does.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'yaml';
import { isObject, objectAt, textAt, type JsonObject } from './aks/json.ts';
import { Api, expectStatus, type ApiTarget } from './nodes/api.ts';

const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
// A real API server serves a new kind within a second or two.
const tries = 150;
const pauseMs = 100;

/** Resolves when every kind in the folder's *.yaml files is served. Definitions that exist are left as they are. */
export async function applyDefinitions(target: ApiTarget, folder: string): Promise<void> {
  const api = new Api(target);
  const { signal } = new AbortController();
  try {
    const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).toSorted();
    const definitions = await Promise.all(
      files.map(async (file) => parsed(await readFile(join(folder, file), 'utf8'), file)),
    );
    for (const definition of definitions) {
      expectStatus(await api.post(path, definition, signal), `create definition ${nameOf(definition)}`, 201, 409);
    }
    for (const definition of definitions) await established(api, nameOf(definition), signal);
  } finally {
    await api.close();
  }
}

/** A namespace that exists already is as good. */
export async function createNamespace(target: ApiTarget, name: string): Promise<void> {
  const api = new Api(target);
  try {
    const reply = await api.post('/api/v1/namespaces', { metadata: { name } }, new AbortController().signal);
    expectStatus(reply, `create namespace ${name}`, 201, 409);
  } finally {
    await api.close();
  }
}

async function established(api: Api, name: string, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const { body } = expectStatus(await api.get(`${path}/${name}`, signal), `read definition ${name}`, 200);
    const { conditions } = objectAt(body, 'status');
    const all = Array.isArray(conditions) ? conditions.filter(isObject) : [];
    if (all.some((each) => textAt(each, 'type') === 'Established' && textAt(each, 'status') === 'True')) return;
    await pause(pauseMs, undefined, { signal });
  }
  throw new RangeError(`Definition "${name}" is not established after ${(tries * pauseMs) / 1000} s`);
}

function parsed(text: string, file: string): JsonObject {
  const value: unknown = parse(text);
  if (!isObject(value)) throw new TypeError(`File "${file}" holds no definition`);
  return value;
}

function nameOf(definition: JsonObject): string {
  return textAt(objectAt(definition, 'metadata'), 'name') ?? '';
}
