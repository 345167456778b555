import { createServer } from 'node:http';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ArmError } from './arm-errors.ts';
import { endpointOf } from './endpoint.ts';
import { isPermitted, neededActions, readPermissions, type Permission } from './permissions.ts';

const write = 'Microsoft.ContainerService/managedClusters/agentPools/write';
const a = (actions: readonly string[], notActions: readonly string[] = []): Permission => ({ actions, notActions });

describe('isPermitted', () => {
  test.each<[string, readonly Permission[], boolean]>([
    ['no role', [], false],
    ['the action itself, in another case', [a(['microsoft.containerservice/MANAGEDCLUSTERS/agentPools/write'])], true],
    ['everything, as Owner has it', [a(['*'])], true],
    ['everything but this', [a(['*'], [write])], false],
    ['everything but rights, as Contributor has it', [a(['*'], ['Microsoft.Authorization/*/Write'])], true],
    ['every write', [a(['*/write'])], true],
    ['every read', [a(['*/read'])], false],
    ['what another role excludes', [a(['*'], [write]), a(['Microsoft.ContainerService/*'])], true],
    ['an action that only begins like it', [a([`${write}/action`])], false],
    ['an action with a point for each letter', [a([write.replaceAll('/', '.')])], false],
  ])('%s', (_, permissions, expected) => {
    expect(isPermitted(write, permissions)).toBe(expected);
  });
});

describe('neededActions', () => {
  test('are those of docs/azure-role.json', async () => {
    const role: unknown = JSON.parse(await readFile(new URL('../../docs/azure-role.json', import.meta.url), 'utf8'));
    expect(role).toMatchObject({ Actions: neededActions });
  });
});

async function anArm(answer: (path: string, authorization: string | undefined) => readonly [number, unknown]) {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    const [status, body] = answer(request.url ?? '', request.headers.authorization);
    response.writeHead(status).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const endpoint = endpointOf({ armEndpoint: `http://127.0.0.1:${port}` });
  const ask = () =>
    readPermissions({
      endpoint,
      resourceId: '/subscriptions/s',
      token: 'secret',
      now: () => new Date(),
      signal: new AbortController().signal,
    });
  return { ask, endpoint, paths };
}

describe('readPermissions', () => {
  test('shows the token, and turns the pages that ARM itself names', async () => {
    const arm = await anArm((path, authorization) => [
      authorization === 'Bearer secret' ? 200 : 401,
      path.includes('skip')
        ? { value: [{ actions: ['b'], notActions: null }] }
        : { value: [{ actions: ['a'] }], nextLink: `${arm.endpoint.url}/more?skip=1` },
    ]);
    expect(await arm.ask()).toEqual([a(['a']), a(['b'])]);
    expect(arm.paths).toEqual([
      '/subscriptions/s/providers/Microsoft.Authorization/permissions?api-version=2022-04-01',
      '/more?skip=1',
    ]);
  });

  test('follows no link to another host', async () => {
    const arm = await anArm(() => [200, { value: [], nextLink: 'https://elsewhere.example/more' }]);
    expect(await arm.ask()).toEqual([]);
  });

  test('throws what ARM answers', async () => {
    const arm = await anArm(() => [403, { error: { code: 'AuthorizationFailed', message: 'no' } }]);
    await expect(arm.ask()).rejects.toMatchObject({ status: 403, code: 'AuthorizationFailed' });
    await expect(arm.ask()).rejects.toBeInstanceOf(ArmError);
  });
});
