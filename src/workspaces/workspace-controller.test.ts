// The controller of Workspaces against a real API server's answers: what becomes of claims when caches and people are late.
import { expect, onTestFinished, test, vi } from 'vitest';
import { applyDefinitions } from '../../hack/sandbox/definitions.ts';
import { anEmbeddedApi, type EmbeddedApi } from '../../test/support/embedded-api.ts';
import { silent } from '../../test/support/kube-fixture.ts';
import { definitionWithoutRules, faultless, missing, mistakes } from '../../test/support/workspace-mistakes.ts';
import { aPlanInput, aWorkspace } from '../../test/support/workspaces.ts';
import type { Claim } from '../apis/claim.ts';
import { conditionOf } from '../apis/conditions.ts';
import { machines } from '../apis/machine.ts';
import { deployments, type Resource } from '../apis/resource.ts';
import type { KubeObject, Node } from '../apis/wire.ts';
import type { Workspace } from '../apis/workspace.gen.ts';
import { workspaces } from '../apis/workspace.ts';
import { machineAdapter } from '../claims/adapter.ts';
import { systemClock } from '../clock.ts';
import { createMetrics, type Metrics } from '../observability/metrics.ts';
import type { EventNote } from '../runtime/event-object.ts';
import { Store } from '../runtime/store.ts';
import type { ClaimSource } from './claim-source.ts';
import { workspaceFinalizer } from './plan.ts';
import { workspaceUidAnnotation } from './workspace-claims.ts';
import { WorkspaceController } from './workspace-controller.ts';

const { signal } = new AbortController();
const definitions: Resource<KubeObject> = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};
const patience = { timeout: 20_000, interval: 20 } as const;
const name = { name: 'phi', namespace: 'default' };

interface Fixture extends EmbeddedApi {
  readonly events: EventNote[];
  /** What the cache of claims shows, if not what the API server has. */
  cached: readonly Claim[] | undefined;
  /** Whether the CRD of the claims is there. */
  served: 'synced' | 'absent';
  readonly controller: WorkspaceController;
  readonly metrics: Metrics;
  claims(): Promise<readonly Claim[]>;
}

/** A controller that works until the test ends; its claims are whatever the API server has, unless the test holds them back. */
async function start({ definition }: { readonly definition?: object } = {}): Promise<Fixture> {
  const api = await anEmbeddedApi();
  if (definition !== undefined) await api.create(definitions, definition);
  await applyDefinitions(api.api, new URL('../../crds', import.meta.url).pathname);
  const { client: kube } = api;
  const nodes = new Store<Node>({ clock: systemClock });
  nodes.replace([], '1');
  let known: readonly Claim[] = [];
  const claims = async (): Promise<readonly Claim[]> => {
    const { items } = await kube.list(machines, { signal });
    known = items.map((machine) => machineAdapter.read(machine));
    return known;
  };
  const events: EventNote[] = [];
  const source: ClaimSource = {
    kind: 'Machine',
    resource: machines,
    state: () => fixture.served,
    list: () => fixture.cached ?? known,
    listLive: claims,
    onChange: () => undefined,
    async create(claim, options) {
      const { metadata } = await kube.create(machines, claim, options);
      await claims();
      return metadata.name;
    },
  };
  const metrics = createMetrics();
  const controller = new WorkspaceController({
    settings: aPlanInput(aWish()),
    nodes,
    sources: [source],
    events: { record: (event) => events.push(event) },
    workers: 2,
    kube,
    clock: systemClock,
    log: silent,
    metrics,
    random: () => 0,
  });
  const fixture: Fixture = { ...api, events, cached: undefined, served: 'synced', controller, metrics, claims };
  const stop = new AbortController();
  const running = Promise.all([controller.watch(stop.signal), controller.run(stop.signal)]);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  return fixture;
}

function aWish(labels: Record<string, string> = { apps: 'phi' }, count = 1): Workspace {
  return {
    apiVersion: 'kaito.sh/v1alpha1',
    kind: 'Workspace',
    metadata: { ...name, uid: '', resourceVersion: '', creationTimestamp: '' },
    resource: { count, instanceType: 'Standard_NC24ads_A100_v4', labelSelector: { matchLabels: labels } },
    inference: { preset: { name: 'phi-3-mini-4k-instruct', accessMode: 'public' } },
  };
}

