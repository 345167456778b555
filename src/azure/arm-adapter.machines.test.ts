import { describe, expect, it } from 'vitest';
import { base, failureOf, page, signal, startArmClient } from '../../test/support/arm-clients.ts';

const machine = (name: string): Record<string, unknown> => ({
  id: `${base}/agentPools/a/machines/${name}`,
  name,
  type: 'Microsoft.ContainerService/managedClusters/agentPools/machines',
  properties: { resourceId: `/subscriptions/sub/virtualMachines/${name}` },
});

describe('ArmClient.machines', () => {
  it('returns the machines of every page', async () => {
    const { fake, arm } = await startArmClient(({ query }) =>
      query.has('$skipToken')
        ? page([machine('b')])
        : page([machine('a')], `${fake.url}${base}/agentPools/a/machines?%24skipToken=1&api-version=2026-06-01`),
    );
    await expect(arm.machines('a', { signal })).resolves.toEqual([
      { name: 'a', resourceId: '/subscriptions/sub/virtualMachines/a' },
      { name: 'b', resourceId: '/subscriptions/sub/virtualMachines/b' },
    ]);
    const path = `${base}/agentPools/a/machines`;
    expect(fake.requests.map(({ method, path: asked }) => `${method} ${asked}`)).toEqual([
      `GET ${path}`,
      `GET ${path}`,
    ]);
  });

  it('is empty when Azure shows that the pool has none', async () => {
    const { arm } = await startArmClient(() => page([]));
    await expect(arm.machines('a', { signal })).resolves.toEqual([]);
  });

  it.each([
    ['of the pool', { code: 'NotFound', details: null, message: 'Agent Pool not found', subcode: '' }, 'NotFound'],
    [
      'of the cluster',
      { error: { code: 'ResourceNotFound', message: 'The Resource was not found.' } },
      'ResourceNotFound',
    ],
    ['of a proxy', '<html>404</html>', 'Http404'],
  ])('throws on a 404 %s: only a pool that is there can have no machines', async (_of, body, code) => {
    const { arm } = await startArmClient(() => ({ status: 404, body }));
    await expect(failureOf(arm.machines('a', { signal }))).resolves.toMatchObject({
      operation: 'machines',
      pool: 'a',
      code,
    });
  });

  it.each([
    ['a body without its list', {}],
    ['a machine without a name', { value: [{ ...machine('a'), name: undefined }] }],
    ['broken JSON', '{"value":['],
  ])('throws on %s', async (_what, malformed) => {
    const { arm } = await startArmClient(() => ({ status: 200, body: malformed }));
    await expect(failureOf(arm.machines('a', { signal }))).resolves.toMatchObject({ code: 'MalformedAnswer' });
  });

  it('throws when a later page fails, so that no part is taken for the whole', async () => {
    const { arm, fake } = await startArmClient((_request, index) =>
      index === 0 ? page([], `${fake.url}${base}/agentPools/a/machines?x=1`) : { status: 503, body: 'later' },
    );
    await expect(failureOf(arm.machines('a', { signal }))).resolves.toMatchObject({ status: 503 });
  });

  it('counts against the same limit as the GETs of pools, a further page too', async () => {
    const { arm, fake } = await startArmClient(
      (_request, index) => (index === 0 ? page([], `${fake.url}${base}/agentPools/a/machines?x=1`) : page([])),
      { limits: { pools: { burst: 2, perSecond: 1 } } },
    );
    await arm.machines('a', { signal });
    await expect(arm.get('a', { signal })).rejects.toMatchObject({ code: 'ARM_NOT_NOW' });
    expect(fake.requests).toHaveLength(2);
  });
});
