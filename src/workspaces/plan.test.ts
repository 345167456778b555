import { describe, expect, it } from 'vitest';
import type { WantedCondition } from '../apis/conditions.ts';
import type { Deployment, Job, Pod } from '../apis/wire.ts';
import type { Workspace, WorkspaceCondition } from '../apis/workspace.gen.ts';
import { aClaimOf, aFreeNode, aNodeOf, aPlanInput, aWorkspace } from '../../test/support/workspaces.ts';
import { hashAnnotation, hashOf } from './hash.ts';
import { planWorkspace, type Plan } from './plan.ts';
import { claimNameOf } from './workspace-claims.ts';

function said(plan: Plan): Record<string, string> {
  return Object.fromEntries(plan.conditions.map((one: WantedCondition) => [one.type, `${one.status}/${one.reason}`]));
}

function message(plan: Plan, type: string): string | undefined {
  return plan.conditions.find((one) => one.type === type)?.message;
}

/** A Deployment that runs what the plan wants, on `ready` pods. */
function deploymentOf(plan: Plan, ready: number): Deployment {
  const wanted = plan.write.find(({ kind }) => kind === 'Deployment');
  return {
    metadata: {
      name: 'phi',
      namespace: 'ns',
      uid: 'uid-d',
      resourceVersion: '9',
      generation: 1,
      creationTimestamp: '2026-03-01T12:00:00Z',
      annotations: { [hashAnnotation]: wanted?.hash ?? '' },
      ownerReferences: [{ apiVersion: 'kaito.sh/v1alpha1', kind: 'Workspace', name: 'phi', uid: 'uid-w' }],
    },
    status: { observedGeneration: 1, updatedReplicas: 1, readyReplicas: ready },
  };
}

/** Of the tuning that the tests speak of, unless `hash` says that it is an earlier one. */
function jobOf(status: Job['status'], hash = hashOfJob(aWorkspace({ tuning: {} }))): Job {
  return {
    metadata: {
      name: 'phi',
      namespace: 'ns',
      uid: 'uid-j',
      resourceVersion: '9',
      creationTimestamp: '2026-03-01T12:00:00Z',
      annotations: { [hashAnnotation]: hash },
    },
    ...(status === undefined ? {} : { status }),
  };
}

function hashOfJob(workspace: Workspace): string {
  const up = { claims: [aClaimOf(workspace, 0)], nodes: [aNodeOf(workspace, 0)] };
  return planWorkspace(aPlanInput(workspace, up)).write.find(({ kind }) => kind === 'Job')?.hash ?? '';
}

function isTrue(type: string): WorkspaceCondition {
  const lastTransitionTime = '2026-03-01T12:00:00Z';
  return { type, status: 'True', reason: 'x', message: '', lastTransitionTime, observedGeneration: 1 };
}

function aPod(status: NonNullable<Pod['status']>, createdAt = '2026-03-01T12:00:00Z'): Pod {
  return {
    metadata: { name: 'phi-1', namespace: 'ns', uid: 'uid-p', resourceVersion: '1', creationTimestamp: createdAt },
    status,
  };
}

