// Stopping a Deployment on the embedded API server, which runs nothing: the test takes the pods away.
import { describe, expect, test } from 'vitest';
import { anEmbeddedApi, type EmbeddedApi } from '../../test/support/embedded-api.ts';
import { eventually, FakeClock } from '../../test/support/fake-clock.ts';
import { LogLines } from '../../test/support/kube-fixture.ts';
import { endOf } from '../../test/support/task-end.ts';
import { deployments, pods } from '../apis/resource.ts';
import { SelectorMissing, stopDeployment, StopTimedOut } from './stop-deployment.ts';

const { signal } = new AbortController();
const place = { name: 'gpu-provisioner', namespace: 'default' };
const labels = { app: 'x', part: 'y' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };

async function aWorld(selector: object = { matchLabels: labels }) {
  const world = await anEmbeddedApi();
  await world.create(deployments, { metadata: place, spec: { replicas: 2, selector, template } });
  const clock = new FakeClock();
  const lines = new LogLines();
  const options = { kube: world.client, clock, log: lines.log, signal, timeoutMs: 60_000 };
  return { ...world, clock, lines, options };
}

function aPod(name: string, podLabels: Readonly<Record<string, string>> = labels): object {
  const metadata = { name, namespace: 'default', labels: podLabels };
  return { metadata, spec: template.spec };
}

async function replicasOf({ client }: EmbeddedApi): Promise<unknown> {
  const { spec } = await client.get(deployments, place, { signal });
  return spec?.replicas;
}

describe('stopDeployment', () => {
  test('scales to zero and waits until the pods that it selects are gone', async () => {
    const world = await aWorld();
    await world.create(pods, aPod('one'), aPod('two'), aPod('other', { app: 'x' }));
    const end = endOf(stopDeployment(place, world.options));
    await eventually(() => world.lines.messages().includes('waiting for pods to end'));
    await expect(replicasOf(world)).resolves.toBe(0);
    for (const name of ['one', 'two']) {
      await world.client.delete(pods, { name, namespace: 'default' }, { gracePeriodSeconds: 0, signal });
    }
    await world.clock.advanceUntil(() => end.reached);
    expect(end.error).toBeUndefined();
  });

  test('does not wait for pods that have ended by themselves', async () => {
    const world = await aWorld();
    await world.create(pods, aPod('evicted'));
    const body = { status: { phase: 'Failed' } };
    const name = { name: 'evicted', namespace: 'default' };
    await world.client.patch(pods, name, { type: 'merge', body }, { signal, subresource: 'status' });
    await expect(stopDeployment(place, world.options)).resolves.toBeUndefined();
  });

  test('has nothing to do where there is no such Deployment', async () => {
    const world = await aWorld();
    await expect(stopDeployment({ ...place, name: 'absent' }, world.options)).resolves.toBeUndefined();
    await expect(replicasOf(world)).resolves.toBe(2);
  });

  test('gives up, with the pods, when the time is over', async () => {
    const world = await aWorld();
    await world.create(pods, aPod('stuck'));
    const end = endOf(stopDeployment(place, world.options));
    await world.clock.advanceUntil(() => end.reached);
    expect(end.error).toEqual(new StopTimedOut('gpu-provisioner', ['stuck']));
    expect(world.clock.monotonicMs()).toBeGreaterThanOrEqual(60_000);
  });

  test('stops waiting when it is stopped itself', async () => {
    const world = await aWorld();
    await world.create(pods, aPod('stuck'));
    const stop = new AbortController();
    const reason = new Error('Stopped by SIGTERM');
    const end = endOf(stopDeployment(place, { ...world.options, signal: stop.signal }));
    await eventually(() => world.lines.messages().includes('waiting for pods to end'));
    stop.abort(reason);
    await eventually(() => end.reached);
    expect(end.error).toBe(reason);
  });

  test('refuses a Deployment whose pods no label tells', async () => {
    const world = await aWorld({ matchExpressions: [{ key: 'app', operator: 'Exists' }] });
    await expect(stopDeployment(place, world.options)).rejects.toThrow(SelectorMissing);
    await expect(replicasOf(world)).resolves.toBe(2);
  });
});
