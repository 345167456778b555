// NodeClaims, as KAITO of today and its first releases write them: the same life as a Machine's, under their own names.
import { expect } from 'vitest';
import { kaitoMachine } from '../support/machines.ts';
import { aksNodeClass, kaitoNodeClaim, workspaceLabels } from '../support/nodeclaims.ts';
import type { Scenario } from '../support/scenario.ts';
import { grown, untilPersonIsBelieved } from '../support/world-belief.ts';
import { isWrite } from '../support/world-proxy.ts';
import { conditionOf, type Thing } from '../support/world-things.ts';
import type { World } from '../support/world.ts';

const name = 'ws0d9e8f7a6';
/** Of the world: longer than a claim of ours waits for its first status and finalizer. */
const aWhileSeconds = 30;

async function start(world: World, claim = kaitoNodeClaim({ name })): Promise<void> {
  await world.startController();
  await world.create('NodeClaim', claim);
}

/** The one Node of the claim's pool, initialized. */
async function initializedNode(world: World, pool: string): Promise<Thing> {
  return world.until(`the Node of "${pool}" is initialized`, () => {
    const [node, ...others] = world.nodesOf(pool);
    expect(others).toEqual([]);
    return node?.metadata.labels?.['karpenter.sh/initialized'] === 'true' && node;
  });
}

function sentBody(world: World, pool: string): Readonly<Record<string, unknown>> {
  const [put] = world.calls('PUT', pool);
  return JSON.parse(put?.body ?? '{}').properties;
}