describe('planWorkspace, nodes', () => {
  it('adds its finalizer in a pass of its own, before anything is bought', () => {
    const plan = planWorkspace(aPlanInput(aWorkspace({ finalizers: [] })));
    expect(plan).toMatchObject({ finalizer: 'add', createClaims: [], write: [] });
  });

  it('creates every claim that is missing at once, under names that are the same in the next pass', () => {
    const workspace = aWorkspace({ resource: { count: 20 } });
    const [first, second] = [planWorkspace(aPlanInput(workspace)), planWorkspace(aPlanInput(workspace))];
    expect(first.createClaims).toHaveLength(20);
    expect(second.createClaims).toEqual(first.createClaims);
    expect(message(first, 'ResourceReady')).toBe('0/20 nodes ready');
    expect(said(first)).toMatchObject({
      MachineReady: 'Unknown/CreateMachinePending',
      ResourceReady: 'False/NodesPending',
      WorkspaceReady: 'False/workspacePending',
    });
    expect(message(first, 'MachineReady')).toBe('creating 20 machines');
  });

  it('buys a node where the free one with its labels is another Workspaces', () => {
    const workspace = aWorkspace();
    const nodes = [aFreeNode('byo')];
    expect(planWorkspace(aPlanInput(workspace, { nodes })).createClaims).toEqual([]);
    const plan = planWorkspace(aPlanInput(workspace, { nodes, held: new Set(['byo']) }));
    expect(plan).toMatchObject({ createClaims: [{ kind: 'Machine' }], workerNodes: [] });
  });

  it('asks only for what is missing after a crash between two creations', () => {
    const workspace = aWorkspace({ resource: { count: 3 } });
    const claims = [aClaimOf(workspace, 1, { reason: 'Creating', launched: 'Unknown' })];
    const { createClaims } = planWorkspace(aPlanInput(workspace, { claims }));
    expect(createClaims).toMatchObject([0, 2].map((slot) => ({ metadata: { name: claimNameOf(workspace, slot) } })));
  });

  it('waits for the name of a claim that is still going', () => {
    const workspace = aWorkspace();
    const claim = { ...aClaimOf(workspace, 0), deletingSince: new Date() };
    expect(planWorkspace(aPlanInput(workspace, { claims: [claim] })).createClaims).toEqual([]);
  });

  it("makes KAITO's Machine: labels, requirements, taint and the preset's disk", () => {
    const workspace = aWorkspace({
      resource: { labelSelector: { matchExpressions: [{ key: 'apps', operator: 'In', values: ['phi'] }] } },
    });
    expect(planWorkspace(aPlanInput(workspace)).createClaims).toMatchObject([
      {
        apiVersion: 'karpenter.sh/v1alpha5',
        kind: 'Machine',
        metadata: {
          labels: {
            apps: 'phi',
            'karpenter.sh/provisioner-name': 'default',
            'kaito.sh/workspace': 'phi',
            'kaito.sh/workspacenamespace': 'ns',
          },
        },
        spec: {
          requirements: [
            { key: 'node.kubernetes.io/instance-type', operator: 'In', values: ['Standard_NC24ads_A100_v4'] },
            { key: 'karpenter.sh/provisioner-name', values: ['default'] },
            { key: 'kaito.sh/machine-type', values: ['gpu'] },
            { key: 'kubernetes.io/arch', values: ['amd64'] },
            { key: 'kubernetes.io/os', values: ['linux'] },
          ],
          taints: [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }],
          resources: { requests: { storage: '50Gi' } },
        },
      },
    ]);
  });

  it('makes NodeClaims where it is told to', () => {
    const [claim] = planWorkspace(aPlanInput(aWorkspace(), { claimKind: 'NodeClaim' })).createClaims;
    expect(claim).toMatchObject({
      apiVersion: 'karpenter.sh/v1',
      metadata: { labels: { 'karpenter.sh/nodepool': 'kaito' } },
      spec: { nodeClassRef: { group: 'kaito.sh', kind: 'KaitoNodeClass' }, expireAfter: 'Never' },
    });
  });

  it('uses nodes that are there, preferred ones first, and buys the rest', () => {
    const workspace = aWorkspace({ resource: { count: 3, preferredNodes: ['z'] } });
    const nodes = [aFreeNode('a'), aFreeNode('z', { 'node.kubernetes.io/instance-type': 'Standard_Other' })];
    const plan = planWorkspace(aPlanInput(workspace, { nodes }));
    expect(plan.createClaims).toHaveLength(1);
    expect(plan.workerNodes).toEqual(['a', 'z']);
    expect(message(plan, 'ResourceReady')).toBe('2/3 nodes ready');
  });

  it.each([
    ['of another Workspace', { 'kaito.sh/workspace': 'other', 'kaito.sh/workspacenamespace': 'ns' }, {}],
    ['of a Workspace of its name elsewhere', { 'kaito.sh/workspace': 'phi', 'kaito.sh/workspacenamespace': 'b' }, {}],
    ['of another size', { 'node.kubernetes.io/instance-type': 'Standard_NC48ads_A100_v4' }, {}],
    ['without its labels', { apps: 'other' }, {}],
    ['that is not Ready', {}, { ready: 'False' as const }],
    ['that is being deleted', {}, { deletingSince: -1 }],
    ["that somebody's claim stands for", {}, { owner: 'uid-of-a-claim' }],
  ])('does not count a node %s', (_, labels, options) => {
    const nodes = [aFreeNode('a', labels, options)];
    expect(planWorkspace(aPlanInput(aWorkspace(), { nodes })).createClaims).toHaveLength(1);
  });

  it('keeps the seat of a node that served until now while it is not Ready', () => {
    const workspace = aWorkspace({ status: { workerNodes: ['a'] } });
    const nodes = [aFreeNode('a', {}, { ready: 'Unknown' })];
    expect(planWorkspace(aPlanInput(workspace, { nodes })).createClaims).toEqual([]);
  });

  it('shows what a claim says as it says it', () => {
    const workspace = aWorkspace({ resource: { count: 2 } });
    const claims = [aClaimOf(workspace, 0), aClaimOf(workspace, 1, { reason: 'QuotaExceeded', launched: 'False' })];
    const plan = planWorkspace(aPlanInput(workspace, { claims, nodes: [aNodeOf(workspace, 0)] }));
    expect(said(plan)).toMatchObject({
      MachineReady: 'False/QuotaExceeded',
      ResourceReady: 'False/QuotaExceeded',
      WorkspaceReady: 'False/workspaceFailed',
    });
    expect(message(plan, 'MachineReady')).toBe('why QuotaExceeded');
    expect(message(plan, 'ResourceReady')).toBe('1/2 nodes ready: why QuotaExceeded');
    expect(plan.createClaims).toEqual([]);
  });

  it('marks nodes of NVIDIA for its device plugin', () => {
    const workspace = aWorkspace();
    const node = aNodeOf(workspace, 0);
    const { accelerator: _, ...labels } = node.metadata.labels ?? {};
    const bare = { ...node, metadata: { ...node.metadata, labels } };
    const claims = [aClaimOf(workspace, 0)];
    expect(planWorkspace(aPlanInput(workspace, { claims, nodes: [bare] })).markNodes).toEqual([node.metadata.name]);
    expect(planWorkspace(aPlanInput(workspace, { claims, nodes: [node] })).markNodes).toEqual([]);
  });
});