function aClaim(claimName: string, annotations: object): object {
  return {
    apiVersion: 'karpenter.sh/v1alpha5',
    kind: 'Machine',
    metadata: {
      name: claimName,
      annotations,
      labels: { 'kaito.sh/workspace': 'phi', 'kaito.sh/workspacenamespace': 'default' },
    },
    spec: { machineTemplateRef: { name: claimName } },
  };
}

async function create({ client }: Fixture, wish: Workspace): Promise<Workspace> {
  return client.create(workspaces, { ...wish, metadata: name }, { signal });
}

async function said({ client }: Fixture, type: string, of = name): Promise<string> {
  const { status } = await client.get(workspaces, of, { signal });
  const condition = conditionOf(status?.conditions ?? [], type);
  return `${condition?.status}/${condition?.reason}: ${condition?.message}`;
}

test('the finalizer is there before the first claim, and the claims carry the uid of their Workspace', async () => {
  const fixture = await start();
  const { metadata } = await create(fixture, aWish({ apps: 'phi' }, 3));
  await vi.waitFor(async () => expect(await fixture.claims()).toHaveLength(3), patience);
  const makers = (await fixture.claims()).map(({ annotations }) => annotations[workspaceUidAnnotation]);
  expect(makers).toEqual([metadata.uid, metadata.uid, metadata.uid]);
  expect((await fixture.client.get(workspaces, name, { signal })).metadata.finalizers).toEqual([workspaceFinalizer]);
  const [first] = await fixture.claims();
  expect(fixture.events).toContainEqual(
    expect.objectContaining({ reason: 'ClaimsCreated', message: expect.stringContaining(`"${first?.name}"`) }),
  );
});

test('a creation that the API server refuses is said in its words, and warned of', async () => {
  const fixture = await start();
  await create(fixture, aWish({ apps: 'phi 3' }));
  await vi.waitFor(
    async () => expect(await said(fixture, 'MachineReady')).toContain('False/machineFailedCreation: '),
    patience,
  );
  expect(await said(fixture, 'MachineReady')).toContain('phi 3');
  expect(await said(fixture, 'ResourceReady')).toContain('False/workspaceResourceStatusFailed: ');
  await vi.waitFor(
    () =>
      expect(fixture.events).toContainEqual(
        expect.objectContaining({ type: 'Warning', reason: 'machineFailedCreation' }),
      ),
    patience,
  );
});

test('under the CRD that KAITO leaves behind each mistake is said of its Workspace, and buys nothing', async () => {
  const fixture = await start({ definition: await definitionWithoutRules() });
  const wrong = [...mistakes, ...missing].map((each, index) => ({ ...each, name: `w${index}`, namespace: 'default' }));
  for (const { message: _, spec, ...metadata } of wrong)
    await fixture.create(workspaces, { metadata, resource: faultless.resource, ...spec });
  for (const { message, name: called, namespace } of wrong) {
    const words = (): Promise<string> => said(fixture, 'ResourceReady', { name: called, namespace });
    await vi.waitFor(async () => expect(await words()).toContain('False/InvalidWorkspace: '), patience);
    expect(await words()).toContain(message);
  }
  expect(await fixture.claims()).toEqual([]);
  for (const { name: called, namespace } of wrong)
    await fixture.client.delete(workspaces, { name: called, namespace }, { signal });
  await vi.waitFor(async () => expect((await fixture.client.list(workspaces, { signal })).items).toEqual([]), patience);
});

test('without the CRD of its claims a Workspace says which, once, and goes on when it is there', async () => {
  const fixture = await start();
  fixture.served = 'absent';
  await create(fixture, aWish());
  const words =
    'False/machineFailedCreation: Machines are not served: the CRD machines.karpenter.sh is not installed, or lacks v1alpha5; install it, or set --workspace-claims=nodeclaim';
  await vi.waitFor(async () => expect(await said(fixture, 'MachineReady')).toBe(words), patience);
  expect(await said(fixture, 'WorkspaceReady')).toContain('False/workspaceFailed: Machines are not served');
  await vi.waitFor(() => expect(fixture.events).toHaveLength(1), patience);
  expect(fixture.events).toMatchObject([{ type: 'Warning', reason: 'machineFailedCreation' }]);
  expect(await fixture.claims()).toEqual([]);
  fixture.served = 'synced';
  await vi.waitFor(async () => expect(await fixture.claims()).toHaveLength(1), patience);
  await vi.waitFor(
    async () => expect(await said(fixture, 'MachineReady')).toContain('Unknown/CreateMachinePending'),
    patience,
  );
});

