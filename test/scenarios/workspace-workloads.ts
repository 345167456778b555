// The workload of a Workspace where others were before us, where the API server refuses it, and where it changes its runtime.
import { expect } from 'vitest';
import { isObject, objectAt, textAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import type { Scenario } from '../support/scenario.ts';
import { isTrue, type Thing } from '../support/world-things.ts';
import type { World } from '../support/world.ts';
import {
  createSecret,
  inference,
  registry,
  removeAll,
  tuning,
  untilSays,
  untilServed,
  untilWorkspace,
  withWorkspaces,
} from './workspaces.ts';

const kaitoImage = 'mcr.microsoft.com/aks/kaito/kaito-phi-3-mini-4k-instruct:0.0.4';

/** As KAITO's controller makes what a Workspace owns; of all kinds only Jobs have its label. */
function metadataOfKaito({ metadata: { name, uid } }: Thing, labelled = false): object {
  const owner = { apiVersion: 'kaito.sh/v1alpha1', kind: 'Workspace', name, uid, controller: true };
  return { name, ownerReferences: [owner], ...(labelled ? { labels: { 'kaito.sh/workspace': name } } : {}) };
}

const gpu = { 'nvidia.com/gpu': '1' };
const tolerations = [{ key: 'sku', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' }];

/** One that waits for nobody, with one GPU. */
function podOfKaito(workspace: Thing, image: string): object {
  const { name } = workspace.metadata;
  const labels = { 'kaito.sh/workspace': name };
  return { metadata: { labels }, spec: { containers: [{ name, image, resources: { limits: gpu } }], tolerations } };
}

/** Serves with a pod of the user's own. */
function withContainer(container: object): object {
  return { inference: { template: { spec: { containers: [{ name: 'main', ...container }] } } } };
}

async function createdWorkspace(world: World, wish: object): Promise<Thing> {
  await world.create('Workspace', wish);
  const workspace = await world.get('Workspace', 'phi');
  if (workspace === undefined) throw new RangeError('it was created just now');
  return workspace;
}

function imagesOf(workload: Thing | undefined): readonly unknown[] {
  const pod: JsonObject = objectAt(objectAt(objectAt(workload, 'spec'), 'template'), 'spec');
  const { containers } = pod;
  return Array.isArray(containers) ? containers.filter(isObject).map((each) => textAt(each, 'image')) : [];
}

async function uidsOfPods(world: World): Promise<readonly string[]> {
  return (await world.list('Pod')).map(({ metadata }) => metadata.uid);
}

export const workspaceWorkloads: readonly Scenario[] = [
  {
    name: "a model that KAITO's controller served goes on as it is, until its Workspace changes",
    world: withWorkspaces,
    async play(world) {
      const workspace = await createdWorkspace(world, inference());
      const selector = { 'kaito.sh/workspace': 'phi' };
      const metadata = metadataOfKaito(workspace);
      const ports = [{ name: 'http', port: 80, targetPort: 5000 }];
      await world.create('Service', { metadata, spec: { selector, ports } });
      const template = podOfKaito(workspace, kaitoImage);
      await world.create('Deployment', { metadata, spec: { selector: { matchLabels: selector }, template } });
      await world.startController();
      await untilServed(world, 'phi');
      expect(imagesOf(await world.get('Deployment', 'phi'))).toEqual([kaitoImage]);
      const pods = await uidsOfPods(world);
      expect(pods).toHaveLength(1);
      await world.until('its Service has both ports', async () => {
        const { ports: now } = objectAt(await world.get('Service', 'phi'), 'spec');
        return Array.isArray(now) && now.length === 2;
      });
      const adapters = [{ source: { name: 'one', image: `${registry}/one:1` } }];
      await world.edit('Workspace', 'phi', { inference: { adapters } });
      await world.until('another pod is ready', () =>
        world.history.list('Pod').some((pod) => !pods.includes(pod.metadata.uid) && isTrue(pod, 'Ready')),
      );
      await untilServed(world, 'phi');
      await removeAll(world, 'phi');
    },
  },
  {
    name: "what KAITO's controller tuned is not tuned again",
    world: withWorkspaces,
    async play(world) {
      await createSecret(world);
      const workspace = await createdWorkspace(world, tuning());
      const template = podOfKaito(workspace, kaitoImage);
      const spec = { template: { ...template, spec: { ...objectAt(template, 'spec'), restartPolicy: 'Never' } } };
      await world.create('Job', { metadata: metadataOfKaito(workspace, true), spec });
      const before = await world.get('Job', 'phi');
      await world.startController();
      await untilServed(world, 'phi');
      await world.pass(30);
      expect((await world.get('Job', 'phi'))?.metadata.uid).toBe(before?.metadata.uid);
      expect(await uidsOfPods(world)).toHaveLength(1);
      await removeAll(world, 'phi');
    },
  },
  {
    name: 'a template that the API server refuses is on the Workspace in its words, and is served when it is mended',
    world: withWorkspaces,
    async play(world) {
      await world.startController();
      await world.create('Workspace', { ...inference(), ...withContainer({}) });
      const message = await untilSays(world, 'phi', 'InferenceReady', 'WorkspaceInferenceStatusFailed');
      expect(message).toContain('spec.template.spec.containers[0].image: Required value');
      const said = await untilWorkspace(world, 'phi', 'has its node', (workspace) =>
        isTrue(workspace, 'ResourceReady'),
      );
      expect(isTrue(said, 'WorkspaceReady')).toBe(false);
      await world.untilEvent('phi', 'WorkspaceInferenceStatusFailed');
      await world.edit('Workspace', 'phi', withContainer({ image: `${registry}/mine:1` }));
      await untilServed(world, 'phi');
      await removeAll(world, 'phi');
    },
  },
  {
    name: 'a model that changes to the vllm runtime finds the settings that its pods mount',
    world: { ...withWorkspaces, env: { ...withWorkspaces.env, PRESET_RELEASE: 'v0.4.1' } },
    async play(world) {
      await world.startController();
      const wish = inference();
      const annotations = { 'kaito.sh/runtime': 'transformers' };
      await world.create('Workspace', { ...wish, metadata: { name: 'phi', annotations } });
      await untilServed(world, 'phi');
      expect(await world.get('ConfigMap', 'inference-params-template')).toBeUndefined();
      const pods = await uidsOfPods(world);
      await world.edit('Workspace', 'phi', { metadata: { annotations: { 'kaito.sh/runtime': null } } });
      await world.until('another pod is ready', () =>
        world.history.list('Pod').some((pod) => !pods.includes(pod.metadata.uid) && isTrue(pod, 'Ready')),
      );
      await untilServed(world, 'phi');
      await removeAll(world, 'phi');
    },
  },
];