describe('planWorkspace, refusals before anything is bought', () => {
  const privately = { accessMode: 'private' as const, presetOptions: { image: 'r.example/llama:1' } };

  it.each([
    [
      'an unknown preset',
      { inference: { preset: { name: 'gpt' } } },
      'UnsupportedPreset',
      'Unsupported inference preset name gpt',
    ],
    [
      'a preset that needs a private image',
      { inference: { preset: { name: 'llama-2-7b', accessMode: 'public' as const } } },
      'PrivateImageRequired',
      'This preset only supports private AccessMode, AccessMode must be private to continue',
    ],
    [
      'a preset that is too large for its size',
      { inference: { preset: { name: 'falcon-40b' } } },
      'InsufficientGPU',
      'Insufficient number of GPUs: Instance type Standard_NC24ads_A100_v4 provides 1, but preset falcon-40b requires at least 2. Sizes that would do: ',
    ],
    [
      'two nodes that are each too small for a model which is not distributed',
      { inference: { preset: { name: 'falcon-40b' } }, resource: { count: 2 } },
      'InsufficientGPU',
      'provides 1, but preset falcon-40b requires at least 2',
    ],
    [
      'a size that is none of a GPU family',
      { resource: { instanceType: 'Standard_F4s' } },
      'UnsupportedInstanceType',
      'Unsupported instance type Standard_F4s',
    ],
    [
      'a tuning of a preset that cannot be tuned',
      { tuning: { preset: { name: 'falcon-7b-instruct' } } },
      'UnsupportedPreset',
      'Unsupported tuning preset name',
    ],
    [
      'an image that is a placeholder still',
      { tuning: { output: { image: 'ACR_REPO_HERE.azurecr.io/IMAGE_NAME_HERE:0.0.1', imagePushSecret: 's' } } },
      'InvalidImageName',
      'tuning.output.image "ACR_REPO_HERE.azurecr.io/IMAGE_NAME_HERE:0.0.1" cannot name an image',
    ],
    [
      'a name that two containers would have',
      { tuning: {}, name: 'pusher' },
      'InvalidName',
      'The name "pusher" is one that a container of every tuning like this has',
    ],
    [
      'a distributed model whose pods could not have the label of their revision',
      {
        name: `w${'x'.repeat(52)}`,
        inference: { preset: { name: 'llama-2-13b', ...privately } },
        resource: { instanceType: 'Standard_NC48ads_A100_v4' },
      },
      'InvalidName',
      'has 53 characters',
    ],
    ['a name that no Service can have', { name: 'a.b' }, 'InvalidName', 'cannot be a Service'],
  ])('refuses %s', (_, wish, reason, text) => {
    const plan = planWorkspace(aPlanInput(aWorkspace(wish)));
    expect(said(plan)).toMatchObject({ ResourceReady: `False/${reason}`, WorkspaceReady: 'False/workspaceFailed' });
    expect(message(plan, 'ResourceReady')).toContain(text);
    expect(plan).toMatchObject({ createClaims: [], write: [] });
  });

  it('warns of a tuning on less than its preset recommends, and of a retired size, and goes on', () => {
    const workspace = aWorkspace({ tuning: {}, resource: { instanceType: 'Standard_NC6s_v3' } });
    const plan = planWorkspace(aPlanInput(workspace, { release: 'v0.4.1' }));
    expect(plan.warnings.map(({ reason }) => reason)).toEqual(['RetiredSize', 'InsufficientGPU']);
    expect(plan.createClaims).toHaveLength(1);
  });

  it('takes the longest name that a distributed model can have', () => {
    const workspace = aWorkspace({
      name: `w${'x'.repeat(51)}`,
      inference: { preset: { name: 'llama-2-13b', ...privately } },
      resource: { instanceType: 'Standard_NC48ads_A100_v4' },
    });
    expect(planWorkspace(aPlanInput(workspace)).createClaims).toHaveLength(1);
  });

  it('refuses a count that was lowered, where its CRD let it pass, and deletes nothing', () => {
    const workspace = aWorkspace();
    const claims = [0, 1, 2].map((slot) => aClaimOf(workspace, slot));
    const plan = planWorkspace(aPlanInput(workspace, { claims }));
    expect(said(plan)).toMatchObject({ ResourceReady: 'False/InvalidWorkspace' });
    expect(message(plan, 'ResourceReady')).toContain('resource.count: field is immutable');
    expect(plan).toMatchObject({ createClaims: [], deleteClaims: [], write: [] });
    const leaving = claims.map((claim, slot) => (slot === 0 ? claim : { ...claim, deletingSince: new Date() }));
    expect(said(planWorkspace(aPlanInput(workspace, { claims: leaving })))).not.toMatchObject({
      ResourceReady: 'False/InvalidWorkspace',
    });
  });

  it('waits for a Secret, with the command that makes it', () => {
    const prerequisites = { missingSecrets: ['push'], inferenceConfig: true };
    const plan = planWorkspace(aPlanInput(aWorkspace({ tuning: {} }), { prerequisites }));
    expect(said(plan)).toMatchObject({ ResourceReady: 'False/SecretNotFound', JobStarted: 'False/SecretNotFound' });
    expect(message(plan, 'JobStarted')).toContain('kubectl create secret docker-registry push --namespace ns');
    expect(plan.createClaims).toEqual([]);
    expect(plan.wakeAfterMs).toBe(30_000);
  });

  it('waits for a Secret that can be pushed with', () => {
    const prerequisites = { missingSecrets: [], inferenceConfig: true, unfitSecret: 'push' };
    const plan = planWorkspace(aPlanInput(aWorkspace({ tuning: {} }), { prerequisites }));
    expect(said(plan)).toMatchObject({ ResourceReady: 'False/InvalidSecret', JobStarted: 'False/InvalidSecret' });
    expect(message(plan, 'JobStarted')).toContain('kubectl create secret docker-registry push --namespace ns');
    expect(plan).toMatchObject({ createClaims: [], wakeAfterMs: 30_000 });
  });

  it('waits for the settings that a model names, where its runtime reads them', () => {
    const preset = { name: 'phi-3-mini-4k-instruct', accessMode: 'public' as const };
    const prerequisites = { missingSecrets: [], inferenceConfig: false };
    const planOf = (config: string, release: 'v0.3.0' | 'v0.4.1') =>
      planWorkspace(aPlanInput(aWorkspace({ inference: { preset, config } }), { prerequisites, release }));
    const missing = planOf('mine', 'v0.4.1');
    expect(said(missing)).toMatchObject({ InferenceReady: 'False/ConfigMapNotFound' });
    expect(message(missing, 'InferenceReady')).toBe(
      "ConfigMap 'mine' specified in 'config' not found in namespace 'ns'",
    );
    expect(missing.createClaims).toEqual([]);
    for (const plan of [planOf('', 'v0.4.1'), planOf('mine', 'v0.3.0')]) expect(plan.createClaims).toHaveLength(1);
  });

  it("says what is wrong with the settings of a tuning in KAITO's words", () => {
    const missing = planWorkspace(aPlanInput(aWorkspace({ tuning: { config: 'mine' } })));
    expect(message(missing, 'JobStarted')).toBe("ConfigMap 'mine' specified in 'config' not found in namespace 'ns'");
    const tuningConfig = { ok: false, message: 'Unrecognized section: X' } as const;
    const prerequisites = { missingSecrets: [], inferenceConfig: true, tuningConfig };
    const bad = planWorkspace(aPlanInput(aWorkspace({ tuning: { config: 'mine' } }), { prerequisites }));
    expect(said(bad)).toMatchObject({ JobStarted: 'False/InvalidTuningConfig' });
  });
});

