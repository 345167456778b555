// Which kinds of claim a cluster serves is its own affair: with none the provisioner waits, with one it works.
import { readFile } from 'node:fs/promises';
import { onTestFinished, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { anEmbeddedApi, type EmbeddedApi } from '../test/support/embedded-api.ts';
import { aMachine, aPool, aRegisteredNode } from '../test/support/claim-builders.ts';
import { silent } from '../test/support/kube-fixture.ts';
import { kaitoMachine } from '../test/support/machines.ts';
import { MemoryArm } from '../test/support/memory-arm.ts';
import { kaitoNodeClaim } from '../test/support/nodeclaims.ts';
import { machines } from './apis/machine.ts';
import { nodeClaims } from './apis/nodeclaim.ts';
import { nodes } from './apis/resource.ts';
import type { Resource } from './apis/resource.ts';
import type { KubeObject } from './apis/wire.ts';
import { defaultPolicies } from './claims/policies.ts';
import { defaultTimings } from './claims/timings.ts';
import { systemClock } from './clock.ts';
import { createMetrics } from './observability/metrics.ts';
import { createProvisioner } from './provisioner.ts';

const { signal } = new AbortController();
const definitions: Resource<KubeObject> = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};
const patience = { timeout: 20_000, interval: 20 } as const;

async function define(world: EmbeddedApi, plural: 'machines' | 'nodeclaims'): Promise<void> {
  const file = new URL(`../crds/karpenter.sh_${plural}.yaml`, import.meta.url);
  const definition: object = parse(await readFile(file, 'utf8'));
  await world.create(definitions, definition);
}

interface Started {
  readonly ready: () => Record<string, string>;
  readonly arm: MemoryArm;
  /** Of each decision, in their order. */
  readonly rows: readonly string[];
}

/** Works until the test ends; answers what it says of its readiness, what it decided, and what became of Azure. */
function start({ client }: EmbeddedApi): Started {
  const arm = new MemoryArm();
  const rows: string[] = [];
  const provisioner = createProvisioner({
    settings: {
      ...defaultTimings,
      ...defaultPolicies,
      armPollFastMs: 1000,
      armPollIdleMs: 1000,
      maxConcurrentReconciles: 2,
      leaderElect: false,
      leaderElectionName: 'lease',
      leaderElectionNamespace: 'default',
      deploymentName: 'gpu-provisioner',
      deploymentNamespace: 'default',
    },
    kube: client,
    arm,
    clock: systemClock,
    log: silent,
    metrics: createMetrics(),
    events: { record: () => undefined },
    identity: 'test',
    random: () => 0,
    onDecision: (row) => rows.push(row),
  });
  const stop = new AbortController();
  const running = provisioner.run({ signal: stop.signal });
  onTestFinished(async () => {
    stop.abort();
    await running;
    await provisioner.close();
  });
  return {
    arm,
    rows,
    ready: () =>
      Object.fromEntries(
        provisioner.checks.map((each) => {
          const { ok, detail = '' } = each.check();
          return [each.name, `${ok ? 'ok' : 'not ok'} ${detail}`.trim()];
        }),
      ),
  };
}

const absent = (version: string) =>
  `not served as karpenter.sh/${version}: its CRD is not installed, or lacks that version`;
const neither = (version: string) =>
  `not ok ${absent(version)}; install it with the chart (crds.enabled) or with KAITO, it is seen by itself`;

test('the provisioner waits for any kind of claim, says so, and works when one appears', async () => {
  const world = await anEmbeddedApi();
  const { ready, arm } = start(world);
  await vi.waitFor(
    () => expect(ready()).toMatchObject({ machines: neither('v1alpha5'), nodeclaims: neither('v1'), nodes: 'ok' }),
    patience,
  );
  await define(world, 'nodeclaims');
  await vi.waitFor(
    () => expect(ready()).toMatchObject({ machines: `ok ${absent('v1alpha5')}`, nodeclaims: 'ok' }),
    patience,
  );
  await world.create(nodeClaims, kaitoNodeClaim({ name: 'ws1' }));
  await vi.waitFor(() => expect(arm.calls).toContain('create ws1'), patience);
  await define(world, 'machines');
  await vi.waitFor(() => expect(ready()).toMatchObject({ machines: 'ok', nodeclaims: 'ok' }), patience);
  await world.create(machines, kaitoMachine({ name: 'ws2' }));
  await vi.waitFor(() => expect(arm.calls).toContain('create ws2'), patience);
});

test('while neither kind is served, Nodes that are deleted and pools are looked at all the same', async () => {
  const world = await anEmbeddedApi();
  const { arm, rows } = start(world);
  const owner = aMachine();
  const { metadata, spec = {} } = aRegisteredNode(owner);
  const { annotations, finalizers, labels, name, ownerReferences } = metadata;
  await world.create(nodes, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { annotations, finalizers, labels, name, ownerReferences },
    spec,
  });
  await world.client.delete(nodes, { name }, { signal });
  arm.put(aPool(owner));
  await vi.waitFor(() => expect(rows).toEqual(expect.arrayContaining(['D5', 'E1'])), patience);
});

test('a kind whose CRD is removed is absent again; nothing is concluded from that', async () => {
  const world = await anEmbeddedApi();
  await define(world, 'machines');
  await define(world, 'nodeclaims');
  const { ready, arm } = start(world);
  await world.create(machines, kaitoMachine({ name: 'ws1' }));
  await vi.waitFor(() => expect(arm.calls).toContain('create ws1'), patience);
  await world.client.delete(definitions, { name: 'nodeclaims.karpenter.sh' }, { signal });
  // A real API server ends the watches of such a kind; the embedded one does when its connections break.
  world.api.dropConnections();
  await vi.waitFor(() => expect(ready()).toMatchObject({ machines: 'ok', nodeclaims: `ok ${absent('v1')}` }), patience);
  expect(arm.calls.filter((call) => call.startsWith('delete'))).toEqual([]);
});
