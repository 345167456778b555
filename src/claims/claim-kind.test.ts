// What of other provisioners' claims is kept in memory, on the embedded API server.
import { readFile } from 'node:fs/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { parse } from 'yaml';
import { anEmbeddedApi } from '../../test/support/embedded-api.ts';
import { silent } from '../../test/support/kube-fixture.ts';
import { MemoryArm } from '../../test/support/memory-arm.ts';
import { aksNodeClass, kaitoNodeClaim } from '../../test/support/nodeclaims.ts';
import { nodeClaims } from '../apis/nodeclaim.ts';
import type { Resource } from '../apis/resource.ts';
import type { KubeObject } from '../apis/wire.ts';
import { Inventory } from '../azure/inventory.ts';
import { systemClock } from '../clock.ts';
import { createMetrics } from '../observability/metrics.ts';
import { nodeClaimAdapter } from './adapter.ts';
import { ClaimKind } from './claim-kind.ts';
import { createNodeStore } from './node-controller.ts';
import { defaultPolicies } from './policies.ts';
import { Restraint } from './restraint.ts';
import { defaultTimings } from './timings.ts';

const definitions: Resource<KubeObject> = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};
const file = new URL('../../crds/karpenter.sh_nodeclaims.yaml', import.meta.url);
const big = { note: 'x'.repeat(10_000) };

/** Its cache is filled, and nobody works. */
async function aKind() {
  const world = await anEmbeddedApi();
  const definition: object = parse(await readFile(file, 'utf8'));
  await world.create(definitions, definition);
  const clock = systemClock;
  const kind = new ClaimKind({
    adapter: nodeClaimAdapter,
    context: {
      clock,
      kube: world.client,
      nodes: createNodeStore(clock),
      inventory: new Inventory({ arm: new MemoryArm(), clock }),
      timings: defaultTimings,
      policies: defaultPolicies,
      gate: () => ({ state: 'open' }),
      restraint: new Restraint({ clock, ours: () => 0, allowMass: () => false, limits: defaultPolicies }),
      selects: ({ shard = '' }) => shard !== 'other',
      events: { record: () => undefined },
      log: silent,
      random: () => 0,
    },
    metrics: createMetrics(),
    workers: 1,
  });
  const stop = new AbortController();
  const watching = kind.watch(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await watching;
  });
  return { world, kind };
}

test("ClaimKind keeps another provisioner's claim as a name and a uid, and all of ours", async () => {
  const { world, kind } = await aKind();
  const foreign = { nodeClassRef: aksNodeClass, labels: {}, annotations: big };
  await world.create(nodeClaims, kaitoNodeClaim({ name: 'listed', ...foreign }));
  await world.create(nodeClaims, kaitoNodeClaim({ name: 'ours', annotations: big }));
  await world.create(nodeClaims, kaitoNodeClaim({ name: 'unselected', labels: { shard: 'other' }, annotations: big }));
  await vi.waitFor(() => expect(kind.claims.get('unselected')).toBeDefined(), { timeout: 10_000 });
  await world.create(nodeClaims, kaitoNodeClaim({ name: 'watched', ...foreign }));
  await vi.waitFor(() => expect(kind.claims.get('watched')).toBeDefined(), { timeout: 10_000 });
  for (const name of ['listed', 'watched', 'unselected']) {
    const husk = kind.claims.get(name);
    expect(JSON.stringify(husk).length).toBeLessThan(600);
    expect(kind.known.find(husk?.metadata.uid ?? '')).toMatchObject({ claim: { name }, ours: false });
  }
  const ours = kind.claims.get('ours');
  expect(ours?.metadata.annotations).toMatchObject(big);
  expect(kind.known.find(ours?.metadata.uid ?? '')).toMatchObject({ claim: { name: 'ours' }, ours: true });
});

test('ClaimKind takes in the whole of a claim that becomes ours, and tells when one is gone', async () => {
  const { world, kind } = await aKind();
  const gone: string[] = [];
  kind.known.onGone((uid) => gone.push(uid));
  await world.create(
    nodeClaims,
    kaitoNodeClaim({ name: 'later', nodeClassRef: aksNodeClass, labels: {}, annotations: big }),
  );
  await vi.waitFor(() => expect(kind.claims.get('later')).toBeDefined(), { timeout: 10_000 });
  const { signal } = new AbortController();
  const uid = kind.claims.get('later')?.metadata.uid ?? '';
  const body = { metadata: { labels: { 'kaito.sh/workspace': 'w' } } };
  await world.client.patch(nodeClaims, { name: 'later' }, { type: 'merge', body }, { signal });
  await vi.waitFor(() => expect(kind.known.find(uid)).toMatchObject({ ours: true }), { timeout: 10_000 });
  expect(kind.claims.get('later')?.metadata.annotations).toMatchObject(big);
  expect(kind.claims.get('later')?.spec.requirements).not.toEqual([]);
  await world.client.delete(nodeClaims, { name: 'later' }, { signal });
  await vi.waitFor(() => expect(gone).toEqual([uid]), { timeout: 10_000 });
});