describe('planWorkspace, a model that is served', () => {
  const workspace = aWorkspace();
  const up = { claims: [aClaimOf(workspace, 0)], nodes: [aNodeOf(workspace, 0)] };

  it('writes Service and Deployment when its nodes are ready, and says that it waits', () => {
    const plan = planWorkspace(aPlanInput(workspace, up));
    expect(plan.write.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['Service phi', 'Deployment phi']);
    expect(said(plan)).toMatchObject({
      MachineReady: 'True/installNodePluginsSuccess',
      ResourceReady: 'True/workspaceResourceStatusSuccess',
      InferenceReady: 'False/WorkspaceInferenceStatusPending',
      WorkspaceReady: 'False/workspacePending',
    });
  });

  it.each([
    [{ status: 'False', reason: 'NoDevicePlugin' }, 'False'],
    [{ status: 'Unknown', reason: 'AwaitingGpus' }, 'Unknown'],
  ])("says what its claims say of their nodes' GPUs, %o, and starts its workload all the same", (gpus, status) => {
    const lacking = { ...up, claims: [aClaimOf(workspace, 0, { gpus })] };
    const plan = planWorkspace(aPlanInput(workspace, lacking));
    expect(plan.write.map(({ kind }) => kind)).toEqual(['Service', 'Deployment']);
    expect(said(plan)).toMatchObject({
      MachineReady: `${status}/${gpus.reason}`,
      ResourceReady: `False/${gpus.reason}`,
      WorkspaceReady: 'False/workspacePending',
    });
    expect(message(plan, 'ResourceReady')).toBe(`why ${gpus.reason}`);
    const served = { deployment: deploymentOf(plan, 1), pods: [] };
    expect(said(planWorkspace(aPlanInput(workspace, { ...lacking, workload: served })))).toMatchObject({
      MachineReady: 'True/installNodePluginsSuccess',
      ResourceReady: 'True/workspaceResourceStatusSuccess',
      WorkspaceReady: 'True/workspaceReady',
    });
  });

  it('says of GPUs that do not come, rather than of those that may come still', () => {
    const two = aWorkspace({ resource: { count: 2 } });
    const claims = [
      aClaimOf(two, 0, { gpus: { status: 'Unknown', reason: 'AwaitingGpus' } }),
      aClaimOf(two, 1, { gpus: { status: 'False', reason: 'DriverFailed' } }),
    ];
    const plan = planWorkspace(aPlanInput(two, { claims, nodes: [aNodeOf(two, 0), aNodeOf(two, 1)] }));
    expect(said(plan)).toMatchObject({ MachineReady: 'False/DriverFailed', ResourceReady: 'False/DriverFailed' });
  });

  it('is ready when every replica runs what was last written', () => {
    const wanted = planWorkspace(aPlanInput(workspace, up));
    const workload = { deployment: deploymentOf(wanted, 1), pods: [] };
    const plan = planWorkspace(aPlanInput(workspace, { ...up, workload }));
    expect(said(plan)).toMatchObject({
      InferenceReady: 'True/WorkspaceInferenceStatusSuccess',
      WorkspaceReady: 'True/workspaceReady',
      WorkspaceSucceeded: 'True/workspaceSucceeded',
    });
    const old = deploymentOf({ ...wanted, write: [] }, 1);
    expect(
      said(planWorkspace(aPlanInput(workspace, { ...up, workload: { deployment: old, pods: [] } }))),
    ).toMatchObject({
      InferenceReady: 'False/WorkspaceInferenceStatusPending',
    });
  });

  it('names the container that does not come up, and gives up when its time is over', () => {
    const waiting = { waiting: { reason: 'ErrImagePull', message: 'denied' } };
    const pod = aPod({
      containerStatuses: [{ name: 'phi', image: 'x', imageID: '', ready: false, restartCount: 0, state: waiting }],
    });
    const workload = { deployment: deploymentOf(planWorkspace(aPlanInput(workspace, up)), 0), pods: [pod] };
    const plan = planWorkspace(aPlanInput(workspace, { ...up, workload }));
    expect(message(plan, 'InferenceReady')).toBe('Container "phi" of pod "phi-1" waits: ErrImagePull: denied');
    expect(said(plan)).toMatchObject({
      InferenceReady: 'False/ErrImagePull',
      WorkspaceReady: 'False/workspacePending',
    });
    const late = planWorkspace(
      aPlanInput(workspace, { ...up, workload, nowMs: aPlanInput(workspace).nowMs + 31 * 60_000 }),
    );
    expect(said(late)).toMatchObject({ WorkspaceReady: 'False/workspaceFailed' });
  });

  it('goes on with its workload while a node is lost, buys no other while its claim lives, and says so', () => {
    const workload = { deployment: deploymentOf(planWorkspace(aPlanInput(workspace, up)), 0), pods: [] };
    const claims = [aClaimOf(workspace, 0, { reason: 'NodeNotReady' })];
    const plan = planWorkspace(aPlanInput(workspace, { claims, workload }));
    expect(plan.createClaims).toEqual([]);
    expect(plan.write.map(({ kind }) => kind)).toEqual(['Service', 'Deployment']);
    expect(said(plan)).toMatchObject({
      ResourceReady: 'False/NodeNotReady',
      InferenceReady: 'False/WorkspaceInferenceStatusPending',
      WorkspaceReady: 'False/workspacePending',
    });
  });

  it("runs a user's own pods with the Workspace's affinity", () => {
    const template = {
      metadata: { labels: { a: 'b' } },
      spec: { containers: [{ name: 'c', image: 'i' }], affinity: {} },
    };
    const own = aWorkspace({ inference: { template } });
    const plan = planWorkspace(aPlanInput(own, up));
    expect(plan.write.at(-1)).toMatchObject({
      kind: 'Deployment',
      object: {
        spec: {
          template: {
            metadata: { labels: { a: 'b', 'kaito.sh/workspace': 'phi' } },
            spec: { containers: [{ name: 'c' }], affinity: { nodeAffinity: {} } },
          },
        },
      },
    });
    expect(planWorkspace(aPlanInput(own)).createClaims).toMatchObject([
      { spec: { resources: { requests: { storage: '0' } } } },
    ]);
  });
});

