// From a Workspace to a model that is served or tuned, and everything that can come in between.
import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { isObject, numberAt, objectAt, textAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import type { Scenario } from '../support/scenario.ts';
import { claimKinds, conditionOf, isTrue, type Thing } from '../support/world-things.ts';
import type { World, WorldOptions } from '../support/world.ts';

export const registry = 'registry.example';
const secretName = 'push-secret';
const files = [
  'inference-phi-3.yaml',
  'inference-phi-3-adapter.yaml',
  'tuning-phi-3.yaml',
  'tuning-phi-3-mini-4k.yaml',
  'tuning-phi-3-mini-128k.yaml',
] as const;
type File = (typeof files)[number];

export const withWorkspaces: WorldOptions = { workloads: true, env: { WORKSPACES: 'true' } };
/** As the documents print it. */
const columns = ['ResourceReady', 'InferenceReady', 'WorkspaceReady'] as const;

/** A file of docs/workspaces as it is, or with its placeholders filled in as a reader would. */
async function workspaceOf(file: File, filled = true): Promise<JsonObject> {
  const text = await readFile(new URL(`../../docs/workspaces/${file}`, import.meta.url), 'utf8');
  const read: unknown = parse(
    filled
      ? text
          .replaceAll('ACR_REPO_HERE.azurecr.io', registry)
          .replaceAll(/(?:IMAGE_NAME|ADAPTER)_HERE/g, 'adapter')
          .replaceAll('ACR_REGISTRY_SECRET_HERE', secretName)
      : text,
  );
  if (!isObject(read)) throw new TypeError(`${file} is no object`);
  return read;
}

export function nodeOf(pod: Thing): string {
  return textAt(objectAt(pod, 'spec'), 'nodeName') ?? '';
}

function nameOf(workspace: JsonObject): string {
  return textAt(objectAt(workspace, 'metadata'), 'name') ?? '';
}

interface Wish {
  readonly name?: string;
  readonly count?: number;
  readonly size?: string;
  readonly labels?: Record<string, string>;
  readonly preset?: string;
}

export function inference({ name = 'phi', count = 1, size, labels = { apps: 'phi' }, preset }: Wish = {}): object {
  return {
    apiVersion: 'kaito.sh/v1alpha1',
    kind: 'Workspace',
    metadata: { name },
    resource: { count, instanceType: size ?? 'Standard_NC24ads_A100_v4', labelSelector: { matchLabels: labels } },
    inference: { preset: { name: preset ?? 'phi-3-mini-4k-instruct' } },
  };
}

export function tuning({
  urls = ['https://data.example/train.parquet'],
  image = `${registry}/adapter:1`,
} = {}): object {
  return {
    apiVersion: 'kaito.sh/v1alpha1',
    kind: 'Workspace',
    metadata: { name: 'phi' },
    resource: { instanceType: 'Standard_NC24ads_A100_v4', labelSelector: { matchLabels: { app: 'tune' } } },
    tuning: {
      preset: { name: 'phi-3-mini-128k-instruct' },
      method: 'lora',
      input: { urls },
      output: { image, imagePushSecret: secretName },
    },
  };
}

/** What may push to this registry. */
export async function createSecret(world: World, forRegistry = registry): Promise<void> {
  const config = JSON.stringify({ auths: { [forRegistry]: { auth: 'dTpw' } } });
  await world.create('Secret', {
    metadata: { name: secretName },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(config).toString('base64') },
  });
}

export async function untilWorkspace(
  world: World,
  name: string,
  what: string,
  holds: (workspace: Thing) => boolean,
): Promise<Thing> {
  return world.until(`Workspace "${name}" ${what}`, async () => {
    const workspace = await world.get('Workspace', name);
    return workspace !== undefined && holds(workspace) && workspace;
  });
}

export async function untilServed(world: World, name: string): Promise<Thing> {
  return untilWorkspace(world, name, 'is ready', (workspace) => columns.every((type) => isTrue(workspace, type)));
}

export async function untilSays(world: World, name: string, type: string, reason: string): Promise<string> {
  const workspace = await untilWorkspace(world, name, `says ${type} ${reason}`, (found) => {
    const condition = conditionOf(found, type);
    return condition?.status === 'False' && condition.reason === reason;
  });
  return conditionOf(workspace, type)?.message ?? '';
}

