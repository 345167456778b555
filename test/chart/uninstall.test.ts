// `helm uninstall` with its hook. No kubelet runs here, so the test plays it: the Job's own command, ServiceAccount and rights.
import { describe, expect, inject, it } from 'vitest';
import { objectAt, textAt, textsAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import { heldNode } from '../support/nodes.ts';
import {
  aCleanCluster,
  create,
  get,
  hookName as job,
  kubeconfigOf,
  kubectl,
  names,
  namespace,
  release,
  until,
} from './cluster.ts';
import { ciFile, containerOf, helm, podOf } from './helm.ts';
import { finish, type Finished } from './program.ts';

const main = new URL('../../src/main.ts', import.meta.url).pathname;
const args = ['--values', ciFile('minimal')];

async function anInstalledRelease(): Promise<void> {
  await aCleanCluster();
  await release('install', args);
  const node = heldNode('aks-ws1-12345678-vmss000000', 'ws1');
  await create({ apiVersion: 'v1', kind: 'Node', ...node });
  await until(async () => (await podNames()).length === 2);
}

async function podNames(): Promise<readonly string[]> {
  return (await names('pods')).filter((name) => name.startsWith(`${namespace}/`));
}

function uninstall(): Promise<Finished> {
  const command = ['uninstall', 'gpu-provisioner', '--namespace', namespace, '--timeout', '100s'];
  return helm(command, { kubeconfig: inject('kubeconfig') });
}

/** Runs what the Job says, as whom it says. */
async function playJob(): Promise<Finished> {
  await until(async () => (await get('job', job)) !== undefined);
  const found = (await get('job', job)) ?? {};
  const account = textAt(podOf(found), 'serviceAccountName') ?? '';
  const file = await kubeconfigOf(account);
  return finish(process.execPath, [main, ...textsAt(containerOf(found), 'args')], { KUBECONFIG: file });
}

/** What the Job controller writes once the pod has ended; the API server wants both conditions, and the times. */
async function endJob(how: 'Complete' | 'Failed'): Promise<void> {
  const time = new Date().toISOString().replace(/\.\d+Z$/u, 'Z');
  const before = how === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
  const conditions = [before, how].map((type) => ({
    type,
    status: 'True',
    lastTransitionTime: time,
    reason: 'Played',
  }));
  const completion = how === 'Complete' ? { completionTime: time, succeeded: 1 } : { failed: 1 };
  const status = JSON.stringify({ status: { startTime: time, conditions, ...completion } });
  await kubectl(['patch', 'job', job, '--namespace', namespace, '--subresource=status', '--type=merge', '-p', status]);
}

function holdsOf(node: JsonObject | undefined): JsonObject {
  const { finalizers = [], ownerReferences = [] } = objectAt(node, 'metadata');
  return { finalizers, ownerReferences };
}

describe('uninstalling', () => {
  it('stops the controller, frees its Nodes, and leaves nothing of itself', async () => {
    await anInstalledRelease();
    const ended = uninstall();
    const played = await playJob();
    expect([played.code, played.stderr]).toEqual([0, '']);
    expect(await podNames()).toEqual([]);
    expect(await get('deployment', 'gpu-provisioner')).toMatchObject({ spec: { replicas: 0 } });
    await endJob('Complete');
    expect(await ended).toMatchObject({ code: 0 });

    expect(holdsOf(await get('node', 'aks-ws1-12345678-vmss000000'))).toEqual({ finalizers: [], ownerReferences: [] });
    const kinds = 'deployments,jobs,serviceaccounts,roles,rolebindings,clusterroles,clusterrolebindings';
    expect((await names(kinds)).filter((name) => name.includes('gpu-provisioner/gpu') || name.includes(job))).toEqual(
      [],
    );
  });

  it('ends where the Job fails, so that nothing is lost sight of', async () => {
    await anInstalledRelease();
    const ended = uninstall();
    await until(async () => (await get('job', job)) !== undefined);
    await endJob('Failed');
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toContain(job);
    expect(await get('deployment', 'gpu-provisioner')).toMatchObject({ spec: { replicas: 2 } });
    expect(await get('job', job)).toBeDefined();
  });
});