describe('planWorkspace, a model that is tuned', () => {
  const workspace = aWorkspace({ tuning: {} });
  const up = { claims: [aClaimOf(workspace, 0)], nodes: [aNodeOf(workspace, 0)] };

  it("writes Service, the method's settings and the Job", () => {
    const plan = planWorkspace(aPlanInput(workspace, up));
    expect(plan.write.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'Service phi',
      'ConfigMap qlora-params-template',
      'Job phi',
    ]);
    expect(said(plan)).toMatchObject({ JobStarted: 'False/WorkspaceTuningJobStatusPending' });
    const { metadata } = Object(plan.write[1]?.object);
    expect(metadata).toEqual({
      name: 'qlora-params-template',
      namespace: 'ns',
      labels: { 'app.kubernetes.io/managed-by': 'gpu-provisioner' },
    });
  });

  it('does not blame GPUs that are lacking once its Job runs', () => {
    const claims = [aClaimOf(workspace, 0, { gpus: { status: 'False', reason: 'NoDevicePlugin' } })];
    const lacking = { ...up, claims };
    expect(said(planWorkspace(aPlanInput(workspace, lacking)))).toMatchObject({
      MachineReady: 'False/NoDevicePlugin',
      ResourceReady: 'False/NoDevicePlugin',
    });
    const workload = { job: jobOf({ active: 1, ready: 1 }), pods: [] };
    expect(said(planWorkspace(aPlanInput(workspace, { ...lacking, workload })))).toMatchObject({
      MachineReady: 'True/installNodePluginsSuccess',
      JobStarted: 'True/WorkspaceTuningJobStatusStarted',
    });
  });

  it('is not ready before the adapter was pushed', () => {
    const workload = { job: jobOf({ active: 1, ready: 1 }), pods: [] };
    const plan = planWorkspace(aPlanInput(workspace, { ...up, workload }));
    expect(said(plan)).toMatchObject({
      JobStarted: 'True/WorkspaceTuningJobStatusStarted',
      WorkspaceReady: 'False/workspacePending',
    });
    expect(message(plan, 'WorkspaceReady')).toBe(
      'workspace has not completed, tuning job has 1 active pod, 1 ready pod',
    );
  });

  it('says where to look when its Job has had no pods for a minute', () => {
    const workload = { job: jobOf({}), pods: [] };
    const { nowMs } = aPlanInput(workspace);
    const soon = planWorkspace(aPlanInput(workspace, { ...up, workload }));
    expect(message(soon, 'JobStarted')).toBe('Tuning job has not started');
    const late = planWorkspace(aPlanInput(workspace, { ...up, workload, nowMs: nowMs + 60_000 }));
    expect(message(late, 'JobStarted')).toBe(
      'Tuning job has not started; it has no pods, and "kubectl describe job phi --namespace ns" says why',
    );
  });

  it('shows three True columns when it was, and buys no node again', () => {
    const complete = { type: 'Complete', status: 'True' };
    const workload = { job: jobOf({ succeeded: 1, conditions: [complete] }), pods: [] };
    const plan = planWorkspace(aPlanInput(workspace, { workload }));
    expect(said(plan)).toMatchObject({
      JobStarted: 'True/WorkspaceTuningJobStatusStarted',
      InferenceReady: 'True/NotRequired',
      WorkspaceReady: 'True/workspaceReady',
    });
    expect(plan.createClaims).toEqual([]);
  });

  it('says which container of a failed Job failed, and why', () => {
    const ended = { terminated: { exitCode: 1, reason: 'Error', message: 'x\nCannot push it' } };
    const pod = aPod({
      phase: 'Failed',
      containerStatuses: [{ name: 'pusher', image: 'x', imageID: '', ready: false, restartCount: 0, state: ended }],
    });
    const failed = { type: 'Failed', status: 'True' };
    const workload = { job: jobOf({ failed: 1, conditions: [failed] }), pods: [pod] };
    const plan = planWorkspace(aPlanInput(workspace, { ...up, workload }));
    expect(said(plan)).toMatchObject({
      JobStarted: 'False/WorkspaceTuningJobStatusFailed',
      WorkspaceReady: 'False/workspaceFailed',
    });
    expect(message(plan, 'JobStarted')).toBe('Container "pusher" of pod "phi-1" ended with 1 (Error): Cannot push it');
  });

  it('buys no node for a Job that failed, which is not run again', () => {
    const failed = { type: 'Failed', status: 'True' };
    const workload = { job: jobOf({ failed: 1, conditions: [failed] }), pods: [] };
    const plan = planWorkspace(aPlanInput(workspace, { workload }));
    expect(plan.createClaims).toEqual([]);
    expect(said(plan)).toMatchObject({ JobStarted: 'False/WorkspaceTuningJobStatusFailed' });
  });

  it('runs again what was edited after its Job ended, and says that it is not pushed', () => {
    const complete = { type: 'Complete', status: 'True' };
    const workload = { job: jobOf({ succeeded: 1, conditions: [complete] }, 'of an earlier version'), pods: [] };
    const plan = planWorkspace(aPlanInput(workspace, { workload }));
    expect(plan.write.map(({ kind }) => kind)).toContain('Job');
    expect(said(plan)).toMatchObject({
      JobStarted: 'False/WorkspaceTuningJobStatusPending',
      WorkspaceReady: 'False/workspacePending',
    });
  });

  it("takes KAITO's Job, which has no hash, as the one that is wanted", () => {
    const complete = { type: 'Complete', status: 'True' };
    const { metadata, ...job } = jobOf({ succeeded: 1, conditions: [complete] });
    const { annotations: _, ...others } = metadata;
    const plan = planWorkspace(aPlanInput(workspace, { workload: { job: { ...job, metadata: others }, pods: [] } }));
    expect(said(plan)).toMatchObject({ WorkspaceReady: 'True/workspaceReady' });
  });

  it('neither tunes nor buys again when its Job was removed after it ended', () => {
    const ended = aWorkspace({ tuning: {}, status: { conditions: [isTrue('WorkspaceSucceeded')] } });
    const prerequisites = { missingSecrets: ['push'], inferenceConfig: true };
    for (const world of [{}, up, { prerequisites }])
      expect(planWorkspace(aPlanInput(ended, world))).toMatchObject({ createClaims: [], write: [], conditions: [] });
    const edited = { ...ended, metadata: { ...ended.metadata, generation: 2 } };
    expect(planWorkspace(aPlanInput(edited)).createClaims).toHaveLength(1);
    const begun = aWorkspace({ tuning: {}, status: { conditions: [isTrue('WorkspaceReady')] } });
    expect(planWorkspace(aPlanInput(begun)).createClaims).toHaveLength(1);
  });

  it.each([
    ['v0.3.0', 1],
    ['v0.4.1', 2],
  ] as const)('starts as many processes as its pod has GPUs, in %s %i', (release, gpus) => {
    const large = aWorkspace({ tuning: {}, resource: { instanceType: 'Standard_NC48ads_A100_v4' } });
    const size = { 'node.kubernetes.io/instance-type': 'Standard_NC48ads_A100_v4' };
    const ready = { claims: [aClaimOf(large, 0)], nodes: [aNodeOf(large, 0, { labels: size })] };
    const job = planWorkspace(aPlanInput(large, { ...ready, release })).write.find(({ kind }) => kind === 'Job');
    expect(job?.object).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [
              {
                command: ['/bin/sh', '-c', expect.stringContaining(`--num_processes=${gpus} `)],
                resources: { limits: { 'nvidia.com/gpu': `${gpus}` } },
              },
              { name: 'pusher' },
            ],
          },
        },
      },
    });
  });

  it('does not tune again because other nodes are preferred', () => {
    const preferring = aWorkspace({ tuning: {}, resource: { preferredNodes: ['a'] } });
    expect(hashOfJob(preferring)).toBe(hashOfJob(workspace));
    // As it was always made where no node is preferred: or a new release would run those again.
    expect(hashOfJob(workspace)).toBe(hashOf({ tuning: workspace.tuning, resource: workspace.resource }));
  });

  it('does not tune again because a release of ours makes its Job differently', () => {
    const [one, other] = ['a', 'b'].map((pusherImage) => {
      const input = aPlanInput(workspace, up);
      return planWorkspace({ ...input, images: { ...input.images, pusherImage } }).write.at(-1);
    });
    expect(one?.hash).toBe(other?.hash);
    expect(one?.object).not.toEqual(other?.object);
  });
});

