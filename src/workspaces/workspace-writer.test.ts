// What a plan wants, written to a real API server's rules: once, only where it is ours, and whole where it changes.
import { beforeEach, describe, expect, it } from 'vitest';
import { applyDefinitions } from '../../hack/sandbox/definitions.ts';
import { anEmbeddedApi, type EmbeddedApi } from '../../test/support/embedded-api.ts';
import { configMaps, deployments, jobs, nodes, services } from '../apis/resource.ts';
import type { Deployment, Job, Service } from '../apis/wire.ts';
import type { Workspace } from '../apis/workspace.gen.ts';
import { workspaces } from '../apis/workspace.ts';
import { Conflict } from '../kube/errors.ts';
import { hashAnnotation } from './hash.ts';
import { workspaceFinalizer, type Wanted, type Workload } from './plan.ts';
import { markNode, NameTaken, removeObject, writeFinalizer, writeObject, writeStatus } from './workspace-writer.ts';

const { signal } = new AbortController();
const name = { name: 'phi', namespace: 'default' };
const none: Workload = { pods: [] };

let api: EmbeddedApi;
let workspace: Workspace;

beforeEach(async () => {
  api = await anEmbeddedApi();
  await applyDefinitions(api.api, new URL('../../crds', import.meta.url).pathname);
  workspace = await api.client.create(
    workspaces,
    {
      apiVersion: 'kaito.sh/v1alpha1',
      kind: 'Workspace',
      metadata: { ...name, finalizers: ['somebody.example/else'] },
      resource: { instanceType: 'Standard_NC24ads_A100_v4', labelSelector: { matchLabels: { apps: 'phi' } } },
      inference: { preset: { name: 'phi-3-mini-4k-instruct', accessMode: 'public' } },
    },
    { signal },
  );
});

const call = (): { readonly kube: EmbeddedApi['client']; readonly signal: AbortSignal } => ({
  kube: api.client,
  signal,
});

function owned(): object {
  const { uid } = workspace.metadata;
  const owner = { apiVersion: 'kaito.sh/v1alpha1', kind: 'Workspace', name: 'phi', uid, controller: true };
  return { ...name, labels: { 'kaito.sh/workspace': 'phi' }, ownerReferences: [owner] };
}

const podSpec = (image: string): object => ({ restartPolicy: 'Never', containers: [{ name: 'a', image }] });

function aDeployment(image: string, hash: string) {
  const labels = { app: 'phi' };
  const spec = { ...podSpec(image), restartPolicy: 'Always' };
  return {
    kind: 'Deployment',
    name: 'phi',
    hash,
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: owned(),
      spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
  } as const satisfies Wanted;
}

function aJob(image: string, hash: string) {
  const template = { metadata: { labels: { app: 'phi' } }, spec: podSpec(image) };
  const object = { apiVersion: 'batch/v1', kind: 'Job', metadata: owned(), spec: { template } };
  return { kind: 'Job', name: 'phi', hash, object } as const satisfies Wanted;
}

function aService(ports: readonly number[], hash: string) {
  const spec = {
    selector: { app: 'phi' },
    ports: ports.map((port) => ({ name: `p${port}`, port, targetPort: port, protocol: 'TCP' })),
  };
  return {
    kind: 'Service',
    name: 'phi',
    hash,
    object: { apiVersion: 'v1', kind: 'Service', metadata: owned(), spec },
  } as const satisfies Wanted;
}

/** As KAITO's controller makes it: the Workspace's, without a mark of ours; of all kinds only Jobs have its label. */
function ofKaito({ kind, object }: Pick<Wanted, 'kind' | 'object'>): object {
  const { uid } = workspace.metadata;
  const owner = { apiVersion: 'kaito.sh/v1alpha1', kind: 'Workspace', name: 'phi', uid, controller: true };
  const labels = kind === 'Job' ? { labels: { 'kaito.sh/workspace': 'phi' } } : {};
  return { ...object, metadata: { ...name, ownerReferences: [owner], ...labels } };
}

const imageOf = ({ spec }: Deployment | Job): unknown => spec?.template?.spec?.containers[0]?.image;