export const nodeClaims: readonly Scenario[] = [
  {
    name: 'E2N1 E2N2 E2N5 K17-LA01 K17-RE01 K17-IN01 one GPU node each for a NodeClaim with KaitoNodeClass, and for those with AKSNodeClass and a label of KAITO',
    async play(world) {
      await start(world, kaitoNodeClaim({ name: 'kaitoclass', labels: {} }));
      const workspace = { 'kaito.sh/workspace': 'w' };
      const ragEngine = { 'kaito.sh/ragengine': 'r' };
      await world.create(
        'NodeClaim',
        kaitoNodeClaim({ name: 'workspace', nodeClassRef: aksNodeClass, labels: workspace }),
      );
      await world.create(
        'NodeClaim',
        kaitoNodeClaim({ name: 'ragengine', nodeClassRef: aksNodeClass, labels: ragEngine }),
      );
      for (const each of ['kaitoclass', 'workspace', 'ragengine']) {
        const claim = await world.untilReady(each);
        const node = await initializedNode(world, each);
        expect(claim.status).toMatchObject({ nodeName: node.metadata.name, providerID: node.spec?.providerID });
        expect(claim.metadata.finalizers).toEqual(['karpenter.sh/termination']);
        expect(world.calls('PUT', each)).toHaveLength(1);
      }
    },
  },
  {
    name: 'N1 E2N6 K17-LA02 K17-RE02 K17-IN02 K17-FI02 K17-CT02 a NodeClaim of another provisioner is never written to and causes no call to Azure, not even when it is deleted',
    async play(world) {
      const others = [
        kaitoNodeClaim({ name: 'akstheirs', nodeClassRef: aksNodeClass, labels: {} }),
        kaitoNodeClaim({
          name: 'ec2theirs',
          nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'x' },
        }),
      ];
      const { api } = await world.startController();
      for (const other of others) await world.create('NodeClaim', other);
      await world.create('NodeClaim', kaitoNodeClaim({ name }));
      await world.untilReady(name);
      await world.pass(aWhileSeconds);
      for (const each of ['akstheirs', 'ec2theirs']) {
        expect(world.claim(each)).not.toHaveProperty('status.conditions');
        expect(world.claim(each)?.metadata).not.toHaveProperty('finalizers');
        await world.remove('NodeClaim', each);
        await world.untilGone('NodeClaim', each);
        expect(api.requests.filter((one) => isWrite(one) && one.path.includes(each))).toEqual([]);
        expect(world.azure.log.filter(({ pool }) => pool === each)).toEqual([]);
      }
    },
  },
  {
    name: 'N2 K17-RE03 K17-RE07 K17-RE08 K17-RE09 the Node carries labels, annotations, taints, owner and finalizer of its NodeClaim',
    async play(world) {
      await start(world);
      const claim = await world.untilReady(name);
      const node = await initializedNode(world, name);
      expect(node.metadata).toMatchObject({
        labels: {
          'karpenter.sh/nodepool': 'kaito',
          ...workspaceLabels,
          'kaito.sh/machine-type': 'gpu',
          'karpenter.sh/registered': 'true',
        },
        annotations: { 'karpenter.sh/do-not-disrupt': 'true' },
        finalizers: ['karpenter.sh/termination'],
        ownerReferences: [{ apiVersion: 'karpenter.sh/v1', kind: 'NodeClaim', name, uid: claim.metadata.uid }],
      });
      expect(node.spec?.taints).toEqual([{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }]);
    },
  },
  {
    name: 'K17-LA03 K17-IN04 a NodeClaim tells its milestones under its own names, with the generation that they speak of, and fills its columns',
    async play(world) {
      await start(world);
      const claim = await world.untilReady(name);
      expect(claim.status?.conditions?.map(({ type }) => type)).toEqual(
        expect.arrayContaining(['Launched', 'Registered', 'Initialized', 'Ready']),
      );
      for (const { observedGeneration } of claim.status?.conditions ?? [])
        expect(observedGeneration).toBe(claim.metadata.generation);
      const [first] = world.history.versions('NodeClaim', name).filter(({ thing }) => thing.status !== undefined);
      expect(conditionOf(first?.thing, 'Initialized')?.status).toBe('Unknown');
      const node = await initializedNode(world, name);
      // The columns TYPE, CAPACITY, ZONE and IMAGEID of kubectl get nodeclaims.
      expect(claim.metadata.labels).toMatchObject({
        'node.kubernetes.io/instance-type': 'Standard_NC6s_v3',
        'karpenter.sh/capacity-type': 'on-demand',
        'topology.kubernetes.io/zone': node.metadata.labels?.['topology.kubernetes.io/zone'],
      });
      expect(claim.status?.imageID).toBe(node.metadata.labels?.['kubernetes.azure.com/node-image-version']);
      expect(claim.status?.imageID).toMatch(/^AKSUbuntu/u);
    },
  },
  {
    name: 'GPN19 GPN36 the pool of a NodeClaim has its disk, its labels, the image family and the tags of its owner',
    async play(world) {
      await start(world);
      const claim = await world.untilReady(name);
      expect(sentBody(world, name)).toMatchObject({
        count: 1,
        vmSize: 'Standard_NC6s_v3',
        osDiskSizeGB: 120,
        osSKU: 'Ubuntu',
        nodeTaints: ['sku=gpu:NoSchedule'],
        nodeLabels: {
          'karpenter.sh/nodepool': 'kaito',
          'kaito.sh/machine-type': 'gpu',
          'kaito.sh/creation-timestamp': claim.metadata.creationTimestamp.replaceAll(':', '-'),
          ...workspaceLabels,
        },
        tags: { 'gpu-provisioner-kind': 'NodeClaim', 'gpu-provisioner-uid': claim.metadata.uid },
      });
      expect(world.calls('PUT', name)).toMatchObject([{ status: 201, ifNoneMatch: '*' }]);
    },
  },
  {
    name: 'N3 N5 E2N7 a NodeClaim gets Azure Linux by its annotation, and a disk by ephemeral-storage',
    async play(world) {
      const annotations = { 'kaito.sh/node-image-family': 'AzureLinux' };
      await start(world, kaitoNodeClaim({ name, annotations, requests: { 'ephemeral-storage': '100Gi' } }));
      const claim = await world.untilReady(name);
      expect(sentBody(world, name)).toMatchObject({ osSKU: 'AzureLinux', osDiskSizeGB: 100 });
      const [node] = await world.nodesNow(name);
      expect(node?.status?.nodeInfo?.osImage).toContain('Azure');
      expect(claim.status?.imageID).toMatch(/^AKSAzureLinux/u);
    },
  },
  {
    name: 'E2N3 K17-CT01 K17-CT08 a deleted NodeClaim takes its Node and its pool along, and goes last',
    async play(world) {
      await start(world);
      const { metadata } = await world.untilReady(name);
      await initializedNode(world, name);
      await world.remove('NodeClaim', name);
      await world.untilGone('NodeClaim', name);
      expect(world.poolState(name)).toBeUndefined();
      expect(await world.nodesNow(name)).toEqual([]);
      expect(world.calls('DELETE', name)).toHaveLength(1);
      const last = world.history
        .versions('NodeClaim', name)
        .filter(({ type }) => type === 'MODIFIED')
        .at(-1);
      // K17-CT03: what it was stays said, of the generation that its deletion made.
      expect(conditionOf(last?.thing, 'Ready')).toMatchObject({ status: 'True' });
      expect(conditionOf(last?.thing, 'Ready')?.observedGeneration).toBeGreaterThan(metadata.generation ?? 0);
    },
  },
  {
    name: 'E2N4 E2N8 K17-NT05 a person deletes the healthy Node of a NodeClaim: NodeClaim, Node and pool go',
    world: { ...grown, env: { ...grown.env, YOUNG_NODE: '10s' } },
    async play(world) {
      await start(world);
      await world.untilReady(name);
      const node = await initializedNode(world, name);
      await world.until('nothing is as young any more as the platform would delete it', async () => {
        const ageMs = world.clock.now().getTime() - Date.parse(node.metadata.creationTimestamp);
        return ageMs > 30_000;
      });
      await untilPersonIsBelieved(world);
      await world.remove('Node', node.metadata.name);
      await world.untilGone('NodeClaim', name);
      expect(world.poolState(name)).toBeUndefined();
      expect(await world.nodesNow(name)).toEqual([]);
      expect(world.calls('PUT', name)).toHaveLength(1);
    },
  },
  {
    name: 'a pool that the Go provisioner made for a NodeClaim is adopted: Ready, and nothing was written to Azure',
    async play(world) {
      const finalizers = ['karpenter.sh/termination'];
      const claim = Object(kaitoNodeClaim({ name }));
      await world.create('NodeClaim', { ...claim, metadata: { ...claim.metadata, finalizers } });
      const { metadata } = await world.until('the NodeClaim is there', () => world.claim(name));
      const created = metadata.creationTimestamp.replaceAll(':', '-');
      await world.makePool(name, {
        nodeLabels: { ...metadata.labels, 'kaito.sh/machine-type': 'gpu', 'kaito.sh/creation-timestamp': created },
        nodeTaints: ['sku=gpu:NoSchedule'],
      });
      await world.startController();
      await world.untilReady(name);
      expect(world.calls('PUT', name)).toEqual([]);
      await world.remove('NodeClaim', name);
      await world.untilGone('NodeClaim', name);
      expect(world.poolState(name)).toBeUndefined();
    },
  },
  {
    name: 'a NodeClaim whose Node is lost says so at once, and is Ready again with the Node',
    async play(world) {
      await start(world);
      const { status } = await world.untilReady(name);
      await initializedNode(world, name);
      await world.nodes.setReady(status?.nodeName ?? '', false);
      const claim = await world.untilCondition(name, 'Ready', 'False', 'NodeNotReady');
      expect(conditionOf(claim, 'Initialized')?.status).toBe('False');
      await world.nodes.setReady(status?.nodeName ?? '', true);
      await world.untilReady(name);
      expect(world.calls('PUT', name)).toHaveLength(1);
      expect(world.calls('DELETE', name)).toEqual([]);
    },
  },
  {
    name: 'a Machine and a NodeClaim of one name: the pool belongs to the first, the other one says so and leaves it alone',
    async play(world) {
      await world.startController();
      await world.create('Machine', kaitoMachine({ name }));
      await world.untilReady(name);
      const [node] = await world.nodesNow(name);
      await world.create('NodeClaim', kaitoNodeClaim({ name }));
      const refused = await world.until('the NodeClaim is refused', () => {
        const claim = world.history.get('NodeClaim', name);
        return conditionOf(claim, 'Launched')?.reason === 'NameConflict' && claim;
      });
      expect(conditionOf(refused, 'Ready')?.status).toBe('False');
      await world.remove('NodeClaim', name);
      await world.untilGone('NodeClaim', name);
      expect(world.calls('DELETE', name)).toEqual([]);
      expect(world.calls('PUT', name).filter(({ status }) => status === 201)).toHaveLength(1);
      const uid = node?.metadata.uid ?? '';
      expect(await world.nodesNow(name)).toMatchObject([
        { metadata: { uid, finalizers: ['karpenter.sh/termination'] } },
      ]);
      expect(conditionOf(await world.get('Machine', name), 'Ready')?.status).toBe('True');
    },
  },
  {
    name: 'a NodeClaim that becomes ours by a label of KAITO is served from then on',
    async play(world) {
      await start(world, kaitoNodeClaim({ name, nodeClassRef: aksNodeClass, labels: {} }));
      await world.pass(aWhileSeconds);
      expect(world.calls('PUT', name)).toEqual([]);
      await world.edit('NodeClaim', name, { metadata: { labels: { 'kaito.sh/workspace': 'w' } } });
      await world.untilReady(name);
    },
  },
];