describe('planWorkspace, deletion', () => {
  it('takes the workload away, then its claims, and lets go when the last of them is gone', () => {
    const workspace = aWorkspace({ deleting: true });
    const deployment = deploymentOf(planWorkspace(aPlanInput(aWorkspace())), 1);
    const claims = [aClaimOf(workspace, 0)];
    const first = planWorkspace(aPlanInput(workspace, { claims, workload: { deployment, pods: [] } }));
    expect(first).toMatchObject({ deleteClaims: claims, remove: [{ kind: 'Deployment' }] });
    expect(message(first, 'WorkspaceDeleting')).toBe('workspace is being deleted: 1 of its nodes are left');
    const going = claims.map((claim) => ({ ...claim, deletingSince: new Date() }));
    expect(planWorkspace(aPlanInput(workspace, { claims: going }))).toMatchObject({
      deleteClaims: [],
      createClaims: [],
    });
    expect(planWorkspace(aPlanInput(workspace, { claims: going })).finalizer).toBeUndefined();
    expect(planWorkspace(aPlanInput(workspace)).finalizer).toBe('remove');
  });

  it('leaves claims of other Workspaces alone', () => {
    const other = aClaimOf(aWorkspace({ name: 'other', uid: 'uid-other' }), 0);
    const plan = planWorkspace(aPlanInput(aWorkspace({ deleting: true }), { claims: [other] }));
    expect(plan).toMatchObject({ finalizer: 'remove', deleteClaims: [] });
  });
});