describe('writeObject', () => {
  it('creates what is missing, and writes nothing where the hash is the same', async () => {
    await writeObject(aDeployment('one', 'h1'), workspace, none, call());
    const deployment = await api.client.get(deployments, name, { signal });
    expect(imageOf(deployment)).toBe('one');
    await writeObject(aDeployment('not written', 'h1'), workspace, { ...none, deployment }, call());
    expect((await api.client.get(deployments, name, { signal })).metadata.resourceVersion).toBe(
      deployment.metadata.resourceVersion,
    );
  });

  it('replaces what it says as a whole where the hash is another', async () => {
    await writeObject(aService([80, 6379], 'h1'), workspace, none, call());
    const service: Service = await api.client.get(services, name, { signal });
    await writeObject(aService([80], 'h2'), workspace, { ...none, service }, call());
    const { spec } = await api.client.get(services, name, { signal });
    expect(spec?.ports?.map(({ port }) => port)).toEqual([80]);
    await expect(writeObject(aService([81], 'h3'), workspace, { ...none, service }, call())).rejects.toBeInstanceOf(
      Conflict,
    );
  });

  it('rolls a Deployment out as it says, whatever it said before', async () => {
    const wanted = aDeployment('two', 'h2');
    const spec = { ...wanted.object.spec, strategy: { type: 'Recreate' } };
    await writeObject(aDeployment('one', 'h1'), workspace, none, call());
    const deployment = await api.client.get(deployments, name, { signal });
    await writeObject({ ...wanted, object: { ...wanted.object, spec } }, workspace, { ...none, deployment }, call());
    const after = await api.client.get(deployments, name, { signal });
    expect(imageOf(after)).toBe('two');
    expect(after.spec?.strategy).toEqual({ type: 'Recreate' });
  });

  it('deletes a Job whose pods should be others, for they cannot be changed', async () => {
    await writeObject(aJob('one', 'h1'), workspace, none, call());
    const job = await api.client.get(jobs, name, { signal });
    await writeObject(aJob('two', 'h2'), workspace, { ...none, job }, call());
    const after = await api.client.list(jobs, { signal, namespace: 'default' });
    expect(after.items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)).toEqual([]);
    await expect(writeObject(aJob('three', 'h3'), workspace, { ...none, job }, call())).resolves.toBeUndefined();
  });

  it("never writes to somebody else's object of that name, and says whose it is not", async () => {
    await api.client.create(
      deployments,
      { ...aDeployment('theirs', 'h').object, metadata: { ...name, labels: { app: 'theirs' } } },
      { signal },
    );
    const refused = writeObject(aDeployment('ours', 'h1'), workspace, none, call());
    await expect(refused).rejects.toBeInstanceOf(NameTaken);
    await expect(refused).rejects.toThrow('Deployment "phi" exists already and is not this Workspace\'s');
    expect(imageOf(await api.client.get(deployments, name, { signal }))).toBe('theirs');
  });

  it('takes its own object that no cache has shown yet for what it is', async () => {
    await writeObject(aDeployment('one', 'h1'), workspace, none, call());
    await expect(writeObject(aDeployment('one', 'h1'), workspace, none, call())).resolves.toBeUndefined();
  });

  it('leaves a ConfigMap as its users have it', async () => {
    const data = { a: 'by a person' };
    await api.client.create(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: name, data }, { signal });
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: name, data: { a: 'ours' } };
    await writeObject({ kind: 'ConfigMap', name: 'phi', hash: 'h', object }, workspace, none, call());
    expect(await api.client.get(configMaps, name, { signal })).toMatchObject({ data });
  });
});