/** A Job may be seen to have failed before its pod is, which says why: resolves with the words that name the container. */
async function untilTuningFails(world: World, name: string, container: string): Promise<string> {
  const words = `Container "${container}"`;
  const workspace = await untilWorkspace(world, name, `says that ${words} failed`, (found) => {
    const { status, reason, message = '' } = conditionOf(found, 'JobStarted') ?? {};
    return status === 'False' && reason === 'WorkspaceTuningJobStatusFailed' && message.includes(words);
  });
  return conditionOf(workspace, 'JobStarted')?.message ?? '';
}

/** A person deletes it, and nothing of it stays. */
export async function removeAll(world: World, name: string): Promise<void> {
  await world.remove('Workspace', name);
  await world.until(`Workspace "${name}" is gone`, async () => (await world.get('Workspace', name)) === undefined);
  // Asked again: the history may be a moment behind.
  expect((await Promise.all(claimKinds.map((kind) => world.list(kind)))).flat()).toEqual([]);
  expect(world.azure.pools().map((pool) => pool['name'])).toEqual(['nodepool1']);
  await world.until('its objects are gone', async () => {
    const left = await Promise.all(
      (['Deployment', 'StatefulSet', 'Job', 'Service'] as const).map((kind) => world.get(kind, name)),
    );
    const nodes = world.history.list('Node').filter(({ metadata }) => !metadata.name.includes('nodepool1'));
    const pods = world.history.list('Pod');
    return left.every((each) => each === undefined) && nodes.length === 0 && pods.length === 0;
  });
}

export async function createAndServe(world: World, wish: Wish = {}): Promise<Thing> {
  await world.startController();
  await world.create('Workspace', inference(wish));
  return untilServed(world, wish.name ?? 'phi');
}

function expectNoClaims(world: World): void {
  expect(world.history.sights.filter(({ kind }) => kind === 'Machine')).toEqual([]);
}

/** Each file of the documents, to its end state and back. */
function documented(file: File): Scenario {
  return {
    name: `${file} reaches the columns of the documents, and leaves nothing when it is deleted`,
    world: withWorkspaces,
    async play(world) {
      await world.startController();
      await createSecret(world);
      const workspace = await workspaceOf(file);
      const name = nameOf(workspace);
      await world.create('Workspace', workspace);
      const ready = await untilServed(world, name);
      const inferenceReason = file.startsWith('tuning') ? 'NotRequired' : 'WorkspaceInferenceStatusSuccess';
      expect(conditionOf(ready, 'InferenceReady')?.reason).toBe(inferenceReason);
      const { ports } = objectAt(await world.get('Service', name), 'spec');
      const numbers = Array.isArray(ports) ? ports.map((port) => numberAt(port, 'port')) : [];
      expect(numbers).toEqual([80, 29_500]);
      await world.untilEvent(name, 'RetiredSize');
      await removeAll(world, name);
    },
  };
}

/** Placeholders that nobody filled in cost nothing. */
function unfilled(file: File): Scenario {
  return {
    name: `${file} with its placeholders says InvalidImageName, and buys nothing`,
    world: withWorkspaces,
    async play(world) {
      await world.startController();
      const workspace = await workspaceOf(file, false);
      await world.create('Workspace', workspace);
      const message = await untilSays(world, nameOf(workspace), 'ResourceReady', 'InvalidImageName');
      expect(message).toContain('ACR_REPO_HERE');
      await world.pass(30);
      expectNoClaims(world);
      await removeAll(world, nameOf(workspace));
    },
  };
}

