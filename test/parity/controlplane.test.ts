import { existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../hack/controlplane/controlplane.ts';
import { post, until, untilStatus } from './case.ts';
import { play } from './play.ts';
import { Server } from './server.ts';

let controlPlane: ControlPlane;
let server: Server;

beforeAll(async () => {
  controlPlane = await startControlPlane({ signal: AbortSignal.timeout(120_000), controllers: ['*'], scheduler: true });
  server = new Server(controlPlane);
});

afterAll(async () => {
  await server.close();
  await controlPlane.close();
});

test('startControlPlane runs controllers and a scheduler with rights of their own', async ({ signal }) => {
  const pods = '/api/v1/namespaces/default/pods';
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'main', image: 'registry.example/main:1' }] },
  };
  const steps = [
    untilStatus('/api/v1/namespaces/default/serviceaccounts/default', 200),
    post(pods, pod),
    until(`${pods}/p`, { 'status.conditions.0.type': 'PodScheduled', 'status.conditions.0.status': 'False' }),
  ];

  const [, created, scheduled] = await play(server, { name: 'a pod', steps }, { id: 'pod', signal });

  expect(created).toMatchObject({ status: 201 });
  expect(scheduled).toMatchObject({ status: 200 });
});

test('ControlPlane.auditLog names the verb, the resource and the user of each request', async ({ signal }) => {
  const steps = [post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'audited' } })];
  await play(server, { name: 'a namespace', steps }, { id: 'audit', signal });

  // Others are asking all the time: of the last line only a part may be there.
  const lines = readFileSync(controlPlane.auditLog, 'utf8').split('\n').slice(0, -1);
  const events = lines.map((line): unknown => JSON.parse(line));

  expect(events).toContainEqual(
    expect.objectContaining({
      stage: 'ResponseComplete',
      verb: 'create',
      user: expect.objectContaining({ username: 'admin' }),
      objectRef: expect.objectContaining({ resource: 'namespaces', name: 'audited' }),
    }),
  );
});

test(
  'ControlPlane.restartApiServer serves the same data to the same tokens',
  { timeout: 60_000 },
  async ({ signal }) => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'stays' } };
    await play(server, { name: 'before', steps: [post('/api/v1/namespaces', namespace)] }, { id: 'before', signal });

    await controlPlane.restartApiServer({ signal });

    const steps = [untilStatus('/api/v1/namespaces/stays', 200)];
    const [found] = await play(server, { name: 'after', steps }, { id: 'after', signal });
    expect(found).toMatchObject({ status: 200 });
  },
);

test('startControlPlane leaves nothing behind when it is told to give up', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'given-up-'));
  const giveUp = new AbortController();
  const starting = startControlPlane({ signal: giveUp.signal, folder });
  await vi.waitUntil(() => readdirSync(folder).length > 0, { timeout: 30_000 });

  giveUp.abort(new Error('No time left'));

  await expect(starting).rejects.toThrow('No time left');
  expect(readdirSync(folder)).toEqual([]);
  rmdirSync(folder);
});

test('ControlPlane.close ends everything and removes its files, and may be called twice', async () => {
  const other = await startControlPlane({ signal: AbortSignal.timeout(120_000) });
  const directory = dirname(other.auditLog);
  expect(existsSync(directory)).toBe(true);

  await other.close();
  await other.close();

  expect(existsSync(directory)).toBe(false);
  await expect(fetch(other.url)).rejects.toThrow('fetch failed');
});