describe("writeObject, where KAITO's controller was before", () => {
  it('takes over what it serves as it is: marked, and not rolled out again', async () => {
    await api.client.create(deployments, ofKaito(aDeployment('registry.example/phi:0.0.4', '')), { signal });
    await writeObject(aDeployment('registry.example/phi:0.0.1', 'h1'), workspace, none, call());
    const deployment = await api.client.get(deployments, name, { signal });
    expect(deployment.metadata).toMatchObject({
      labels: { 'kaito.sh/workspace': 'phi' },
      annotations: { [hashAnnotation]: 'h1' },
    });
    expect(imageOf(deployment)).toBe('registry.example/phi:0.0.4');
    await writeObject(aDeployment('registry.example/other:1', 'h2'), workspace, { ...none, deployment }, call());
    expect(imageOf(await api.client.get(deployments, name, { signal }))).toBe('registry.example/other:1');
  });

  it.each([
    ['another model', (wanted: Wanted): object => wanted.object],
    [
      'another number of pods',
      (): object => {
        const { object } = aDeployment('registry.example/phi:2', '');
        return { ...object, spec: { ...object.spec, replicas: 3 } };
      },
    ],
  ])('brings what serves %s to what is wanted, once it can be seen', async (_, left) => {
    const other = aDeployment('registry.example/llama:1', '');
    const wanted = aDeployment('registry.example/phi:1', 'h1');
    await api.client.create(deployments, ofKaito({ kind: 'Deployment', object: left(other) }), { signal });
    await writeObject(wanted, workspace, none, call());
    const deployment = await api.client.get(deployments, name, { signal });
    expect(deployment.metadata.labels).toEqual({ 'kaito.sh/workspace': 'phi' });
    await writeObject(wanted, workspace, { ...none, deployment }, call());
    const after = await api.client.get(deployments, name, { signal });
    expect([imageOf(after), after.spec?.replicas]).toEqual(['registry.example/phi:1', 1]);
  });

  it('brings its Service to what is wanted, once it can be seen', async () => {
    await api.client.create(services, ofKaito(aService([80, 6379], '')), { signal });
    await writeObject(aService([80], 'h1'), workspace, none, call());
    const service = await api.client.get(services, name, { signal });
    expect(service.metadata.labels).toEqual({ 'kaito.sh/workspace': 'phi' });
    await writeObject(aService([80], 'h1'), workspace, { ...none, service }, call());
    const { spec } = await api.client.get(services, name, { signal });
    expect(spec?.ports?.map(({ port }) => port)).toEqual([80]);
  });

  it('leaves its Job alone: what was tuned is not tuned again', async () => {
    await api.client.create(jobs, ofKaito(aJob('one', '')), { signal });
    const job = await api.client.get(jobs, name, { signal });
    await writeObject(aJob('two', 'h2'), workspace, { ...none, job }, call());
    expect((await api.client.get(jobs, name, { signal })).metadata).toEqual(job.metadata);
  });
});

describe('writeFinalizer', () => {
  it("adds and removes ours alone, and overwrites nobody's later edit", async () => {
    await writeFinalizer(workspace, 'add', call());
    const added = await api.client.get(workspaces, name, { signal });
    expect(added.metadata.finalizers).toEqual(['somebody.example/else', workspaceFinalizer]);
    await writeFinalizer(added, 'remove', call());
    expect((await api.client.get(workspaces, name, { signal })).metadata.finalizers).toEqual(['somebody.example/else']);
    await expect(writeFinalizer(workspace, 'add', call())).rejects.toBeInstanceOf(Conflict);
  });
});

describe('writeStatus', () => {
  const conditions = [{ type: 'ResourceReady', status: 'False', reason: 'NodesPending', message: '0/1' }] as const;

  it('writes conditions and nodes once, and answers the same object when there is nothing to say', async () => {
    const said = await writeStatus(workspace, { conditions, workerNodes: ['a'] }, call());
    expect(said.status).toMatchObject({ conditions: [{ reason: 'NodesPending' }], workerNodes: ['a'] });
    expect(await writeStatus(said, { conditions, workerNodes: ['a'] }, call())).toBe(said);
    const kept = await writeStatus(said, { conditions }, call());
    expect(kept).toBe(said);
  });
});

describe('markNode and removeObject', () => {
  it('take what is gone for done', async () => {
    await expect(markNode('nobody', call())).resolves.toBeUndefined();
    await writeObject(aDeployment('one', 'h1'), workspace, none, call());
    const object = await api.client.get(deployments, name, { signal });
    await removeObject({ kind: 'Deployment', object }, call());
    await expect(removeObject({ kind: 'Deployment', object }, call())).resolves.toBeUndefined();
    expect((await api.client.list(deployments, { signal, namespace: 'default' })).items).toEqual([]);
  });

  it("give a node KAITO's mark", async () => {
    await api.client.create(nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'gpu' } }, { signal });
    await markNode('gpu', call());
    expect((await api.client.get(nodes, { name: 'gpu' }, { signal })).metadata.labels).toMatchObject({
      accelerator: 'nvidia',
    });
  });
});