test('a tuning that is done says so for ever, without its Job and without the CRD of its claims', async () => {
  const fixture = await start();
  fixture.served = 'absent';
  await create(fixture, aWorkspace({ tuning: {} }));
  await vi.waitFor(async () => expect(await said(fixture, 'WorkspaceSucceeded')).toContain('not served'), patience);
  const lastTransitionTime = '2026-03-01T12:00:00Z';
  const done = { type: 'WorkspaceSucceeded', status: 'True', reason: 'x', message: 'done', lastTransitionTime };
  const body = { status: { conditions: [{ ...done, observedGeneration: 1 }] } };
  await fixture.client.patch(workspaces, name, { type: 'merge', body }, { signal, subresource: 'status' });
  const next = { ...name, name: 'next' };
  await fixture.client.create(workspaces, { ...aWish(), metadata: next }, { signal });
  await vi.waitFor(async () => expect(await said(fixture, 'MachineReady', next)).toContain('not served'), patience);
  expect(await said(fixture, 'WorkspaceSucceeded')).toBe('True/x: done');
});

test('a claim that no cache has shown yet goes before the Workspace does', async () => {
  const fixture = await start();
  await create(fixture, aWish());
  await vi.waitFor(async () => expect(await fixture.claims()).toHaveLength(1), patience);
  fixture.cached = [];
  await fixture.client.delete(workspaces, name, { signal });
  await vi.waitFor(async () => expect((await fixture.client.list(workspaces, { signal })).items).toEqual([]), patience);
  expect(await fixture.claims()).toEqual([]);
});

test('a claim whose Workspace is gone is deleted, and one that KAITO made is not', async () => {
  const fixture = await start();
  const old = { [workspaceUidAnnotation]: 'uid-of-one-that-is-gone' };
  await fixture.create(machines, aClaim('wsold', old), aClaim('wskaito', {}));
  await fixture.claims();
  const { metadata } = await create(fixture, aWish());
  await vi.waitFor(
    async () => expect((await fixture.claims()).map((each) => each.name)).toEqual(['wskaito']),
    patience,
  );
  // KAITO's serves the Workspace of its name: no other is bought.
  await vi.waitFor(async () => expect(await said(fixture, 'ResourceReady')).toContain('0/1 nodes ready'), patience);
  expect((await fixture.claims()).map(({ annotations }) => annotations[workspaceUidAnnotation])).not.toContain(
    metadata.uid,
  );
});

/** In the metrics: there was such a pass. */
function passed(result: string): RegExp {
  return new RegExp(`^controller_runtime_reconcile_total\\{controller="workspace",result="${result}"\\} [1-9]`, 'm');
}

test("beside KAITO's own controller, whatever its Deployment is called, a Workspace is left to it", async () => {
  const fixture = await start();
  const labels = { 'app.kubernetes.io/name': 'ai-toolchain' };
  const containers = [{ name: 'manager', image: 'mcr.microsoft.com/aks/kaito/workspace:0.4.1' }];
  await fixture.create(deployments, {
    metadata: { name: 'ai-toolchain', namespace: 'kube-system', labels },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  });
  const left = { ok: true, detail: "left to KAITO's controller, Deployment kube-system/ai-toolchain" };
  await vi.waitFor(() => expect(fixture.controller.health()).toEqual(left), patience);
  await create(fixture, aWish());
  await vi.waitFor(async () => expect(await fixture.metrics.text()).toMatch(passed('requeue_after')), patience);
  expect(await fixture.metrics.text()).not.toMatch(passed('success'));
  expect(await fixture.claims()).toEqual([]);
  expect((await fixture.client.get(workspaces, name, { signal })).metadata.finalizers).toBeUndefined();
});