export const workspaces: readonly Scenario[] = [
  ...files.map(documented),
  ...files.slice(1).map(unfilled),
  {
    name: 'two Workspaces with the same labels have nodes of their own',
    world: withWorkspaces,
    async play(world) {
      await createAndServe(world, { name: 'one' });
      await world.create('Workspace', inference({ name: 'two' }));
      await untilServed(world, 'two');
      const holders = (await world.list('Machine')).map(({ metadata }) => metadata.labels?.['kaito.sh/workspace']);
      expect(new Set(holders)).toEqual(new Set(['one', 'two']));
      expect(holders).toHaveLength(2);
      for (const pod of await world.list('Pod')) {
        const node = await world.get('Node', nodeOf(pod));
        expect(node?.metadata.labels?.['kaito.sh/workspace']).toBe(pod.metadata.labels?.['kaito.sh/workspace']);
      }
    },
  },
  {
    name: 'a Workspace of two nodes serves on both',
    world: withWorkspaces,
    async play(world) {
      await createAndServe(world, { count: 2 });
      const nodes = (await world.list('Pod')).map((pod) => nodeOf(pod));
      expect(new Set(nodes).size).toBe(2);
      await removeAll(world, 'phi');
    },
  },
  {
    name: 'a Workspace of 20 nodes creates its claims at once and counts them',
    world: {
      ...withWorkspaces,
      script: {
        quotas: { families: { standardNCADSA100v4Family: 2400 }, regionalCores: 5000 },
        // None is ready before it was counted.
        timing: { createSeconds: 3600, joinSeconds: 3590 },
      },
    },
    async play(world) {
      await world.startController();
      await world.create('Workspace', inference({ count: 20 }));
      await world.until('20 Machines', () => world.history.list('Machine').length === 20);
      await untilWorkspace(world, 'phi', 'counts its nodes', (workspace) =>
        /^\d+\/20 nodes ready/.test(conditionOf(workspace, 'ResourceReady')?.message ?? ''),
      );
      await world.until(
        'Azure has taken all of them',
        () => world.calls('PUT').filter(({ status }) => status === 201).length === 20,
      );
      // Machines are there after 4 s, and join by the time that is left then.
      await world.pass(10);
      world.clock.jump(3_600_000);
      await untilWorkspace(world, 'phi', 'has its nodes', (workspace) => isTrue(workspace, 'ResourceReady'));
      await untilServed(world, 'phi');
      expect(world.calls('PUT')).toHaveLength(20);
    },
  },
  {
    name: 'a quota refusal is on the Workspace as the Machine says it',
    world: { ...withWorkspaces, script: { quotas: { families: { standardNCADSA100v4Family: 0 } } } },
    async play(world) {
      await world.startController();
      await world.create('Workspace', inference());
      const message = await untilSays(world, 'phi', 'MachineReady', 'QuotaExceeded');
      const [machine] = await world.list('Machine');
      expect(message).toBe(conditionOf(machine, 'Ready')?.message);
      expect(conditionOf(await world.get('Workspace', 'phi'), 'WorkspaceReady')?.reason).toBe('workspaceFailed');
      await removeAll(world, 'phi');
    },
  },
  {
    name: 'without a device plugin a Workspace says so, its pods are there all the same, and it serves once the GPUs are offered',
    world: { ...withWorkspaces, devicePlugin: false, env: { ...withWorkspaces.env, GPU_GRACE: '20s' } },
    async play(world) {
      await world.startController();
      await world.create('Workspace', inference());
      const message = await untilSays(world, 'phi', 'ResourceReady', 'NoDevicePlugin');
      const [machine] = await world.list('Machine');
      expect(message).toBe(conditionOf(machine, 'GPUReady')?.message);
      expect(isTrue(machine, 'Ready')).toBe(true);
      await untilSays(world, 'phi', 'MachineReady', 'NoDevicePlugin');
      await world.untilEvent('phi', 'NoDevicePlugin');
      expect(await untilSays(world, 'phi', 'InferenceReady', 'Unschedulable')).toContain('Insufficient nvidia.com/gpu');
      const gpu = { 'nvidia.com/gpu': '1' };
      const node = machine?.status?.nodeName ?? '';
      await world.editStatus('Node', node, { status: { capacity: gpu, allocatable: gpu } });
      await untilServed(world, 'phi');
      expect(isTrue(await world.get('Workspace', 'phi'), 'MachineReady')).toBe(true);
      await removeAll(world, 'phi');
    },
  },
  {
    name: 'a label that no node can have is on the Workspace in the words of the API server, and buys nothing',
    world: withWorkspaces,
    async play(world) {
      await world.startController();
      await world.create('Workspace', inference({ labels: { apps: 'phi 3' } }));
      expect(await untilSays(world, 'phi', 'MachineReady', 'machineFailedCreation')).toContain('phi 3');
      expectNoClaims(world);
      await removeAll(world, 'phi');
    },
  },
  {
    name: 'a Workspace that is forced out of the way while nobody looks leaves no claim, also when another takes its name',
    world: withWorkspaces,
    async play(world) {
      const controller = await world.startController();
      await world.create('Workspace', inference());
      await untilServed(world, 'phi');
      await controller.stop();
      const [old] = await world.list('Machine');
      await world.edit('Workspace', 'phi', { metadata: { finalizers: null } });
      await world.remove('Workspace', 'phi');
      await world.create('Workspace', inference());
      await world.startController();
      await world.until(
        'its claim is gone',
        () => world.history.get('Machine', old?.metadata.name ?? '') === undefined,
      );
      await untilServed(world, 'phi');
      expect(await world.list('Machine')).toHaveLength(1);
      await removeAll(world, 'phi');
    },
  },
  {
    name: 'a download that fails names its container and its address',
    world: withWorkspaces,
    async play(world) {
      await world.startController();
      await createSecret(world);
      await world.create('Workspace', tuning({ urls: ['https://nowhere.invalid/x.parquet'] }));
      const message = await untilTuningFails(world, 'phi', 'data-downloader');
      expect(message).toContain('Cannot download https://nowhere.invalid/x.parquet');
      await removeAll(world, 'phi');
    },
  },
  {
    name: 'a Secret for another registry ends in the words of the push, not in a ready Workspace',
    world: withWorkspaces,
    async play(world) {
      await world.startController();
      await createSecret(world, 'elsewhere.example');
      await world.create('Workspace', tuning());
      expect(await untilTuningFails(world, 'phi', 'pusher')).toContain(registry);
      expect(isTrue(await world.get('Workspace', 'phi'), 'WorkspaceReady')).toBe(false);
      await removeAll(world, 'phi');
    },
  },
  {
    name: 'a Secret that is missing is asked for before a node is bought, and taken when it comes',
    world: withWorkspaces,
    async play(world) {
      await world.startController();
      await world.create('Workspace', tuning());
      expect(await untilSays(world, 'phi', 'JobStarted', 'SecretNotFound')).toContain('kubectl create secret');
      expectNoClaims(world);
      await createSecret(world);
      await untilServed(world, 'phi');
    },
  },
  {
    name: 'a model that is distributed gets a StatefulSet, and follows a change of its spec',
    world: withWorkspaces,
    async play(world) {
      await world.startController();
      const preset = {
        name: 'llama-2-13b',
        accessMode: 'private',
        presetOptions: { image: `${registry}/llama:1`, imagePullSecrets: [secretName] },
      };
      const wanted = { ...inference({ count: 2 }), inference: { preset } };
      await createSecret(world);
      await world.create('Workspace', wanted);
      await untilServed(world, 'phi');
      const before = await world.get('StatefulSet', 'phi');
      expect(await world.get('Service', 'phi-headless')).toBeDefined();
      const adapters = [{ source: { name: 'one', image: `${registry}/one:1` } }];
      await world.edit('Workspace', 'phi', { inference: { adapters } });
      await world.until('its pods are new', async () => {
        const after = await world.get('StatefulSet', 'phi');
        return after?.metadata.generation !== before?.metadata.generation;
      });
      await untilServed(world, 'phi');
      await removeAll(world, 'phi');
    },
  },
  {
    name: 'a change of the spec rolls out to Deployment and Service, on the node that is there',
    world: withWorkspaces,
    async play(world) {
      await createAndServe(world);
      const pods = new Set((await world.list('Pod')).map(({ metadata }) => metadata.uid));
      const adapters = [{ source: { name: 'one', image: `${registry}/one:1` }, strength: '0.5' }];
      const annotations = { 'kaito.sh/enablelb': 'True' };
      await world.edit('Workspace', 'phi', { metadata: { annotations }, inference: { adapters } });
      await world.until('another pod is ready', () =>
        world.history.list('Pod').some((pod) => !pods.has(pod.metadata.uid) && isTrue(pod, 'Ready')),
      );
      await untilServed(world, 'phi');
      await world.until('its Service is a load balancer', async () => {
        return objectAt(await world.get('Service', 'phi'), 'spec')['type'] === 'LoadBalancer';
      });
      expect(world.calls('PUT')).toHaveLength(1);
    },
  },
  {
    name: "somebody else's Deployment of its name is never written to",
    world: withWorkspaces,
    async play(world) {
      await world.startController();
      const labels = { app: 'theirs' };
      const spec = {
        replicas: 0,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'theirs' }] } },
      };
      await world.create('Deployment', { metadata: { name: 'phi' }, spec });
      await world.create('Workspace', inference());
      expect(await untilSays(world, 'phi', 'InferenceReady', 'NameConflict')).toContain('Deployment "phi"');
      await world.pass(30);
      expect(objectAt(await world.get('Deployment', 'phi'), 'spec')).toMatchObject({
        selector: { matchLabels: labels },
      });
    },
  },
  {
    name: 'a preset that is too large for its size is refused with sizes that would do, and buys nothing',
    world: withWorkspaces,
    async play(world) {
      await world.startController();
      await world.create('Workspace', inference({ preset: 'falcon-40b' }));
      const message = await untilSays(world, 'phi', 'ResourceReady', 'InsufficientGPU');
      expect(message).toContain('Sizes that would do: ');
      await world.pass(30);
      expectNoClaims(world);
    },
  },
];
